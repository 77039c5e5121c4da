import * as encoding from "lib0/encoding";
import { expect, test } from "vitest";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";
import { messageTypes } from "#shared/protocol/messages.ts";
import { countedFrame, countingSocket } from "../../../../client/session/counting-socket.ts";

function frame(write: (encoder: encoding.Encoder) => void): Uint8Array<ArrayBuffer> {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    write(encoder);
  }) as Uint8Array<ArrayBuffer>;
}

const doc = new Y.Doc();
const stepOne = frame((encoder) => syncProtocol.writeSyncStep1(encoder, doc));
const stepTwo = frame((encoder) => syncProtocol.writeSyncStep2(encoder, doc));
const update = frame((encoder) => syncProtocol.writeUpdate(encoder, Y.encodeStateAsUpdate(doc)));
const presence = new Uint8Array([messageTypes.presence, 0]);

test("of the frames y-protocols writes, a step 2 and an update count; a step 1 and presence do not", () => {
  expect([stepOne, stepTwo, update, presence].map(countedFrame)).toEqual([undefined, "step2", "update", undefined]);
});

test("each socket counts from 1, and says so before the frame leaves", () => {
  const log: string[] = [];
  class FakeSocket {
    send() {
      log.push("left");
    }
  }
  const Counting = countingSocket(FakeSocket as unknown as typeof WebSocket, {
    onSent: (kind, count) => log.push(`${kind} ${count}`),
  });
  const first = new Counting("ws://board.example");
  first.send(stepOne);
  first.send(stepTwo);
  first.send(update);
  new Counting("ws://board.example").send(update);
  expect(log).toEqual(["left", "step2 1", "left", "update 2", "left", "update 1", "left"]);
});
