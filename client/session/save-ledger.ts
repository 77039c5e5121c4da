import type { SaveState } from "./board-session.ts";

/**
 * What of one lane is safe: which changes made here are covered by which sent frame, and how far the relay has forced
 * them to disk. Pure, so that each lost-connection story can be told in a test; `open-session.ts` feeds it.
 *
 * Changes are numbered from 1 in the order in which they were made. A frame *covers* a number when the relay, having
 * forced that frame, holds every change up to it.
 */
export interface SaveLedger {
  /** Changes made here, those found unsaved in the offline copy included. */
  readonly made: number;
  /** The first `saved` of them are forced to the relay's disk. */
  readonly saved: number;
  readonly connected: boolean;
  /** Whether the relay's answer to our step 1 has come on this socket. */
  readonly synced: boolean;
  readonly stepTwoSent: boolean;
  /**
   * Whether a step 2 of this socket is acked: only then does the relay hold everything that was in the document before,
   * also what no count tells of (another tab of this browser wrote it, or the page ended before its count was kept).
   */
  readonly stepTwoAcked: boolean;
  /** Frames of this socket that cover changes, or everything so far, and are not acked yet, oldest first. */
  readonly inFlight: readonly FrameInFlight[];
  /** `false` while the relay says that it cannot write to its disk. */
  readonly storing: boolean;
  /** A change of this socket was refused: from here on no ack says anything about what we hold. */
  readonly refused: boolean;
  /** What the unsaved changes touched, and the last change to each: a person counts cards and goals, not letters. */
  readonly touched: ReadonlyMap<string, number>;
}

interface FrameInFlight {
  readonly frame: "step2" | "update";
  readonly count: number;
  readonly covers: number;
  /** Unix ms. */
  readonly at: number;
}

export type SaveEvent =
  /** The offline copy was read: `count` things in it had no ack when the page was last open. */
  | { readonly type: "restored"; readonly count: number }
  /** `what` (ids) was changed: one thing each to a person, however many letters. Left out: a thing of its own. Empty: none. */
  | { readonly type: "changed"; readonly what?: readonly string[] | undefined }
  | { readonly type: "opened" }
  /** `covers`: how many changes were made when the frame was written, if it had to wait since. Left out: all so far. */
  | {
      readonly type: "sent";
      readonly frame: "step2" | "update";
      readonly count: number;
      readonly at: number;
      readonly covers?: number;
    }
  | { readonly type: "synced" }
  | { readonly type: "acked"; readonly count: number }
  | { readonly type: "refused"; readonly count: number }
  | { readonly type: "storing"; readonly storing: boolean }
  | { readonly type: "closed" };

export const emptyLedger: SaveLedger = {
  made: 0,
  saved: 0,
  connected: false,
  synced: false,
  stepTwoSent: false,
  stepTwoAcked: false,
  inFlight: [],
  storing: true,
  refused: false,
  touched: new Map(),
};

/** How long a change may wait for its ack before the person is told that it is not saved. */
export const savingMs = 2_000;

/** How many things here (cards, goals, …) have changes that the relay has not forced to disk. */
export function unsavedCount(ledger: SaveLedger): number {
  return ledger.touched.size;
}

/** One more change. */
function withChange(ledger: SaveLedger, what: readonly string[] = [`change ${ledger.made + 1}`]): SaveLedger {
  const made = ledger.made + 1;
  const touched = new Map(ledger.touched);
  for (const id of what) touched.set(id, made);
  return { ...ledger, made, touched };
}

function withSaved(ledger: SaveLedger, saved: number): SaveLedger {
  if (saved === ledger.saved) return ledger;
  return { ...ledger, saved, touched: new Map([...ledger.touched].filter(([, last]) => last > saved)) };
}

