import { type BoardId, parseId } from "#shared/board/ids.ts";

/** Every place that an address can name. Nothing in an address tells who or what a board is about. */
export type Route =
  | { readonly page: "start" }
  | { readonly page: "setup"; readonly token: string | undefined }
  | { readonly page: "home" }
  | { readonly page: "join"; readonly secret: string | undefined }
  | { readonly page: "board"; readonly boardId: BoardId }
  | { readonly page: "lost" };

/** Secrets stand in the fragment, which browsers do not send to anybody. */
function secretIn(hash: string): string | undefined {
  const secret = hash.replace(/^#/, "");
  return /^[A-Za-z0-9_.~-]{1,200}$/.test(secret) ? secret : undefined;
}

/** The place that a path and fragment name. A trailing slash makes no difference. */
export function parseRoute(pathname: string, hash: string): Route {
  const path = pathname.replace(/\/+$/, "");
  switch (path) {
    case "":
      return { page: "start" };
    case "/setup":
      return { page: "setup", token: secretIn(hash) };
    case "/home":
      return { page: "home" };
    case "/join":
      return { page: "join", secret: secretIn(hash) };
  }
  const boardId = parseId<BoardId>(/^\/b\/([^/]+)$/.exec(path)?.[1]);
  return boardId ? { page: "board", boardId } : { page: "lost" };
}
