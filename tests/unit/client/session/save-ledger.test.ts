import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyLedger,
  isLive,
  nextLedger,
  type SaveEvent,
  type SaveLedger,
  saveStateOf,
  savingMs,
  savingUntil,
  unsavedCount,
} from "../../../../client/session/save-ledger.ts";

const changed: SaveEvent = { type: "changed" };
const opened: SaveEvent = { type: "opened" };
const synced: SaveEvent = { type: "synced" };
const closed: SaveEvent = { type: "closed" };
const stepTwo = (count: number, at = 0): SaveEvent => ({ type: "sent", frame: "step2", count, at });
const update = (count: number, at = 0): SaveEvent => ({ type: "sent", frame: "update", count, at });
const acked = (count: number): SaveEvent => ({ type: "acked", count });

const after = (...events: readonly SaveEvent[]): SaveLedger => events.reduce(nextLedger, emptyLedger);
/** A lane whose first step 2 (frame 1) is sent and acked. */
const live = [opened, synced, stepTwo(1), acked(1)] as const;

describe("what is saved", () => {
  test("[R2] a change is unsaved until the frame that carried it is acked", () => {
    const sent = after(...live, changed, update(2));
    expect(unsavedCount(sent)).toBe(1);
    expect(unsavedCount(nextLedger(sent, acked(2)))).toBe(0);
  });

  test("[R2] one ack covers every frame up to its number", () => {
    const three = after(...live, changed, update(2), changed, update(3), changed, update(4));
    expect(unsavedCount(nextLedger(three, acked(3)))).toBe(1);
    expect(unsavedCount(nextLedger(three, acked(4)))).toBe(0);
  });

  test("an ack that comes twice, or late, takes nothing back", () => {
    const done = after(...live, changed, update(2), acked(2));
    expect(unsavedCount(nextLedger(done, acked(1)))).toBe(0);
  });

  test("changes made without a connection count, and the next step 2 covers all of them", () => {
    const offline = after(...live, closed, changed, changed);
    expect(unsavedCount(offline)).toBe(2);
    const back = [opened, stepTwo(1)].reduce(nextLedger, offline);
    expect(unsavedCount(back)).toBe(2);
    expect(unsavedCount(nextLedger(back, acked(1)))).toBe(0);
  });

  test("an update sent before our step 2 covers nothing, since changes from before the connection may be missing", () => {
    const gap = after(...live, closed, changed, opened, changed, update(1));
    expect(unsavedCount(nextLedger(gap, acked(1)))).toBe(2);
    const whole = [acked(1), stepTwo(2), acked(2)].reduce(nextLedger, gap);
    expect(unsavedCount(whole)).toBe(0);
  });

  test("a frame of a socket that was lost covers nothing on the next one", () => {
    const lost = after(...live, changed, update(2), closed, opened);
    // Frame 2 of the new socket would be another frame; an ack that far up cannot be about the lost one.
    expect(unsavedCount(nextLedger(lost, acked(2)))).toBe(1);
  });

  test("a second step 2, asked for when the relay's disk heals, covers what went unacked", () => {
    const dark = after(...live, { type: "storing", storing: false }, changed, update(2));
    const healed = [{ type: "storing", storing: true } as const, stepTwo(3), acked(3)].reduce(nextLedger, dark);
    expect(unsavedCount(healed)).toBe(0);
  });

  test("changes found unsaved in the offline copy count until a step 2 is acked", () => {
    const reopened = after({ type: "restored", count: 3 }, opened, stepTwo(1));
    expect(unsavedCount(reopened)).toBe(3);
    expect(unsavedCount(nextLedger(reopened, acked(1)))).toBe(0);
  });

  test("after a refused change no ack on that socket makes it or a later one saved", () => {
    const refused = after(...live, changed, update(2), { type: "refused", count: 2 }, changed, update(3), acked(3));
    expect(refused.refused).toBe(true);
    expect(unsavedCount(refused)).toBe(2);
  });

  test("[R2] what is refused is here and not on the relay, also when nothing was counted: it never reads saved", () => {
    const uncounted = after(opened, synced, stepTwo(1), { type: "refused", count: 1 }, acked(1));
    expect(uncounted.refused).toBe(true);
    expect(saveStateOf([uncounted], 0).state).not.toBe("saved");
  });

  test("[R2] a frame that had to wait covers what was made when it was written, not when it left", () => {
    const waited = after(...live, changed, changed, { type: "sent", frame: "update", count: 2, at: 0, covers: 1 });
    expect(unsavedCount(nextLedger(waited, acked(2)))).toBe(1);
  });

  test("[R2] of a step 2 in pieces the last alone covers anything", () => {
    const piece = (count: number): SaveEvent => ({ type: "sent", frame: "update", count, at: 0, covers: 0 });
    const pieces = after(changed, changed, opened, synced, piece(1), piece(2), stepTwo(3));
    expect(unsavedCount(nextLedger(pieces, acked(2)))).toBe(2);
    expect(saveStateOf([nextLedger(pieces, acked(2))], 0)).toEqual({ state: "saving" });
    expect(unsavedCount(nextLedger(pieces, acked(3)))).toBe(0);
  });

  test("many letters in one card are one change to a person, and it stays until the last of them is saved", () => {
    const letter: SaveEvent = { type: "changed", what: ["card-1"] };
    const typed = after(
      ...live,
      letter,
      update(2),
      letter,
      update(3),
      { type: "changed", what: ["goal-1"] },
      update(4),
    );
    expect(unsavedCount(typed)).toBe(2);
    expect(unsavedCount(nextLedger(typed, acked(2)))).toBe(2);
    expect(unsavedCount(nextLedger(typed, acked(3)))).toBe(1);
    expect(unsavedCount(nextLedger(typed, acked(4)))).toBe(0);
  });
});

