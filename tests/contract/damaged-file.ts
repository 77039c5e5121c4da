import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { StoredLane, StoredUpdate } from "../../server/store/board-store.ts";
import { headSeq } from "../../server/store/sealed-row.ts";
import type { Seeded } from "../support/seeded.ts";
import { opened, type StoreHere } from "./store-here.ts";
import { aBoard, aLane, aPerson } from "./store-records.ts";

/** Boards whose every byte is known, to be harmed, and what may still be handed out of them afterwards. */

export interface KnownLane {
  readonly laneId: LaneId;
  readonly updates: readonly StoredUpdate[];
  readonly owners: ReadonlyMap<number, PersonId>;
}
export interface KnownBoard {
  readonly boardId: BoardId;
  readonly title: string;
  readonly lanes: readonly KnownLane[];
}

const bytesOf = (random: Seeded, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  random.bytes(bytes);
  return bytes;
};

/** Stands for a fold: whatever a snapshot of these updates has to be. */
export const foldOf = (updates: readonly StoredUpdate[], upTo: number): Uint8Array => {
  const hash = createHash("sha512");
  for (const { bytes } of updates.slice(0, upTo)) hash.update(bytes);
  return new Uint8Array(Buffer.alloc(900 + upTo * 20, hash.digest()));
};

export function fillFile(file: string, random: Seeded): readonly KnownBoard[] {
  const store = opened(file);
  const known = [0, 1, 2].map((n): KnownBoard => {
    const boardId = `board-${n}` as BoardId;
    const people = [0, 1, 2].map((m) => `person-${n}-${m}` as PersonId);
    const title = `Board number ${n}`;
    const laneIds = [0, 1].map((m) => `lane-${n}-${m}` as LaneId);
    store.write(({ writes }) =>
      writes.createBoard(
        aBoard({ boardId, title }),
        laneIds.map((laneId) => aLane({ laneId, boardId })),
        people.map((personId) => aPerson({ personId, boardId, name: `Name of ${personId}` })),
        [],
      ),
    );
    const lanes = laneIds.map((laneId, m): KnownLane => {
      const updates: StoredUpdate[] = [];
      const owners = new Map<number, PersonId>();
      const count = m === 0 ? 90 : 40;
      for (let seq = 1; seq <= count; seq += 1) {
        const personId = people[random.whole(3)] as PersonId;
        // Some larger than a page.
        const bytes = bytesOf(random, random.whole(12) === 0 ? 6_000 : 20 + random.whole(200));
        const returned = random.whole(9) === 0;
        const claims = random.whole(8) === 0 ? [random.whole(2 ** 31)] : [];
        for (const clientId of claims) if (!owners.has(clientId)) owners.set(clientId, personId);
        updates.push({ seq, personId, at: 1_000 + seq, bytes, returned });
        store.write(({ append }) => append({ laneId, personId, at: 1_000 + seq, claims, returned }, bytes));
        if (seq % 20 === 0) {
          store.write(({ writes }) => writes.writeSnapshot(laneId, seq, foldOf(updates, seq)));
        }
      }
      return { laneId, updates, owners };
    });
    return { boardId, title, lanes };
  });
  store.close();
  return known;
}

/** What was handed out wrongly, as a sentence; `undefined` when every byte of it is what was written. */
export function wrongIn(lane: KnownLane, stored: StoredLane): string | undefined {
  const { snapshot, tail, clientIds, damage } = stored;
  const from = snapshot?.upTo ?? 0;
  if (snapshot && !same(snapshot.bytes, foldOf(lane.updates, from))) return `snapshot ${from} is another`;
  const wrong = wrongUpdates(lane, tail, from);
  if (wrong) return wrong;
  for (const { clientId, personId } of clientIds) {
    if (lane.owners.get(clientId) !== personId) return `client id ${clientId} is somebody else's`;
  }
  const last = from + tail.length;
  if (damage) return damage.lastGood === last ? undefined : `lastGood is ${damage.lastGood}, not ${last}`;
  if (last !== lane.updates.length) return `it ends at ${last} without a word`;
  return clientIds.length === lane.owners.size ? undefined : "client ids are missing without a word";
}

