import { roots } from "#shared/board/schema.ts";
import type { RecordRoot } from "#shared/protocol/api.ts";

/** Where records stand in a lane. `meta` is none: what version the records have is not undone with them. */
export const recordRoots: readonly RecordRoot[] = Object.values(roots).filter((root) => root !== roots.meta);
