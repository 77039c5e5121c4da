import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** Presence as any client reads it, made whole again. */
export interface WholePresence {
  /** As in a stock presence message. */
  readonly entries: Uint8Array;
  /** Of some it is not known here who they are: a reason to ask for all presence anew. */
  readonly lacks: boolean;
}

/**
 * Makes the entries of a `moves` message whole: who it is (`person`) is said once, in a stock presence message, and stays
 * until another of those. `personOf`: who that was for a client id, as it came. Throws on a message that is cut short, as
 * lib0 does.
 */
export function wholePresence(moves: Uint8Array, personOf: (clientId: number) => unknown): WholePresence {
  const decoder = decoding.createDecoder(moves);
  const whole: { readonly clientId: number; readonly clock: number; readonly json: string }[] = [];
  let lacks = false;
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const clientId = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const doing: unknown = JSON.parse(decoding.readVarString(decoder));
    const person = personOf(clientId);
    if (person === undefined || typeof doing !== "object") lacks = true;
    else whole.push({ clientId, clock, json: JSON.stringify({ ...doing, person }) });
  }
  const entries = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, whole.length);
    for (const { clientId, clock, json } of whole) {
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, json);
    }
  });
  return { entries, lacks };
}
