import type { Plugin } from "vite";

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
        const board = Object.values(bundle).find((file) => file.type === "chunk" && file.name === "board");
        if (page?.type !== "asset" || board?.type !== "chunk")
          return this.error("There is no page, or no chunk of boards");
        const styles = [...(board.viteMetadata?.importedCss ?? [])];
        const links = [
          `<link rel="modulepreload" crossorigin href="/${board.fileName}">`,
          ...styles.map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
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
