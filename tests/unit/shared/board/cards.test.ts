import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { CardId } from "#shared/board/ids.ts";
import { aCard, aDevice, ana, bo, must, sync, twoDevices } from "../../../support/builders.ts";

describe("cards", () => {
  test("[B1] opening a board writes nothing", () => {
    const doc = new Y.Doc();
    let updates = 0;
    doc.on("update", () => {
      updates += 1;
    });
    const device = aDevice({ lanes: [{ kind: "shared", access: "write", doc }] });
    expect(device.board.cardCount()).toBe(0);
    expect(updates).toBe(0);
    aCard(device.board);
    expect(doc.getMap("meta").get("version")).toBe(1);
  });

  test("[B3] a new card says who added it, in which language, and stands in its cell", () => {
    const { board, clock } = aDevice();
    const id = aCard(board, { words: "I cook well", how: "scribed", said: bo, language: "ar" });
    expect(board.card(id)).toMatchObject({
      kind: "strength",
      author: ana,
      language: "ar",
      createdAt: clock.now,
      words: { text: "I cook well", runs: [{ text: "I cook well", said: bo, typed: ana, how: "scribed" }] },
      place: { area: "home", time: "now" },
      removed: undefined,
      hasStory: false,
    });
    expect(board.cardIdsIn("home/now")).toEqual([id]);
    expect(board.cardCount()).toBe(1);
  });

  test("[B3] new cards take the first free spot, so that none covers another", () => {
    const { board } = aDevice();
    const ids = [1, 2, 3].map(() => aCard(board));
    const spots = ids.map((id) => board.card(id)?.place.at);
    expect(new Set(spots.map((at) => JSON.stringify(at))).size).toBe(3);
    expect(board.cardIdsIn("home/now")).toEqual(ids);
  });

  test("[B2] a reader returns the same object until that record changes", () => {
    const { a, b } = twoDevices();
    const id = aCard(a.board);
    const other = aCard(a.board);
    sync(a, b);
    const [before, beforeOther] = [b.board.card(id), b.board.card(other)];
    const list = b.board.cardIdsIn("home/now");
    must(a.board.setCardKind(id, "hope"));
    sync(a, b);
    expect(b.board.card(id)).not.toBe(before);
    expect(b.board.card(id)?.kind).toBe("hope");
    expect(b.board.card(other)).toBe(beforeOther);
    expect(b.board.cardIdsIn("home/now")).toBe(list);
  });

  test("[B7] moving a card that was put away returns card-not-found", () => {
    const { board } = aDevice();
    const id = aCard(board);
    must(board.removeCard(id));
    const place = { area: "work", time: "hoped", at: { x: 0, y: 0 } } as const;
    expect(board.placeCard(id, place)).toEqual({ ok: false, error: { kind: "card-not-found", cardId: id } });
    const unknown = "nobody" as CardId;
    expect(board.placeCard(unknown, place)).toEqual({ ok: false, error: { kind: "card-not-found", cardId: unknown } });
  });
});
