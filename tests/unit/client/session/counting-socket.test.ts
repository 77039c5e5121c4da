import * as encoding from "lib0/encoding";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";
import { limits } from "#shared/protocol/limits.ts";
import { messageTypes } from "#shared/protocol/messages.ts";
import { piecesOf } from "#shared/protocol/update-pieces.ts";
import {
  countedFrame,
  countingSocket,
  mostBuffered,
  type SentFrame,
  type SocketListener,
} from "../../../../client/session/counting-socket.ts";

function frame(write: (encoder: encoding.Encoder) => void): Uint8Array<ArrayBuffer> {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    write(encoder);
  }) as Uint8Array<ArrayBuffer>;
}

const doc = new Y.Doc();
const stepOne = frame((encoder) => syncProtocol.writeSyncStep1(encoder, doc));
const stepTwo = frame((encoder) => syncProtocol.writeSyncStep2(encoder, doc));
const updateFrame = (update: Uint8Array) => frame((encoder) => syncProtocol.writeUpdate(encoder, update));
const update = updateFrame(Y.encodeStateAsUpdate(doc));
const presence = new Uint8Array([messageTypes.presence, 0]);

/** A device that wrote `count` things without a connection, each of about `letters` letters. */
function written(count: number, letters: number): Y.Doc {
  const away = new Y.Doc();
  for (let index = 0; index < count; index += 1) away.getMap("cards").set(`card ${index}`, "a".repeat(letters));
  return away;
}

class FakeSocket {
  readyState = 1;
  /** Left, and not on the network yet. A fast one by default. */
  isSlow = false;
  bufferedAmount = 0;
  readonly left: Uint8Array[] = [];
  send(bytes: Uint8Array) {
    this.left.push(bytes);
    if (this.isSlow) this.bufferedAmount += bytes.length;
  }
}
const sent: SentFrame[] = [];
let made = 0;
afterEach(() => {
  sent.length = 0;
  made = 0;
});
function open(split: SocketListener["split"] = async (...args) => piecesOf(...args)) {
  const Counting = countingSocket(FakeSocket as unknown as typeof WebSocket, {
    made: () => made,
    onSent: (frame) => sent.push(frame),
    split,
  });
  return new Counting("ws://board.example") as unknown as FakeSocket;
}
/** What the relay holds after taking all that left. */
function taken(frames: readonly Uint8Array[]): Y.Doc {
  const relays = new Y.Doc();
  for (const bytes of frames) {
    const decoder = { arr: bytes, pos: 1 } as never;
    syncProtocol.readSyncMessage(decoder, encoding.createEncoder(), relays, "device");
  }
  return relays;
}
const patience = { timeout: 20_000, interval: 5 };
const until = (isDone: () => boolean) => vi.waitFor(() => expect(isDone()).toBe(true), patience);

test("of the frames y-protocols writes, a step 2 and an update count; a step 1 and presence do not", () => {
  expect([stepOne, stepTwo, update, presence].map(countedFrame)).toEqual([undefined, "step2", "update", undefined]);
});

test("[P2] each socket counts from 1, and says so before the frame leaves", () => {
  const first = open();
  for (const bytes of [stepOne, stepTwo, update]) first.send(bytes);
  open().send(update);
  expect(sent.map(({ frame: type, count }) => `${type} ${count}`)).toEqual(["step2 1", "update 2", "update 1"]);
  expect(first.left).toEqual([stepOne, stepTwo, update]);
});

describe("[R4] more than the relay takes at once", () => {
  test("a large update leaves in pieces within the bounds, and only the last covers the change", async () => {
    const socket = open();
    made = 1;
    socket.send(updateFrame(Y.encodeStateAsUpdate(written(3_000, 100))));
    await until(() => sent.at(-1)?.covers === 1);
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.slice(0, -1).every(({ covers }) => covers === 0)).toBe(true);
    for (const bytes of socket.left) {
      expect(bytes.length).toBeLessThanOrEqual(limits.updateBytes + 16);
      expect(
        Y.decodeUpdate(bytes.subarray(bytes.length < 130 ? 3 : bytes.length < 16_387 ? 4 : 5)).structs.length,
      ).toBeLessThanOrEqual(limits.updateStructs);
    }
    expect(taken(socket.left).getMap("cards").size).toBe(3_000);
  });

  test("a large step 2 leaves as updates but for its last piece, so that its ack tells of all of it", async () => {
    const socket = open();
    made = 7;
    const away = written(5_000, 100);
    socket.send(frame((encoder) => syncProtocol.writeSyncStep2(encoder, away)));
    await until(() => sent.at(-1)?.frame === "step2");
    expect(sent.at(-1)?.covers).toBe(7);
    expect(sent.slice(0, -1).every(({ frame: type, covers }) => type === "update" && covers === 0)).toBe(true);
    expect(taken(socket.left).getMap("cards").toJSON()).toEqual(away.getMap("cards").toJSON());
  });

  test("a step 2 that the relay takes whole is left whole", async () => {
    const socket = open();
    socket.send(frame((encoder) => syncProtocol.writeSyncStep2(encoder, written(2_000, 60))));
    await vi.waitFor(() => expect(socket.left).toHaveLength(1), patience);
    expect(sent.map(({ frame: type }) => type)).toEqual(["step2"]);
  });

  test("what is written while a large frame waits comes after it, and covers what was made by then", async () => {
    const socket = open();
    made = 1;
    socket.send(updateFrame(Y.encodeStateAsUpdate(written(3_000, 100))));
    made = 2;
    socket.send(update);
    made = 3;
    await until(() => sent.at(-1)?.covers === 2);
    expect(socket.left.at(-1)).toEqual(update);
    expect(sent.map(({ covers }) => covers).filter((covers) => covers > 0)).toEqual([1, 2]);
    expect(sent.map(({ count }) => count)).toEqual(sent.map((_, index) => index + 1));
  });

  test("a slow line gets no more at once than it can take, and presence waits for nothing", async () => {
    const socket = open();
    socket.isSlow = true;
    const away = written(8_000, 200);
    socket.send(frame((encoder) => syncProtocol.writeSyncStep2(encoder, away)));
    await until(() => sent.length > 0);
    const most = () => expect(socket.bufferedAmount).toBeLessThanOrEqual(mostBuffered);
    most();
    socket.send(presence);
    expect(socket.left.at(-1)).toBe(presence);
    await vi.waitFor(() => {
      most();
      // The line has taken what was there.
      socket.bufferedAmount = 0;
      expect(sent.at(-1)?.frame).toBe("step2");
    }, patience);
    expect(taken(socket.left.filter((bytes) => bytes !== presence)).getMap("cards").size).toBe(8_000);
  });

  test("without the code that splits, the frame goes as it is: the relay says what it thinks of it", async () => {
    const socket = open(() => Promise.reject(new Error("no network")));
    const whole = updateFrame(Y.encodeStateAsUpdate(written(3_000, 100)));
    socket.send(whole);
    await vi.waitFor(() => expect(socket.left).toEqual([whole]), patience);
  });
});
