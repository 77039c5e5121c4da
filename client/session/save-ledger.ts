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
}

interface FrameInFlight {
  readonly frame: "step2" | "update";
  readonly count: number;
  readonly covers: number;
  /** Unix ms. */
  readonly at: number;
}

export type SaveEvent =
  /** The offline copy was read: `count` changes in it had no ack when the page was last open. */
  | { readonly type: "restored"; readonly count: number }
  | { readonly type: "changed" }
  | { readonly type: "opened" }
  | { readonly type: "sent"; readonly frame: "step2" | "update"; readonly count: number; readonly at: number }
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
};

/** How long a change may wait for its ack before the person is told that it is not saved. */
export const savingMs = 2_000;

export function unsavedCount(ledger: SaveLedger): number {
  return ledger.made - ledger.saved;
}

/** The ledger after one event. Returns the same object when nothing changed. */
export function nextLedger(ledger: SaveLedger, event: SaveEvent): SaveLedger {
  switch (event.type) {
    case "restored":
      return event.count > 0 ? { ...ledger, made: ledger.made + event.count } : ledger;
    case "changed":
      return { ...ledger, made: ledger.made + 1 };
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
      const stepTwoSent = ledger.stepTwoSent || event.frame === "step2";
      if (!stepTwoSent) return ledger;
      const { frame, count, at } = event;
      return { ...ledger, stepTwoSent, inFlight: [...ledger.inFlight, { frame, count, covers: ledger.made, at }] };
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
      return { ...ledger, saved, stepTwoAcked, inFlight };
    }
    case "refused": {
      // A reader's empty step 2 may be refused too: with nothing of ours unsaved, nothing of ours was lost.
      if (unsavedCount(ledger) === 0) return ledger;
      return { ...ledger, refused: true, inFlight: ledger.inFlight.filter((frame) => frame.count < event.count) };
    }
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
  return ledger.stepTwoAcked && unsavedCount(ledger) === 0;
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
