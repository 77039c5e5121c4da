import type { Plugin } from "vite";

/** Where a board opens with its map (`app/layout.ts`); a narrow one begins with the list, which needs less. */
const mapRoom = "(min-width: 700px)";

/**
 * Writes `board.html`: the page that a board's address gets, from the server (with the board in it) and from the service
 * worker. It is `index.html` that asks for the board's own code and style along with the first script.
 */
export function boardHtmlPlugin(): Plugin {
  return {
    name: "board-html",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const page = bundle["index.html"];
        const chunkOf = (name: string) => {
          const chunk = Object.values(bundle).find((file) => file.type === "chunk" && file.name === name);
          if (chunk?.type !== "chunk") return this.error(`There is no chunk of the name "${name}"`);
          return { file: chunk.fileName, styles: [...(chunk.viteMetadata?.importedCss ?? [])] };
        };
        if (page?.type !== "asset") return this.error("There is no page");
        const board = chunkOf("board");
        const views = chunkOf("map-and-plan");
        const links = [
          `<link rel="modulepreload" crossorigin href="/${board.file}">`,
          ...board.styles.map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
          `<link rel="modulepreload" crossorigin media="${mapRoom}" href="/${views.file}">`,
          ...views.styles.map(
            (file) => `<link rel="preload" as="style" crossorigin media="${mapRoom}" href="/${file}">`,
          ),
        ];
        this.emitFile({
          type: "asset",
          fileName: "board.html",
          source: String(page.source).replace("</head>", `${links.join("")}</head>`),
        });
      },
    },
  };
}
