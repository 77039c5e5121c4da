/** The board's own code: one file, asked for as soon as an address names a board, and drawn from at once when it is here. */
type BoardCode = typeof import("./BoardRoute.tsx");

let code: BoardCode | undefined;

export async function loadBoardCode(): Promise<BoardCode> {
  code ??= await import("./BoardRoute.tsx");
  return code;
}

export function boardCodeNow(): BoardCode | undefined {
  return code;
}
