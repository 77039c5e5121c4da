import * as Y from "yjs";
import type { BoardRecords, LongWords } from "#shared/board/board.ts";
import { openBoard } from "#shared/board/open-board.ts";
import { cardFields, goalFields, readingFields, roots, stepFields } from "#shared/board/schema.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import type { NotTaken, NotTakenField, NotTakenItem } from "./not-taken.ts";

type Found = Pick<NotTaken, "items" | "unreadable">;
interface ToldText {
  readonly field: NotTakenField;
  /** Its name in the record. */
  readonly stored: string;
  readonly text: string;
}
interface Told {
  readonly of: NotTakenItem["of"];
  readonly title: string;
  readonly language: string;
  readonly texts: readonly ToldText[];
  readonly isRemoved: boolean;
  /** Everything else there is to it, to be compared. */
  readonly rest: string;
}

/**
 * What `here` has that `relays` has not, record by record, as it stood here: what others have done to the same lane in the
 * meantime is no part of it.
 */
export function compareLanes(lane: OpenLane, here: Y.Doc, relays: Y.Doc): Found {
  const touched = recordsTouched(here, relays);
  if (touched.size === 0) return { items: [], unreadable: 0 };
  const [mine, theirs] = [tell(lane, here), tell(lane, relays)];
  const items: NotTakenItem[] = [];
  let unreadable = 0;
  for (const [id, fields] of touched) {
    const now = mine.get(id);
    const before = theirs.get(id);
    const told = now ?? before;
    if (!told) {
      if (!isTakenBack(here, id)) unreadable += 1;
      continue;
    }
    const { of, title, language } = told;
    const change = before ? ((now?.isRemoved ?? true) && !before.isRemoved ? "removed" : "changed") : "added";
    // Added and put away again, all without the relay: nothing of it is missed.
    if (change === "added" && now?.isRemoved) continue;
    const mineAlone = (now?.texts ?? []).filter(
      ({ field, stored, text }) =>
        (!before || fields.has(stored)) && text !== before?.texts.find((other) => other.field === field)?.text,
    );
    const texts = mineAlone.filter(({ text }) => text !== "").map(({ field, text }) => ({ field, text }));
    // Words taken away leave nothing to copy, and a move has none: that something was not taken is told all the same.
    const elseChanged = change === "changed" && (mineAlone.length > texts.length || now?.rest !== before?.rest);
    if (change === "changed" && texts.length === 0 && !elseChanged) continue;
    items.push({ of, id, change, title, language, texts, elseChanged });
  }
  return { items, unreadable };
}

/** Added, and its adding undone: nobody misses it. */
function isTakenBack(doc: Y.Doc, id: string): boolean {
  for (const root of [roots.cards, roots.goals, roots.steps]) {
    const record = doc.getMap(root).get(id);
    const removed = record instanceof Y.Map ? record.get(cardFields.removed) : undefined;
    if ((removed as { readonly undone?: unknown } | undefined)?.undone === true) return true;
  }
  return false;
}

type Touched = Map<string, Set<string>>;

/**
 * Ids of the records that hold something which `relays` lacks (letters, values, or the taking away of some), and in which
 * of their stored fields.
 */
function recordsTouched(here: Y.Doc, relays: Y.Doc): Touched {
  const touched: Touched = new Map();
  const deletedThere = Y.createDeleteSetFromStructStore(relays.store);
  for (const [client, structs] of here.store.clients) {
    const known = Y.getState(relays.store, client);
    for (const struct of structs) {
      const { clock } = struct.id;
      const end = clock + struct.length;
      if (end > known) note(struct, touched);
      if (!struct.deleted) continue;
      for (let at = clock; at < Math.min(end, known); at += 1) {
        const id = Y.createID(client, at);
        if (Y.isDeleted(deletedThere, id)) continue;
        // Here nothing may be left of it but a gap; there it still lies where it lay.
        note(Y.getItem(relays.store, id), touched);
        break;
      }
    }
  }
  return touched;
}

/** A record's id is its key in a root; a field's name its key in the record. */
function note(struct: Y.Item | Y.GC | Y.Skip, touched: Touched): void {
  if (!(struct instanceof Y.Item)) return;
  let field: string | null = null;
  for (let item: Y.Item = struct; ; ) {
    const { parent } = item;
    if (!(parent instanceof Y.AbstractType)) return;
    if (!parent._item) {
      if (item.parentSub === null || Y.findRootTypeKey(parent) === roots.meta) return;
      const fields = touched.get(item.parentSub) ?? new Set();
      touched.set(item.parentSub, fields);
      if (field !== null) fields.add(field);
      return;
    }
    field = item.parentSub ?? field;
    item = parent._item;
  }
}

const textOf = (words: LongWords) =>
  words.paragraphs
    .map((runs) => runs.map(({ text }) => text).join(""))
    .join("\n")
    .trim();

/** Every record of the lane in words, by id. */
function tell(lane: OpenLane, doc: Y.Doc): ReadonlyMap<string, Told> {
  const board = openBoard([{ ...lane, doc }], {
    me: "" as never,
    language: () => "en",
    now: () => 0,
    random: () => {},
    schedule: () => {},
    today: () => "",
  });
  const records = board.records();
  board.close();
  return toldOf(records);
}

function toldOf({ cards, goals, steps, readings, links }: BoardRecords): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  const titles = new Map<string, string>();
  const text = (field: NotTakenField, stored: string, written: string): ToldText => ({ field, stored, text: written });
  const rest = (...values: readonly unknown[]) => JSON.stringify(values);
  for (const card of cards) {
    titles.set(card.id, card.words.text);
    told.set(card.id, {
      of: "card",
      title: card.words.text,
      language: card.language,
      texts: [text("words", cardFields.words, card.words.text), text("story", cardFields.story, textOf(card.story))],
      isRemoved: card.removed !== undefined,
      rest: rest(card.kind, card.place, card.language, card.besides),
    });
  }
  for (const goal of goals) {
    titles.set(goal.id, goal.words.text);
    told.set(goal.id, {
      of: "goal",
      title: goal.words.text,
      language: goal.language,
      texts: [
        text("words", goalFields.words, goal.words.text),
        text("why", goalFields.why, textOf(goal.why)),
        text("notes", goalFields.notes, textOf(goal.notes)),
        text("zero", goalFields.zero, goal.zero.text),
        text("ten", goalFields.ten, goal.ten.text),
        text("signs", goalFields.signs, goal.signs.text),
        text("reason", goalFields.state, goal.stateReason ?? ""),
      ],
      isRemoved: false,
      rest: rest(goal.goodEnough, goal.whose, goal.state, goal.review),
    });
  }
  for (const step of steps) {
    told.set(step.id, {
      of: "step",
      title: step.what.text,
      language: step.language,
      texts: [text("words", stepFields.what, step.what.text)],
      isRemoved: step.removed !== undefined,
      rest: rest(step.goalId, step.who, step.byWhen, step.size, step.state),
    });
  }
  const languageOf = (id: string) => told.get(id)?.language ?? "";
  for (const { id, goalId, number } of readings) {
    told.set(id, {
      of: "reading",
      title: titles.get(goalId) ?? "",
      language: languageOf(goalId),
      texts: [text("number", readingFields.number, String(number))],
      isRemoved: false,
      rest: "",
    });
  }
  for (const { id, cardId, goalId } of links) {
    told.set(id, {
      of: "link",
      title: [titles.get(cardId), titles.get(goalId)].filter(Boolean).join(" · "),
      language: languageOf(cardId),
      texts: [],
      isRemoved: false,
      rest: "",
    });
  }
  return told;
}
