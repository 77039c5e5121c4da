import type * as Y from "yjs";

/** Any shared type of Yjs. Its parameter (the kind of event) is invariant, so that nothing but `any` takes them all. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyType = Y.AbstractType<any>;
/** An event of any shared type. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyEvent = Y.YEvent<any>;