/** The ledger after one event. Returns the same object when nothing changed. */
export function nextLedger(ledger: SaveLedger, event: SaveEvent): SaveLedger {
  switch (event.type) {
    case "restored":
      return event.count > 0
        ? withChange(
            ledger,
            Array.from({ length: event.count }, (_, index) => `restored ${index}`),
          )
        : ledger;
    case "changed":
      return withChange(ledger, event.what);
    case "opened":
      // Frames of an earlier socket may or may not have arrived; the new socket's step 2 carries them again.
      return {
        ...ledger,
        connected: true,
        synced: false,
        stepTwoSent: false,
        stepTwoAcked: false,
        inFlight: [],
        storing: true,
        refused: false,
      };
    case "sent": {
      // An update sent before our step 2 says nothing about changes made while there was no connection: they are still to
      // come. It covers nothing then; the step 2 that follows covers it too.
      const { frame, count, at } = event;
      const stepTwoSent = ledger.stepTwoSent || frame === "step2";
      const covers = stepTwoSent ? (event.covers ?? ledger.made) : 0;
      return { ...ledger, stepTwoSent, inFlight: [...ledger.inFlight, { frame, count, covers, at }] };
    }
    case "synced":
      return ledger.synced ? ledger : { ...ledger, synced: true };
    case "acked": {
      if (ledger.refused) return ledger;
      let saved = ledger.saved;
      for (const frame of ledger.inFlight) if (frame.count <= event.count) saved = Math.max(saved, frame.covers);
      const inFlight = ledger.inFlight.filter((frame) => frame.count > event.count);
      if (inFlight.length === ledger.inFlight.length) return ledger;
      const stepTwoAcked =
        ledger.stepTwoAcked || ledger.inFlight.some(({ frame, count }) => frame === "step2" && count <= event.count);
      return { ...withSaved(ledger, saved), stepTwoAcked, inFlight };
    }
    case "refused":
      // Also with nothing counted: what the relay lacks and will not take is here, whoever put it here.
      return { ...ledger, refused: true, inFlight: ledger.inFlight.filter((frame) => frame.count < event.count) };
    case "storing":
      return ledger.storing === event.storing ? ledger : { ...ledger, storing: event.storing };
    case "closed":
      return ledger.connected
        ? {
            ...ledger,
            connected: false,
            synced: false,
            stepTwoSent: false,
            stepTwoAcked: false,
            inFlight: [],
            refused: false,
          }
        : ledger;
  }
}

/** Whether the lane is as the relay has it, right now. */
export function isLive(ledger: SaveLedger): boolean {
  return ledger.connected && ledger.synced;
}

/** Whether the relay has forced everything that this lane holds here, as far as we were told. */
function isSettled(ledger: SaveLedger): boolean {
  return ledger.stepTwoAcked && !ledger.refused && ledger.saved === ledger.made;
}

/**
 * What the person is told, over all lanes. `saved` only while every lane is connected and in step and all it holds is
 * acked: a page that has lost its connection does not say it, even with nothing waiting (then the count is 0).
 */
export function saveStateOf(ledgers: readonly SaveLedger[], now: number): SaveState {
  const count = ledgers.reduce((sum, ledger) => sum + unsavedCount(ledger), 0);
  const storing = ledgers.every((ledger) => ledger.storing);
  if (!storing || !ledgers.every(isLive)) return { state: "not-saved", count, storing };
  if (ledgers.every(isSettled)) return { state: "saved" };
  return now < (savingUntil(ledgers) ?? now) ? { state: "saving" } : { state: "not-saved", count, storing };
}

/** When `saving` turns into `not-saved` unless an ack comes before (Unix ms); `undefined` when no such moment is ahead. */
export function savingUntil(ledgers: readonly SaveLedger[]): number | undefined {
  let until: number | undefined;
  for (const ledger of ledgers) {
    if (isSettled(ledger)) continue;
    const oldest = ledger.inFlight[0];
    if (!oldest) return undefined;
    until = Math.min(until ?? Number.POSITIVE_INFINITY, oldest.at + savingMs);
  }
  return until;
}
