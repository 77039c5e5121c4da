import * as decoding from "lib0/decoding";
import { messageTypes, readServerMessage } from "#shared/protocol/messages.ts";
import type { Result } from "#shared/result.ts";
import { fail, ok } from "#shared/result.ts";
import type { Admission } from "../access/admission.ts";
import type { Refusal } from "../access/answer.ts";
import { updateFrame } from "../relay/frames.ts";
import type { Relay } from "../relay/relay.ts";

/** Past this, the store is failing or the relay is stopping: what was handed over may still be written. */
const longestWaitMs = 15_000;

/**
 * Writes to a lane as this person, through the relay like any device of theirs: checked, logged under their name, passed
 * on to everyone on the lane, forced. Settles when all of it is forced to disk, or with why it is not.
 */
export function writeAs(
  relay: Pick<Relay, "connect" | "moment">,
  admission: Omit<Admission, "sessionLeftMs">,
  pieces: readonly Uint8Array[],
): Promise<Result<void, Refusal>> {
  if (pieces.length === 0) return Promise.resolve(ok(undefined));
  return new Promise((resolve) => {
    let isSettled = false;
    let begun = false;
    const settle = (result: Result<void, Refusal>) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(deadline);
      resolve(result);
      queueMicrotask(() => handlers.onClosed());
    };
    const deadline = setTimeout(() => settle(fail({ kind: "not-storing" })), longestWaitMs);
    const onFrame = (frame: Uint8Array) => {
      const decoder = decoding.createDecoder(frame);
      const type = decoding.readVarUint(decoder);
      if (type === messageTypes.sync && !begun) {
        // The relay's own question comes first, once the lane is loaded.
        begun = true;
        for (const piece of pieces) handlers.onFrame(updateFrame(piece));
      } else if (type === messageTypes.ack) {
        const told = readServerMessage("ack", decoder);
        if (told?.type === "ack" && told.count >= pieces.length) settle(ok(undefined));
      } else if (type === messageTypes.refused) {
        settle(fail({ kind: "unexpected" }));
      }
    };
    const handlers = relay.connect({
      admission: { ...admission, sessionLeftMs: 2 * longestWaitMs },
      socket: {
        // As over a network: an answer never overtakes what is being handled.
        send: (frame) => queueMicrotask(() => onFrame(frame)),
        queuedBytes: () => 0,
        close: () => settle(fail({ kind: "not-storing" })),
        terminate: () => settle(fail({ kind: "not-storing" })),
        ping: () => queueMicrotask(() => handlers.onPong()),
      },
      asksAcks: true,
      since: relay.moment(),
    });
  });
}