describe("what the person is told", () => {
  test("saved needs every lane connected, in step and acked", () => {
    const good = after(...live);
    expect(saveStateOf([good, good], 0)).toEqual({ state: "saved" });
    expect(saveStateOf([good, nextLedger(good, closed)], 0)).toEqual({ state: "not-saved", count: 0, storing: true });
    expect(saveStateOf([good, after(opened)], 0).state).toBe("not-saved");
  });

  test("a change reads saving for two seconds, then not saved, until its ack", () => {
    const waiting = after(...live, changed, update(2, 1_000));
    expect(saveStateOf([waiting], 1_000 + savingMs - 1)).toEqual({ state: "saving" });
    expect(savingUntil([waiting])).toBe(1_000 + savingMs);
    expect(saveStateOf([waiting], 1_000 + savingMs)).toEqual({ state: "not-saved", count: 1, storing: true });
    expect(saveStateOf([nextLedger(waiting, acked(2))], 9_000)).toEqual({ state: "saved" });
  });

  test("typing on without a pause stays at saving while acks keep coming", () => {
    const typing = after(...live, changed, update(2, 0), changed, update(3, 1_900), acked(2));
    expect(saveStateOf([typing], 2_500)).toEqual({ state: "saving" });
  });

  test("a relay that cannot write is named as the cause, at once", () => {
    const dark = after(...live, { type: "storing", storing: false }, changed, update(2, 0));
    expect(saveStateOf([dark], 1)).toEqual({ state: "not-saved", count: 1, storing: false });
  });

  test("the counts of several lanes are added up", () => {
    const two = after(changed, changed);
    expect(saveStateOf([two, after(changed)], 0)).toEqual({ state: "not-saved", count: 3, storing: true });
  });
});

/**
 * A relay that may lose any socket at any moment, against the ledger: whatever the ledger calls saved, the relay holds.
 * The client keeps y-websocket's behaviour: updates leave at once when there is a socket, a step 2 leaves when asked.
 */
test("whatever happens to the connection, nothing reads saved that the relay does not hold", () => {
  const step = fc.constantFrom("change", "open", "ask", "deliver", "ack", "drop");
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let ledger = emptyLedger;
      let made = 0;
      let count = 0;
      let connected = false;
      let delivered = 0;
      const held = new Set<number>();
      let wire: { count: number; carries: readonly number[] }[] = [];
      const all = () => Array.from({ length: made }, (_, index) => index + 1);
      for (const name of steps) {
        if (name === "change") {
          made += 1;
          ledger = nextLedger(ledger, changed);
          if (connected) {
            count += 1;
            ledger = nextLedger(ledger, update(count));
            wire.push({ count, carries: [made] });
          }
        } else if (name === "open" && !connected) {
          connected = true;
          count = 0;
          delivered = 0;
          wire = [];
          ledger = nextLedger(ledger, opened);
        } else if (name === "ask" && connected) {
          count += 1;
          ledger = nextLedger(ledger, stepTwo(count));
          wire.push({ count, carries: all() });
        } else if (name === "deliver" && wire[0]) {
          for (const change of wire[0].carries) held.add(change);
          delivered = wire[0].count;
          wire.shift();
        } else if (name === "ack" && connected && delivered > 0) {
          ledger = nextLedger(ledger, acked(delivered));
        } else if (name === "drop" && connected) {
          connected = false;
          wire = [];
          ledger = nextLedger(ledger, closed);
        }
        for (let change = 1; change <= ledger.saved; change += 1) expect(held.has(change)).toBe(true);
        expect(ledger.made).toBe(made);
        expect(isLive(ledger) && !connected).toBe(false);
      }
      // And it does get there: with a connection that holds, everything reads saved.
      const rest = [closed, opened, synced, stepTwo(1), acked(1)].reduce(nextLedger, ledger);
      expect(saveStateOf([rest], 0)).toEqual({ state: "saved" });
    }),
    { numRuns: 500 },
  );
});
