import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyLedger, nextLedger, type SaveEvent, saveStateOf } from "../../client/session/save-ledger.ts";
import { type AckLedger, createAckLedger } from "../../server/relay/ack-ledger.ts";

/**
 * A device's save ledger against the relay's ack ledger, with a wire between them that loses sockets and a disk that
 * fails: whenever the person reads *Saved*, the disk has everything that the device holds. Changes are numbers; the
 * device starts with one that no count tells of, as after a page that ended before it could keep its count. What the
 * device answers to a step 1 comes in pieces, the last of them as the step 2.
 */
const steps = ["change", "open", "drop", "deliver", "hear", "write", "force", "fail", "heal", "refuse"] as const;
/** What goes well is likelier than what goes wrong, or nothing would ever be saved. */
const likelihood = {
  change: 6,
  open: 4,
  drop: 1,
  deliver: 10,
  hear: 12,
  write: 8,
  force: 6,
  fail: 1,
  heal: 3,
  refuse: 1,
};
const aStory = () =>
  fc.array(fc.oneof(...steps.map((step) => ({ arbitrary: fc.constant(step), weight: likelihood[step] }))), {
    size: "max",
    maxLength: 200,
  });

interface Frame {
  readonly type: "step2" | "update";
  readonly carries: readonly number[];
}
type ToDevice = SaveEvent | { readonly type: "step1"; readonly has: number };
interface Entry {
  readonly carries: readonly number[];
  state: "sent" | "written" | "forced" | "lost";
  readonly after: (() => void)[];
}

function run(story: readonly string[], hidden: boolean): { readonly everSaved: boolean } {
  let device = emptyLedger;
  const doc = new Set<number>(hidden ? [1] : []);
  let up: Frame[] = [];
  let down: ToDevice[] = [];
  let sentCount = 0;
  let connection: { readonly acks: AckLedger; told: number; asksOut: number } | undefined;
  let applied = new Set<number>();
  const forced = new Set<number>();
  const log: Entry[] = [];
  let failing = false;
  let refusing = false;
  let everSaved = false;

  const hears = (event: SaveEvent) => {
    device = nextLedger(device, event);
  };
  const sends = (frame: Frame, covers = device.made) => {
    sentCount += 1;
    hears({ type: "sent", frame: frame.type, count: sentCount, at: 0, covers });
    up.push(frame);
  };
  const answers = (carries: readonly number[]) => {
    const first = Math.ceil(carries.length / 3);
    const pieces = [
      carries.slice(0, first),
      carries.slice(first, -first),
      carries.slice(Math.max(first, carries.length - first)),
    ];
    const inPieces = pieces.filter((piece) => piece.length > 0);
    const last = inPieces.pop() ?? [];
    for (const piece of inPieces) sends({ type: "update", carries: piece }, 0);
    sends({ type: "step2", carries: last });
  };
  /** How far the relay's state vector says that it goes: what came after a gap does not count. */
  const has = () => {
    let clock = 0;
    while (applied.has(clock + 1)) clock += 1;
    return clock;
  };
  const asks = () => {
    if (!connection) return;
    connection.asksOut += 1;
    connection.acks.asked();
    down.push({ type: "step1", has: has() });
  };
  const ack = () => {
    if (!connection || connection.acks.settled() === connection.told) return;
    connection.told = connection.acks.settled();
    down.push({ type: "acked", count: connection.told });
  };
  const settleInOrder = () => {
    for (let head = log[0]; head && (head.state === "forced" || head.state === "lost"); head = log[0]) {
      log.shift();
      for (const next of head.after) next();
    }
    ack();
  };
  const takes = (frame: Frame) => {
    if (!connection) return;
    const { acks } = connection;
    const asker = connection;
    const number = acks.take();
    const brings = frame.type === "step2" ? acks.answered() : undefined;
    if (brings !== undefined) asker.asksOut -= 1;
    const settle = () => {
      if (brings === undefined) return acks.settle(number);
      acks.settleStep2(number, brings);
      if (connection === asker && acks.hasLost() && asker.asksOut === 0 && !failing) asks();
    };
    if (frame.carries.every((change) => applied.has(change))) {
      const last = log.at(-1);
      if (last) last.after.push(settle);
      else settle();
    } else if (refusing) {
      refusing = false;
      down.push({ type: "refused", count: number });
      acks.settle(number);
    } else if (failing) {
      acks.lose(number);
    } else {
      const entry: Entry = { carries: frame.carries, state: "sent", after: [] };
      entry.after.push(() => (entry.state === "forced" ? settle() : acks.lose(number)));
      log.push(entry);
    }
    ack();
  };

  for (const step of story) {
    if (step === "change") {
      doc.add(doc.size + 1);
      hears({ type: "changed" });
      if (connection) sends({ type: "update", carries: [doc.size] });
    } else if (step === "open" && !connection) {
      connection = { acks: createAckLedger(), told: 0, asksOut: 0 };
      [up, down, sentCount, refusing] = [[], [], 0, false];
      asks();
      down.push({ type: "synced" });
      hears({ type: "opened" });
      if (failing) down.push({ type: "storing", storing: false });
    } else if (step === "drop" && connection) {
      connection = undefined;
      hears({ type: "closed" });
    } else if (step === "deliver") {
      const frame = up.shift();
      if (frame) takes(frame);
    } else if (step === "hear" && connection) {
      const message = down.shift();
      if (message?.type === "step1") {
        answers([...doc].filter((change) => change > message.has));
      } else if (message) hears(message);
    } else if (step === "write" && !failing) {
      const entry = log.find(({ state }) => state === "sent");
      if (!entry) continue;
      entry.state = "written";
      applied = new Set([...applied, ...entry.carries]);
    } else if (step === "force" && !failing) {
      for (const entry of log) {
        if (entry.state === "sent") break;
        entry.state = "forced";
        for (const change of entry.carries) forced.add(change);
      }
      settleInOrder();
    } else if (step === "fail" && !failing) {
      failing = true;
      for (const entry of log) if (entry.state === "sent") entry.state = "lost";
      if (connection) down.push({ type: "storing", storing: false });
      settleInOrder();
    } else if (step === "heal" && failing) {
      failing = false;
      if (connection) {
        down.push({ type: "storing", storing: true });
        asks();
      }
    } else if (step === "refuse") {
      // The next news is refused, as one that is too large is.
      refusing = true;
    }
    if (saveStateOf([device], 0).state !== "saved") continue;
    everSaved = true;
    expect([...doc].filter((change) => !forced.has(change))).toEqual([]);
  }
  return { everSaved };
}

