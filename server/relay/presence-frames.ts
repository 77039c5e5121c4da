import { presenceFrame } from "./frames.ts";
import type { PresenceChange, Presenter } from "./presence.ts";

/** What each reader is sent of some changes: all but its own, made once for all who get the same. */
export interface PresenceFrames {
  /** `takesShort`: who is who need not be said again to a client that asked for our message types. */
  readonly for: (reader: Presenter, takesShort: boolean) => readonly Uint8Array[];
}

export function createPresenceFrames(changes: readonly PresenceChange[]): PresenceFrames {
  const stock = framesOver(changes.map(({ by, entry }) => ({ by, entry })));
  const whole = framesOver(changes.flatMap(({ by, entry, short }) => (short ? [] : [{ by, entry }])));
  const short = framesOver(
    changes.flatMap(({ by, short: entry }) => (entry ? [{ by, entry }] : [])),
    true,
  );
  return {
    for: (reader, takesShort) => (takesShort ? [...whole(reader), ...short(reader)] : stock(reader)),
  };
}

interface Part {
  readonly by: Presenter | undefined;
  readonly entry: Uint8Array;
}

function framesOver(parts: readonly Part[], isShort = false): (reader: Presenter) => readonly Uint8Array[] {
  const entries = parts.map(({ entry }) => entry);
  const indexByPresenter = new Map(parts.map(({ by }, index) => [by, index]));
  let toBystanders: readonly Uint8Array[] | undefined;
  return (reader) => {
    const own = indexByPresenter.get(reader);
    if (own !== undefined) return entries.length > 1 ? [presenceFrame(entries, own, isShort)] : none;
    toBystanders ??= entries.length > 0 ? [presenceFrame(entries, undefined, isShort)] : none;
    return toBystanders;
  };
}

const none: readonly Uint8Array[] = [];
