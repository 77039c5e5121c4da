/**
 * A short text is held by one writer at a time, softly: whoever began first holds it, ten seconds without a key set it
 * free, and nothing that was typed is taken away from anybody. Each device works this out from presence alone.
 */

/** One person's "I am writing here", from presence. */
export interface Claim {
  /** Of their connection; breaks a tie. */
  readonly connection: number;
  /** Unix ms by their clock. */
  readonly since: number;
  readonly idle: boolean;
}

export type HoldState =
  | { readonly status: "reading" }
  /** `connection` is mine. */
  | { readonly status: "writing"; readonly connection: number; readonly since: number; readonly idle: boolean }
  | { readonly status: "blocked"; readonly by: number };

export type HoldEvent =
  /** I want to write: I tapped, or typed again after being idle. */
  | { readonly type: "begin"; readonly at: number; readonly connection: number; readonly claims: readonly Claim[] }
  /** I typed. */
  | { readonly type: "key"; readonly at: number; readonly claims: readonly Claim[] }
  /** `idleMs` passed without a key of mine. */
  | { readonly type: "silence" }
  /** Somebody else's presence changed. */
  | { readonly type: "claims"; readonly claims: readonly Claim[] }
  | { readonly type: "end" };

export const idleMs = 10_000;

/** Of those who write now, the one whose text it is: the earliest, then the smallest connection. */
export function holderOf(claims: readonly Claim[]): Claim | undefined {
  let holder: Claim | undefined;
  for (const claim of claims) if (!claim.idle && (!holder || isBefore(claim, holder))) holder = claim;
  return holder;
}

function isBefore(a: Claim, b: Claim): boolean {
  return a.since !== b.since ? a.since < b.since : a.connection < b.connection;
}

/** My side of the hold on one text. `claims` are everybody else's on the same text. */
export function stepHold(state: HoldState, event: HoldEvent): HoldState {
  switch (event.type) {
    case "end":
      return { status: "reading" };
    case "begin": {
      const holder = holderOf(event.claims);
      // Whoever is seen writing already holds it, whatever their clock says.
      if (holder) return { status: "blocked", by: holder.connection };
      return { status: "writing", connection: event.connection, since: event.at, idle: false };
    }
    case "key": {
      if (state.status !== "writing" || !state.idle) return state;
      const holder = holderOf(event.claims);
      if (holder) return { status: "blocked", by: holder.connection };
      return { ...state, since: event.at, idle: false };
    }
    case "silence":
      return state.status === "writing" && !state.idle ? { ...state, idle: true } : state;
    case "claims": {
      const holder = holderOf(event.claims);
      if (state.status === "writing" && holder && (state.idle || isBefore(holder, state))) {
        return { status: "blocked", by: holder.connection };
      }
      if (state.status === "blocked") {
        if (!holder) return { status: "reading" };
        return holder.connection === state.by ? state : { status: "blocked", by: holder.connection };
      }
      return state;
    }
  }
}