export function wrongUpdates(lane: KnownLane, updates: readonly StoredUpdate[], after: number): string | undefined {
  for (const [index, update] of updates.entries()) {
    const expected = lane.updates[after + index];
    const isSame =
      expected &&
      update.seq === expected.seq &&
      update.personId === expected.personId &&
      update.at === expected.at &&
      update.returned === expected.returned &&
      same(update.bytes, expected.bytes);
    if (!isSame) return `update ${after + index + 1} is another`;
  }
  return undefined;
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** Harm of the kind that disks and failing machines do. Gives its name. */
export function harmBytes(file: Buffer, random: Seeded): { readonly how: string; readonly bytes: Buffer } {
  const bytes = Buffer.from(file);
  const pageBytes = 4_096;
  const pages = bytes.length / pageBytes;
  // The first page is SQLite's own; it is hit as often as any other.
  const page = () => random.whole(pages) * pageBytes;
  switch (random.whole(5)) {
    case 0: {
      const flips = 1 + random.whole(8);
      for (let n = 0; n < flips; n += 1) {
        const at = random.whole(bytes.length);
        bytes[at] = (bytes[at] as number) ^ (1 << random.whole(8));
      }
      return { how: `${flips} flipped bits`, bytes };
    }
    case 1: {
      const at = page();
      bytes.fill(0, at, at + pageBytes);
      return { how: `page ${at / pageBytes} zeroed`, bytes };
    }
    case 2:
      return { how: "cut short", bytes: bytes.subarray(0, random.whole(bytes.length)) };
    case 3: {
      const [a, b] = [page(), page()];
      file.copy(bytes, a, b, b + pageBytes);
      file.copy(bytes, b, a, a + pageBytes);
      return { how: `pages ${a / pageBytes} and ${b / pageBytes} swapped`, bytes };
    }
    default: {
      const at = page() + random.whole(8) * 512;
      bytes.set(bytesOf(random, 512), at);
      return { how: `a sector of noise at ${at}`, bytes };
    }
  }
}

/** Harm by somebody who can write the file, or by a bug of ours: well-formed rows that are not where they were put. */
export function harmRows(file: string, lanes: readonly KnownLane[], random: Seeded): string {
  const db = new DatabaseSync(file);
  const pick = () => lanes[random.whole(lanes.length)] as KnownLane;
  const [lane, other] = [pick(), pick()];
  const [one, two] = [1 + random.whole(lane.updates.length), 1 + random.whole(lane.updates.length)];
  const otherSeq = 1 + random.whole(other.updates.length);
  const run = (sql: string, ...values: (string | number)[]) => db.prepare(sql).run(...values);
  const swap = (a: readonly [LaneId, number], b: readonly [LaneId, number]) => {
    const where = "WHERE lane_id = ? AND seq = ?";
    run(`UPDATE updates SET seq = -1 ${where}`, ...a);
    run(`UPDATE updates SET lane_id = ?, seq = ? ${where}`, ...a, ...b);
    run("UPDATE updates SET lane_id = ?, seq = ? WHERE lane_id = ? AND seq = -1", ...b, a[0]);
  };
  const where = `WHERE lane_id = '${lane.laneId}' AND seq = ${one}`;
  const harms: readonly (readonly [string, () => void])[] = [
    ["rows swapped", () => swap([lane.laneId, one], [lane.laneId, two])],
    ["rows of two lanes swapped", () => swap([lane.laneId, one], [other.laneId, otherSeq])],
    ["heads swapped", () => swap([lane.laneId, headSeq], [other.laneId, headSeq])],
    ["a row taken out", () => run(`DELETE FROM updates ${where}`)],
    [
      "the end cut off",
      () => run("DELETE FROM updates WHERE lane_id = ? AND seq >= ? AND seq < ?", lane.laneId, one, headSeq),
    ],
    ["the head taken out", () => run("DELETE FROM updates WHERE lane_id = ? AND seq = ?", lane.laneId, headSeq)],
    ["all rows taken out", () => run("DELETE FROM updates WHERE lane_id = ?", lane.laneId)],
    ["another author", () => run(`UPDATE updates SET person_id = 'person-9-9' ${where}`)],
    ["another time", () => run(`UPDATE updates SET at = at + 1 ${where}`)],
    ["called returned", () => run(`UPDATE updates SET returned = 1 - returned ${where}`)],
    ["other claims", () => run(`UPDATE updates SET claims = x'0000000000001440' ${where}`)],
    [
      "a gap closed",
      () => {
        run(`DELETE FROM updates ${where}`);
        run("UPDATE updates SET seq = -seq + 1 WHERE lane_id = ? AND seq > ? AND seq < ?", lane.laneId, one, headSeq);
        run("UPDATE updates SET seq = -seq WHERE lane_id = ? AND seq < 0", lane.laneId);
      },
    ],
    ["snapshots moved to another lane", () => run("UPDATE OR REPLACE snapshots SET lane_id = ?", lane.laneId)],
    [
      "a snapshot said to hold more",
      () => run("UPDATE snapshots SET up_to = up_to + 1 WHERE lane_id = ?", lane.laneId),
    ],
    ["all snapshots broken", () => run("UPDATE snapshots SET sealed = zeroblob(500) WHERE lane_id = ?", lane.laneId)],
    ["owners changed", () => run("UPDATE client_ids SET person_id = 'person-0-0' WHERE lane_id = ?", lane.laneId)],
    ["an owner taken out", () => run("DELETE FROM client_ids WHERE lane_id = ?", lane.laneId)],
    ["a key of another board", () => run("UPDATE board_keys SET wrapped = zeroblob(60) WHERE scope = 'board-1'")],
    ["all keys gone", () => db.exec("DELETE FROM board_keys; DELETE FROM board_keys_again")],
    ["lanes given to another board", () => db.exec("UPDATE lanes SET board_id = 'board-0'")],
    ["roles changed", () => db.exec("UPDATE people SET role = 'worker'")],
    ["rights changed", () => db.exec("UPDATE members SET access = 'write'")],
    [
      "titles swapped",
      () => db.exec("UPDATE boards SET words = (SELECT words FROM boards b WHERE b.board_id = 'board-0')"),
    ],
  ];
  const [how, harm] = harms[random.whole(harms.length)] as (typeof harms)[number];
  harm();
  db.close();
  return `${how} (${lane.laneId}, ${one})`;
}

/** What the harmed file still says, judged. `wrong` has to stay empty. */
export interface Judgement {
  readonly wrong: readonly string[];
  readonly whole: number;
  readonly damaged: number;
  readonly refused: number;
}

export function judgeFile(
  store: StoreHere,
  known: readonly KnownBoard[],
  isFailure: (error: unknown) => boolean,
): Judgement {
  const wrong: string[] = [];
  const count = { whole: 0, damaged: 0, refused: 0 };
  /** A call that fails clearly hands out nothing. */
  const asked = <T>(call: () => T): { readonly value: T } | undefined => {
    try {
      return { value: call() };
    } catch (error) {
      if (!isFailure(error)) throw error;
      return undefined;
    }
  };
  for (const board of known) {
    const title = asked(() => store.reads.board(board.boardId));
    if (title?.value && title.value.title !== board.title) wrong.push(`${board.boardId}: another title`);
    for (const person of asked(() => store.reads.peopleOf(board.boardId))?.value ?? []) {
      const expected = aPerson({
        personId: person.personId,
        boardId: board.boardId,
        name: `Name of ${person.personId}`,
      });
      if (!isDeepStrictEqual(person, { ...expected, accessUntil: undefined }))
        wrong.push(`${person.personId}: another person`);
    }
    for (const lane of board.lanes) {
      // As the relay asks: who is refused for a lane that nobody knows is not served.
      const isThere = asked(() => store.reads.lane(lane.laneId));
      const stored = isThere?.value && asked(() => store.reads.loadLane(lane.laneId));
      if (!stored) {
        count.refused += 1;
        continue;
      }
      const what = wrongIn(lane, stored.value);
      if (what) wrong.push(`${lane.laneId}: ${what}`);
      count[stored.value.damage ? "damaged" : "whole"] += 1;
      const page = asked(() => store.reads.history(lane.laneId, { after: 0, limit: 1_000 }));
      const wrongPage = page && wrongUpdates(lane, page.value, 0);
      if (wrongPage) wrong.push(`${lane.laneId}: in its history, ${wrongPage}`);
    }
  }
  return { wrong, ...count };
}
