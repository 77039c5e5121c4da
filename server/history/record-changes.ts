import * as Y from "yjs";
import type { AnyEvent } from "#shared/board/any-type.ts";
import type { PersonId } from "#shared/board/ids.ts";
import { cardFields, goalFields, readingFields, roots, stepFields } from "#shared/board/schema.ts";
import type { RecordChangeView, RecordRoot } from "#shared/protocol/api.ts";
import type { StoredUpdate } from "../store/board-store.ts";
import type { LaneRows } from "./lane-rows.ts";
import { recordRoots } from "./record-roots.ts";

/** Who touched each record while rows were applied to a document, and when last. */
export interface Touched {
  readonly by: Set<PersonId>;
  lastAt: number;
}
/** By `<root>/<id>`, in the order in which they were first touched. */
export type TouchedRecords = Map<string, Touched>;

/** The document that these rows make. A row that cannot be applied is passed over, as the relay does. */
export function buildDoc({ snapshot, rows }: LaneRows): Y.Doc {
  const doc = new Y.Doc();
  if (snapshot) apply(doc, snapshot.bytes);
  for (const row of rows) apply(doc, row.bytes);
  return doc;
}

function apply(doc: Y.Doc, bytes: Uint8Array): void {
  try {
    Y.applyUpdate(doc, bytes);
  } catch {
    // The relay says so in its log when it opens the lane.
  }
}

/** Applies rows one by one, and notes whose connection brought what: the log's word, not what the text claims. */
export function applyNoting(doc: Y.Doc, rows: readonly StoredUpdate[]): TouchedRecords {
  const touched: TouchedRecords = new Map();
  let row: StoredUpdate | undefined;
  const note = (key: string) => {
    if (!row) return;
    const known = touched.get(key) ?? { by: new Set<PersonId>(), lastAt: 0 };
    known.by.add(row.personId);
    known.lastAt = Math.max(known.lastAt, row.at);
    touched.set(key, known);
  };
  const stops = recordRoots.map((root) => {
    const map = doc.getMap(root);
    const onEvents = (events: readonly AnyEvent[]) => {
      for (const event of events) {
        const id = event.path[0];
        if (id !== undefined) note(`${root}/${id}`);
        else for (const key of event.changes.keys.keys()) note(`${root}/${key}`);
      }
    };
    map.observeDeep(onEvents);
    return () => map.unobserveDeep(onEvents);
  });
  for (const each of rows) {
    row = each;
    apply(doc, each.bytes);
  }
  for (const stop of stops) stop();
  return touched;
}

/** What of a document is on the board: a record that is put away counts as not there. */
export interface RecordsSeen {
  readonly isThere: (root: RecordRoot, id: string) => boolean;
  /** How a record's words begin. */
  readonly wordsOf: (root: RecordRoot, id: string) => string;
}

export function seenIn(doc: Y.Doc): RecordsSeen {
  const recordOf = (root: RecordRoot, id: string) => {
    const record = doc.getMap(root).get(id);
    return record instanceof Y.Map ? (record as Y.Map<unknown>) : undefined;
  };
  return {
    isThere: (root, id) => {
      const record = recordOf(root, id);
      return record !== undefined && record.get(cardFields.removed) === undefined;
    },
    wordsOf: (root, id) => {
      const field = wordFields[root];
      const value = field === undefined ? undefined : recordOf(root, id)?.get(field);
      const text = value instanceof Y.Text || typeof value === "number" ? value.toString() : "";
      return text.slice(0, mostWords).toWellFormed();
    },
  };
}

const mostWords = 120;
const wordFields: Readonly<Partial<Record<RecordRoot, string>>> = {
  [roots.cards]: cardFields.words,
  [roots.goals]: goalFields.words,
  [roots.steps]: stepFields.what,
  [roots.readings]: readingFields.number,
};

/** The same for a document that will change: which of these records are there now, and how they begin. */
export function seenNow(doc: Y.Doc): RecordsSeen {
  const seen = seenIn(doc);
  const kept = new Map<string, string>();
  for (const root of recordRoots) {
    for (const id of doc.getMap(root).keys())
      if (seen.isThere(root, id)) kept.set(`${root}/${id}`, seen.wordsOf(root, id));
  }
  return {
    isThere: (root, id) => kept.has(`${root}/${id}`),
    wordsOf: (root, id) => kept.get(`${root}/${id}`) ?? "",
  };
}

/** What became of each of these records from one state to another. What was neither before nor is now is left out. */
export function changesBetween(
  keys: Iterable<string>,
  before: RecordsSeen,
  after: RecordsSeen,
  touched: TouchedRecords,
): readonly RecordChangeView[] {
  const changes: RecordChangeView[] = [];
  for (const key of keys) {
    const cut = key.indexOf("/");
    const [root, id] = [key.slice(0, cut) as RecordRoot, key.slice(cut + 1)];
    const [was, is] = [before.isThere(root, id), after.isThere(root, id)];
    if (!was && !is) continue;
    const who = touched.get(key);
    changes.push({
      ...{ root, id, what: was ? (is ? "changed" : "removed") : "added" },
      words: (is ? after : before).wordsOf(root, id),
      by: [...(who?.by ?? [])],
      lastAt: new Date(who?.lastAt ?? 0).toISOString(),
    });
  }
  return changes;
}