/** All of what a healthy relay does, in order. */
const goesWell = [
  ...["heal", "drop", "open", "hear", "hear", "deliver", "deliver", "deliver"],
  ...["write", "write", "write", "force", "hear", "hear"],
];

test("[R2] the last piece of an answer does not stand in for a piece that the disk lost", () => {
  // Two changes without a connection; the first piece is lost, the disk heals, the second piece is kept.
  const lost = ["change", "change", "open", "hear", "hear", "deliver", "fail", "heal", "deliver", "write", "force"];
  expect(run([...lost, "hear", "hear"], false).everSaved).toBe(false);
  // What the relay asks for then brings it.
  const brought = ["hear", "hear", "hear", "deliver", "deliver", "write", "write", "force", "hear", "hear"];
  expect(run([...lost, ...brought], false).everSaved).toBe(true);
});

test("[R2] an answer of which a piece was lost does not stand in for what was lost before it was asked for", () => {
  // Found by the property below (seed 1433569103). What no count tells of goes first, is lost, and is lost again as a piece.
  const first = [
    "open",
    "hear",
    "fail",
    "deliver",
    "heal",
    "hear",
    "change",
    "deliver",
    "hear",
    "hear",
    "write",
    "hear",
  ];
  const again = ["fail", "deliver", "heal", "hear", "hear", "deliver", "hear", "force", "hear"];
  expect(run([...first, ...again], true).everSaved).toBe(false);
});

test("[R2] whenever it reads Saved, the disk has all that the device holds", () => {
  fc.assert(
    fc.property(aStory(), (told) => {
      run(told, false);
    }),
    { numRuns: 3_000 },
  );
});

test("[R2] what no count tells of is not called Saved before the relay has it", () => {
  fc.assert(
    fc.property(aStory(), (told) => {
      run(told, true);
    }),
    { numRuns: 3_000 },
  );
  expect(run(["open", "hear", "hear"], true).everSaved).toBe(false);
});

test("[R2] and in the end it does read Saved", () => {
  for (const hidden of [true, false]) expect(run(["change", ...goesWell], hidden).everSaved).toBe(true);
});
