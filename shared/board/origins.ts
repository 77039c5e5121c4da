/**
 * Who a change to a lane comes from. Plain strings, since Yjs looks origins up in a Set: a string matches by value,
 * a fresh object never does. Undo tracks `edit` and the text editor, nothing else.
 */
export const origins = {
  edit: "board:edit",
  import: "board:import",
  upgrade: "board:upgrade",
} as const;
