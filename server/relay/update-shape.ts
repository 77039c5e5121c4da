import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";

type Struct = Y.Item | Y.GC | Y.Skip;

/**
 * Whether a decoded update is of a shape that can be kept: Yjs walks nested types and values by recursion, and tells every
 * ancestor of a changed type, so a few thousand levels in 60 KiB of update end a lane or hold the relay up for seconds.
 * `unsure`: types of it hang on something that stands in neither `store` nor the update, as it is still on its way.
 */
export function judgeShape(structs: readonly Struct[], store: Y.Doc["store"]): "sound" | "unsure" | "harmful" {
  const types: Y.Item[] = [];
  for (const struct of structs) {
    if (struct.id.clock + struct.length > limits.largestClock) return "harmful";
    if (!(struct instanceof Y.Item)) continue;
    if (!areValuesShallow(struct.content)) return "harmful";
    if (struct.content instanceof Y.ContentType) types.push(struct);
  }
  if (types.length === 0) return "sound";
  const { depthOf, metUnknown } = depthReader(structs, store);
  if (types.some((item) => depthOf(item) >= limits.typeNesting)) return "harmful";
  return metUnknown() ? "unsure" : "sound";
}

/** Whether a value of JSON's kind has at most this many levels. Never goes deeper than that itself. */
export function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(inner, depth - 1));
}

function areValuesShallow(content: Y.Item["content"]): boolean {
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) {
    return content.arr.every((value: unknown) => isWithin(value, limits.valueNesting));
  }
  if (content instanceof Y.ContentEmbed) return isWithin(content.embed, limits.valueNesting);
  if (content instanceof Y.ContentFormat) return isWithin(content.value, limits.valueNesting);
  // A document inside the document: nothing of ours has one, and its options come from who sent it.
  return !(content instanceof Y.ContentDoc);
}

interface DepthReader {
  /** How many types an item lies in, its root not counted. Each item is looked at once, however they hang together. */
  readonly depthOf: (item: Y.Item) => number;
  /** What was not found was taken for a root. */
  readonly metUnknown: () => boolean;
}

function depthReader(structs: readonly Struct[], store: Y.Doc["store"]): DepthReader {
  const arriving = new Map<number, Struct[]>();
  for (const struct of structs) {
    const known = arriving.get(struct.id.client);
    if (known) known.push(struct);
    else arriving.set(struct.id.client, [struct]);
  }
  const depths = new Map<Y.Item, number>();
  let unknown = false;

  const find = ({ client, clock }: Y.ID): Y.Item | undefined => {
    const inStore = store.clients.get(client);
    const isStored = inStore !== undefined && clock < Y.getState(store, client);
    const list: readonly Struct[] | undefined = isStored ? inStore : arriving.get(client);
    const found = list && findAt(list, clock);
    return found instanceof Y.Item ? found : undefined;
  };
  /** One step up: the item whose depth tells this one's, and by how much more this one has. */
  const above = (item: Y.Item): { readonly item: Y.Item; readonly more: number } | undefined => {
    const { parent } = item;
    if (parent instanceof Y.AbstractType) return parent._item ? { item: parent._item, more: 1 } : undefined;
    const next = parent instanceof Y.ID ? parent : parent === null ? (item.origin ?? item.rightOrigin) : null;
    const found = next && find(next);
    unknown ||= typeof parent !== "string" && !found;
    return found ? { item: found, more: parent instanceof Y.ID ? 1 : 0 } : undefined;
  };

  const depthOf = (start: Y.Item): number => {
    const path: { readonly item: Y.Item; readonly more: number }[] = [];
    const onPath = new Set<Y.Item>();
    let depth = 0;
    for (let item = start; ; ) {
      const known = depths.get(item);
      if (known !== undefined) {
        depth = known;
        break;
      }
      // A ring of parents has no top.
      if (onPath.has(item)) return Number.POSITIVE_INFINITY;
      onPath.add(item);
      const step = above(item);
      path.push({ item, more: step?.more ?? 0 });
      if (!step) break;
      item = step.item;
    }
    for (const { item, more } of path.reverse()) {
      depth += more;
      depths.set(item, depth);
    }
    return depth;
  };
  return { depthOf, metUnknown: () => unknown };
}

/** The struct of a sorted list that holds this clock. */
function findAt(list: readonly Struct[], clock: number): Struct | undefined {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const struct = list[middle] as Struct;
    if (clock < struct.id.clock) high = middle - 1;
    else if (clock >= struct.id.clock + struct.length) low = middle + 1;
    else return struct;
  }
  return undefined;
}
