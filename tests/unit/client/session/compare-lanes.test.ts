import { expect, test } from "vitest";
import * as Y from "yjs";
import type { Board } from "#shared/board/board.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";
import type { OpenLane } from "#shared/protocol/api.ts";
import type { Result } from "#shared/result.ts";
import { compareLanes } from "../../../../client/session/compare-lanes.ts";
import { aDevice, bo, type OpenDevice } from "../../../support/builders.ts";

const must = <T>(result: Result<T, unknown>): T => (result.ok ? result.value : expect.fail(JSON.stringify(result)));
const aCard = (board: Board, words: string) =>
  must(board.addCard({ kind: "strength", area: "home", time: "now", words }));
const laneOf = (device: OpenDevice): OpenLane => {
  const { laneId, kind, access } = device.lanes[0] as OpenDevice["lanes"][number];
  return { laneId, kind, access };
};
/** The lane as the relay has it at this moment, and somebody else on it. */
function relayOf(device: OpenDevice): { readonly doc: Y.Doc; readonly other: OpenDevice } {
  const doc = new Y.Doc();
  keepMarks(doc);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(device.doc));
  const other = aDevice({ me: bo, seed: 2, lanes: [{ kind: "shared", access: "write", doc }] });
  return { doc, other };
}
const compare = (device: OpenDevice, relays: Y.Doc) => compareLanes(laneOf(device), device.doc, relays);

test("a lane that the relay has whole differs in nothing, whatever others have done to it since", () => {
  const here = aDevice();
  const id = aCard(here.board, "Cooks well");
  const { doc, other } = relayOf(here);
  must(other.board.writeWords({ of: "card", id, field: "words" }, "Cooks very well"));
  aCard(other.board, "Another");
  expect(compare(here, doc)).toEqual({ items: [], unreadable: 0 });
});

test("what was added, changed and put away here is told with its words, and what others did is not", () => {
  const here = aDevice();
  const [kept, changed, moved, away] = ["Kept", "Walks", "Sings", "Old"].map((words) => aCard(here.board, words));
  const goal = must(here.board.addGoal({ words: "A flat of my own" }));
  const { doc, other } = relayOf(here);
  if (!kept || !changed || !moved || !away) return expect.fail();
  must(other.board.writeWords({ of: "card", id: kept, field: "words" }, "Kept, and more by Bo"));

  const added = aCard(here.board, "Only here");
  must(here.board.writeWords({ of: "card", id: changed, field: "words" }, "Walks every day"));
  must(here.board.placeCard(moved, { area: "fun", time: "hoped", at: { x: 1, y: 1 } }));
  must(here.board.removeCard(away));
  const step = must(here.board.addStep({ goalId: goal, what: "Ring the office" }));
  must(here.board.setReading(goal, 4));
  must(here.board.linkStrength(changed, goal));
  must(here.board.writeWords({ of: "goal", id: goal, field: "zero" }, "On the street"));

  const { items, unreadable } = compare(here, doc);
  expect(unreadable).toBe(0);
  const told = new Map<string, unknown>(
    items.map(({ id, of, change, texts, elseChanged }) => [id, { of, change, texts, elseChanged }]),
  );
  expect(told.get(added)).toEqual({
    of: "card",
    change: "added",
    texts: [{ field: "words", text: "Only here" }],
    elseChanged: false,
  });
  expect(told.get(changed)).toMatchObject({ change: "changed", texts: [{ field: "words", text: "Walks every day" }] });
  expect(told.get(moved)).toMatchObject({ change: "changed", texts: [], elseChanged: true });
  expect(told.get(away)).toMatchObject({ change: "removed" });
  expect(told.get(step)).toMatchObject({ of: "step", change: "added" });
  expect(told.get(goal)).toMatchObject({ change: "changed", texts: [{ field: "zero", text: "On the street" }] });
  expect(items.filter(({ of }) => of === "reading")).toMatchObject([{ texts: [{ field: "number", text: "4" }] }]);
  expect(items.filter(({ of }) => of === "link")).toHaveLength(1);
  expect(told.has(kept)).toBe(false);
  expect(items).toHaveLength(8);
});

test("of a card that was moved here its words are not told, though others have changed them since", () => {
  const here = aDevice();
  const id = aCard(here.board, "Swims");
  const { doc, other } = relayOf(here);
  must(here.board.placeCard(id, { area: "fun", time: "now", at: { x: 1, y: 1 } }));
  must(other.board.writeWords({ of: "card", id, field: "words" }, "Swims in the lake"));
  expect(compare(here, doc).items).toMatchObject([{ id, change: "changed", texts: [], elseChanged: true }]);
});

test("words that were taken away here are told, though there is nothing to copy", () => {
  const here = aDevice();
  const goal = must(here.board.addGoal({ words: "A job" }));
  must(here.board.writeWords({ of: "goal", id: goal, field: "signs" }, "My own money"));
  const { doc } = relayOf(here);
  must(here.board.writeWords({ of: "goal", id: goal, field: "signs" }, ""));
  expect(compare(here, doc).items).toMatchObject([{ change: "changed", texts: [], elseChanged: true, title: "A job" }]);
});

test("what was added here and taken back by undo is not told, and what cannot be read is counted", () => {
  const here = aDevice();
  const { doc } = relayOf(here);
  aCard(here.board, "Never mind");
  here.board.undo();
  here.doc.getMap("cards").set("forged", 1);
  expect(compare(here, doc)).toEqual({ items: [], unreadable: 1 });
});
