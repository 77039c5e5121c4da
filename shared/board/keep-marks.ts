import type * as Y from "yjs";

/**
 * Stops Yjs from deleting attribute marks in `doc` after remote changes: the marks say whose words are whose (`words.ts`
 * has the reason), and a person who may only read must not send changes. Safe to call more than once. For every `Y.Doc`
 * that takes in a lane's updates, the relay's too, before the first of them.
 */
export function keepMarks(doc: Y.Doc): () => void {
  const stop = (transaction: Y.Transaction) => {
    transaction._needFormattingCleanup = false;
  };
  doc.on("afterTransaction", stop);
  return () => doc.off("afterTransaction", stop);
}
