import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { expect, test } from "vitest";
import { wholePresence } from "#shared/protocol/moves.ts";

const entriesOf = (...entries: readonly (readonly [clientId: number, clock: number, json: string])[]) =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, entries.length);
    for (const [clientId, clock, json] of entries) {
      encoding.writeVarUint(encoder, clientId);
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarString(encoder, json);
    }
  });

function readEntries(bytes: Uint8Array) {
  const decoder = decoding.createDecoder(bytes);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    clientId: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    state: JSON.parse(decoding.readVarString(decoder)),
  }));
}

const ana = { id: "person-ana", name: "Ana" };

test("[R5] presence without who it is gets back what was said of that client id before", () => {
  const whole = wholePresence(entriesOf([7, 12, '{"pointer":{"x":1}}']), (clientId) =>
    clientId === 7 ? ana : undefined,
  );
  expect(whole.lacks).toBe(false);
  expect(readEntries(whole.entries)).toEqual([{ clientId: 7, clock: 12, state: { pointer: { x: 1 }, person: ana } }]);
});

test("[R5] somebody of whom nothing was said is left out, and known to be lacking", () => {
  const whole = wholePresence(entriesOf([7, 1, "{}"], [8, 1, "{}"]), (clientId) => (clientId === 7 ? ana : undefined));
  expect(whole.lacks).toBe(true);
  expect(readEntries(whole.entries).map(({ clientId }) => clientId)).toEqual([7]);
});
