/**
 * Stands in for `lib0/logging` in the built client. Yjs uses its `print` alone, in a debug function that we never call;
 * the real one brings a page of colours, a DOM kit and a schema checker onto the join path (5 KB gz).
 */
export const print = (...words: readonly unknown[]): void => console.log(...words);
