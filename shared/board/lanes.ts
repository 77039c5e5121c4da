import type * as Y from "yjs";
import type { LaneAccess, LaneKind } from "../access/roles.ts";
import type { LaneId } from "./ids.ts";
import { roots } from "./schema.ts";

/** A lane as its session hands it over: the document, and what this person may do with it. */
export interface LaneDoc {
  readonly laneId: LaneId;
  readonly kind: LaneKind;
  readonly access: LaneAccess;
  readonly doc: Y.Doc;
}

/** The roots that are read today; the others of `schema.ts` are left as they are. */
export const readRoots = [roots.cards, roots.goals, roots.steps, roots.readings, roots.links] as const;
export type ReadRoot = (typeof readRoots)[number];

export interface Lane extends LaneDoc {
  readonly rootOf: (root: ReadRoot) => Y.Map<unknown>;
}

export function openLane(lane: LaneDoc): Lane {
  const maps = Object.fromEntries(readRoots.map((root) => [root, lane.doc.getMap<unknown>(root)])) as Record<
    ReadRoot,
    Y.Map<unknown>
  >;
  return { ...lane, rootOf: (root) => maps[root] };
}

const kindOrder: readonly LaneKind[] = ["shared", "offers", "private"];

/** Where new things go: the widest audience that this person may write for. */
export function laneForNew(lanes: readonly Lane[]): Lane | undefined {
  for (const kind of kindOrder) {
    const lane = lanes.find((candidate) => candidate.kind === kind && candidate.access === "write");
    if (lane) return lane;
  }
  return undefined;
}

/**
 * Where a record goes that names records of other lanes: the narrowest of theirs, since a lane never names anything of a
 * narrower one. When that one is only to be read, the next as wide (offers beside shared) will do.
 */
export function laneNaming(named: readonly Lane[], lanes: readonly Lane[]): Lane | undefined {
  const privates = new Set(named.filter((lane) => lane.kind === "private"));
  // Two private lanes: no lane is read by the readers of both and nobody else.
  if (privates.size > 1) return undefined;
  const [onlyPrivate] = privates;
  if (onlyPrivate) return onlyPrivate.access === "write" ? onlyPrivate : undefined;
  const narrowest = named.find((lane) => lane.kind === "offers") ?? named[0];
  if (narrowest?.access === "write") return narrowest;
  return laneForNew(lanes.filter((lane) => lane.kind !== "private"));
}

/** Whether a record in `lane` may name one in `other`. */
export function mayName(lane: Lane, other: Lane): boolean {
  return other.kind !== "private" || other === lane;
}
