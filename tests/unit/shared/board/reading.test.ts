import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { areas, times } from "#shared/board/schema.ts";
import { aCard, aDevice, aGoal, aStep, must } from "../../../support/builders.ts";
import { createSeeded, type Seeded } from "../../../support/seeded.ts";

/** Any value that a document can hold, Yjs types among them. */
function anything(seeded: Seeded, depth = 0): unknown {
  const plain = [
    null,
    undefined,
    true,
    "",
    "strength",
    "home",
    "x".repeat(100),
    0,
    -1,
    11,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e308,
    [],
    {},
    { area: "home", time: "now", at: { x: Number.NaN, y: 0 } },
    { area: "moon", time: "now", at: { x: 0, y: 0 } },
    { area: "home", time: "now", at: [1, 2] },
    { state: "done" },
    { state: {} },
    { by: "ana", at: "later" },
    [{ person: 3 }],
    JSON.parse('{"__proto__": {"x": 1}}'),
    new Uint8Array([1, 2]),
  ];
  if (seeded.chance(0.7) || depth > 2) return seeded.pick(plain);
  return seeded.pick([
    () => new Y.Text("text"),
    () => {
      const text = new Y.Text();
      text.insertEmbed(0, { image: "x" });
      text.insert(1, "letters", { run: seeded.pick([null, "run", { said: 3, typed: {} }, []]) });
      return text;
    },
    () => new Y.XmlText("xml"),
    () => new Y.Array(),
    () => new Y.XmlFragment(),
    () => {
      const fragment = new Y.XmlFragment();
      let inner: Y.XmlFragment = fragment;
      for (let level = 0; level < 40; level += 1) {
        const element = new Y.XmlElement("blockquote");
        inner.insert(0, [element]);
        inner = element;
      }
      return fragment;
    },
    () => new Y.Map([["kind", anything(seeded, depth + 1)]]),
  ])();
}

describe("reading what is stored", () => {
  test("[B4] whatever stands in a record, reading never throws, and what cannot be read is left out and counted", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const seeded = createSeeded(seed);
      const device = aDevice({ seed });
      const { board, doc } = device;
      const good = aCard(board);
      const goal = aGoal(board);
      const ids: Record<string, string> = { cards: aCard(board), goals: aGoal(board), steps: aStep(board, goal) };
      must(board.linkStrength(good, goal));
      must(board.setReading(goal, 4));
      doc.transact(() => {
        for (const root of ["cards", "goals", "steps", "readings", "links"]) {
          const map = doc.getMap<unknown>(root);
          const id = ids[root] ?? [...map.keys()][0] ?? "id";
          const record = map.get(id);
          if (seeded.chance(0.2)) map.set(seeded.pick([id, "", "a b", "__proto__", "x".repeat(99)]), anything(seeded));
          else if (record instanceof Y.Map) {
            const keys = [...record.keys(), "removed", "besides", "review", "byWhen"];
            for (let change = 0; change < 1 + seeded.whole(2); change += 1) {
              if (seeded.chance(0.2)) record.delete(seeded.pick(keys));
              else record.set(seeded.pick(keys), anything(seeded));
            }
          }
        }
      }, "damage");
      for (const seen of [board, device.reopen()]) {
        expect(seen.card(good)).toBeDefined();
        expect(seen.goal(goal)).toBeDefined();
        const onMap = areas.flatMap((area) => times.flatMap((time) => seen.cardIdsIn(`${area}/${time}`)));
        for (const id of [...onMap, ...seen.removedCardIds()]) {
          const card = seen.card(id);
          expect(Number.isFinite(card?.place.at.x)).toBe(true);
          expect(typeof card?.words.text).toBe("string");
          seen.story(id);
        }
        for (const id of seen.goalIds()) {
          seen.stepIdsOf(id).map(seen.step);
          seen.readingsOf(id);
          seen.linksOfGoal(id);
        }
        const stored = doc.getMap("cards").size;
        expect(onMap.length + seen.removedCardIds().length).toBeLessThanOrEqual(stored);
        expect(seen.unreadableCount()).toBe(device.reopen().unreadableCount());
      }
      device.frame();
    }
  });

  test("[B4] a record is counted while it cannot be read, and no longer", () => {
    const { board, doc } = aDevice();
    const id = aCard(board);
    const record = doc.getMap("cards").get(id) as Y.Map<unknown>;
    record.set("place:life", { area: "home", time: "now", at: { x: 0, y: Number.POSITIVE_INFINITY } });
    expect([board.card(id), board.cardCount(), board.unreadableCount()]).toEqual([undefined, 0, 1]);
    expect(board.setCardKind(id, "hope")).toEqual({ ok: false, error: { kind: "card-not-found", cardId: id } });
    record.set("place:life", { area: "home", time: "now", at: { x: 0, y: 5 } });
    expect([board.cardCount(), board.unreadableCount()]).toEqual([1, 0]);
    record.delete("story");
    expect(board.unreadableCount()).toBe(1);
    doc.getMap("cards").delete(id);
    expect(board.unreadableCount()).toBe(0);
  });

  test("[B3] each new record carries its nested types from the start", () => {
    const { board, doc } = aDevice();
    const card = aCard(board);
    const goal = aGoal(board);
    aStep(board, goal);
    const stored = doc.getMap("cards").get(card) as Y.Map<unknown>;
    expect(stored.get("words")).toBeInstanceOf(Y.Text);
    expect(stored.get("story")).toBeInstanceOf(Y.XmlFragment);
    for (const field of ["words", "zero", "ten", "signs"]) {
      expect((doc.getMap("goals").get(goal) as Y.Map<unknown>).get(field)).toBeInstanceOf(Y.Text);
    }
    expect(board.longWords({ of: "goal", id: goal, field: "why" })).toBeInstanceOf(Y.XmlFragment);
  });
});
