import * as Y from "yjs";
import { recordRoots } from "./record-roots.ts";

/**
 * Changes `now` so that its records read as in `then`, in one transaction: only what differs is written, so that
 * everything else stays as it is, for people too who are writing at this moment. Returns the keys (`<root>/<id>`) of the
 * records that it changed. Words come back with whose they were.
 */
export function bringBack(now: Y.Doc, then: Y.Doc, origin: string): ReadonlySet<string> {
  const changed = new Set<string>();
  now.transact(() => {
    for (const root of recordRoots) {
      const [here, there] = [now.getMap<unknown>(root), then.getMap<unknown>(root)];
      for (const id of new Set([...there.keys(), ...here.keys()])) {
        if (bringBackKey(here, there, id)) changed.add(`${root}/${id}`);
      }
    }
  }, origin);
  return changed;
}

function bringBackKey(here: Y.Map<unknown>, there: Y.Map<unknown>, key: string): boolean {
  const [has, had] = [here.get(key), there.get(key)];
  if (!there.has(key)) {
    if (!here.has(key)) return false;
    here.delete(key);
    return true;
  }
  if (has instanceof Y.Map && had instanceof Y.Map) {
    let changed = false;
    for (const field of new Set([...had.keys(), ...has.keys()])) {
      changed = bringBackKey(has as Y.Map<unknown>, had as Y.Map<unknown>, field) || changed;
    }
    return changed;
  }
  if (has instanceof Y.XmlFragment && had instanceof Y.XmlFragment) return bringBackParagraphs(has, had);
  if (has instanceof Y.Text && had instanceof Y.Text) return bringBackText(has, had);
  if (had instanceof Y.AbstractType) {
    if (has instanceof Y.AbstractType && same(has.toJSON(), had.toJSON())) return false;
    here.set(key, had.clone());
    return true;
  }
  if (!(has instanceof Y.AbstractType) && same(has, had)) return false;
  here.set(key, had);
  return true;
}

/** Paragraph by paragraph; where their number or make differs, all of them. */
function bringBackParagraphs(here: Y.XmlFragment, there: Y.XmlFragment): boolean {
  const [has, had] = [here.toArray(), there.toArray()];
  const alike =
    has.length === had.length &&
    has.every((each, index) => {
      const other = had[index];
      return each instanceof Y.XmlElement && other instanceof Y.XmlElement && each.nodeName === other.nodeName;
    });
  if (alike) {
    let changed = false;
    for (const [index, each] of has.entries()) {
      const other = had[index];
      if (each instanceof Y.XmlElement && other instanceof Y.XmlElement) {
        changed = bringBackInside(each, other) || changed;
      }
    }
    return changed;
  }
  here.delete(0, here.length);
  here.insert(
    0,
    had.map((each) => each.clone() as Y.XmlElement),
  );
  return true;
}

function bringBackInside(here: Y.XmlElement, there: Y.XmlElement): boolean {
  if (same(shapeOf(here), shapeOf(there))) return false;
  const [has, had] = [here.get(0), there.get(0)];
  if (here.length === 1 && there.length === 1 && has instanceof Y.XmlText && had instanceof Y.XmlText) {
    return bringBackText(has, had);
  }
  here.delete(0, here.length);
  here.insert(
    0,
    there.toArray().map((each) => each.clone() as Y.XmlElement),
  );
  return true;
}

/** All that can be read of a paragraph, its runs included. */
function shapeOf(node: unknown): unknown {
  if (node instanceof Y.XmlText) return node.toDelta();
  if (node instanceof Y.XmlElement) return [node.nodeName, node.getAttributes(), node.toArray().map(shapeOf)];
  return undefined;
}

interface Piece {
  readonly insert: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Leaves the part that both begin with and the part that both end with; letters count as the same when their run is. */
function bringBackText(here: Y.Text, there: Y.Text): boolean {
  const [has, had] = [letters(here.toDelta()), letters(there.toDelta())];
  let start = 0;
  while (start < has.length && start < had.length && has[start]?.mark === had[start]?.mark) start += 1;
  let end = 0;
  while (
    end < has.length - start &&
    end < had.length - start &&
    has[has.length - 1 - end]?.mark === had[had.length - 1 - end]?.mark
  ) {
    end += 1;
  }
  if (start === has.length && start === had.length) return false;
  here.delete(start, has.length - start - end);
  let at = start;
  for (const { insert, attributes } of joined(had.slice(start, had.length - end))) {
    if (typeof insert === "string") here.insert(at, insert, { ...attributes });
    else here.insertEmbed(at, insert as object, { ...attributes });
    at += typeof insert === "string" ? insert.length : 1;
  }
  return true;
}

interface Letter extends Piece {
  readonly mark: string;
}

/** UTF-16 units, as Yjs counts them; a character of two is never parted, as both halves differ or neither. */
function letters(delta: readonly Piece[]): readonly Letter[] {
  return delta.flatMap(({ insert, attributes }): Letter[] => {
    const run = attributes === undefined ? "" : JSON.stringify(sorted(attributes));
    const given = attributes && { attributes };
    if (typeof insert !== "string") return [{ insert, ...given, mark: `\u0000${JSON.stringify(insert)} ${run}` }];
    return [...insert].flatMap((character) =>
      character.length === 1
        ? [{ insert: character, ...given, mark: `${character} ${run}` }]
        : // Both halves carry the whole, so that a cut falls before or after it.
          [...character.split("")].map((half, index) => ({
            insert: half,
            ...given,
            mark: `${character}${index} ${run}`,
          })),
    );
  });
}

function joined(list: readonly Letter[]): readonly Piece[] {
  const pieces: { insert: unknown; attributes?: Readonly<Record<string, unknown>>; run: string }[] = [];
  for (const { insert, attributes } of list) {
    const run = attributes === undefined ? "" : JSON.stringify(sorted(attributes));
    const last = pieces.at(-1);
    if (last && typeof last.insert === "string" && typeof insert === "string" && last.run === run)
      last.insert += insert;
    else pieces.push({ insert, ...(attributes && { attributes }), run });
  }
  return pieces;
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
