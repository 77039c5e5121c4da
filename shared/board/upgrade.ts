import type * as Y from "yjs";
import { metaFields, roots, schemaVersion } from "./schema.ts";

/**
 * Changes of stored shape, in order. Each is safe to run twice and on two devices at once: it looks at what is there and
 * writes values that come out the same whoever writes them, never a nested type.
 */
interface Upgrade {
  /** The version that a lane has after it. */
  readonly to: number;
  readonly run: (doc: Y.Doc) => void;
}

const upgrades: readonly Upgrade[] = [];

function versionOf(doc: Y.Doc): number | undefined {
  const version = doc.getMap(roots.meta).get(metaFields.version);
  return typeof version === "number" && Number.isInteger(version) && version > 0 ? version : undefined;
}

/**
 * Brings a lane to this program's version, before its first write on this device; opening a board alone writes
 * nothing. A lane of a newer version is left as it is. Call inside the transaction that writes.
 */
export function upgradeLane(doc: Y.Doc, steps: readonly Upgrade[] = upgrades, target: number = schemaVersion): void {
  const version = versionOf(doc);
  if (version !== undefined && version >= target) return;
  if (version !== undefined) for (const step of steps) if (step.to > version) step.run(doc);
  doc.getMap(roots.meta).set(metaFields.version, target);
}
