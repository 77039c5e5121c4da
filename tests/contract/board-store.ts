import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BoardId, LaneId } from "#shared/board/ids.ts";
import type { Result } from "#shared/result.ts";
import { firstBrokenEntry } from "../../server/store/audit-chain.ts";
import type { BoardStore, StoredLane, StoreFailure } from "../../server/store/board-store.ts";
import {
  aBoard,
  aLane,
  ana,
  anInvitation,
  anUpdate,
  aPerson,
  aSession,
  bo,
  boardId,
  offersLane,
  sharedLane,
} from "./store-records.ts";

/** The value, or the test fails with the reason. */
export async function got<T>(answer: Promise<Result<T, StoreFailure>>): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(`the store failed: ${result.error.why}`);
  return result.value;
}

const anEmptyLane: StoredLane = {
  snapshot: undefined,
  tail: [],
  clientIds: [],
  damage: undefined,
  returningUntil: undefined,
};

/** What every `BoardStore` promises. `open` gives a new and empty one; the suite closes it. */
export function describeBoardStore(name: string, open: () => Promise<BoardStore>): void {
  describe(`${name} keeps the promises of BoardStore`, () => {
    let store: BoardStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const tailOf = async (laneId: LaneId) => (await got(store.loadLane(laneId))).tail;
    const createBoard = () =>
      got(
        store.createBoard(
          aBoard(),
          [aLane(), aLane({ laneId: offersLane, kind: "offers" })],
          [aPerson()],
          [anInvitation()],
        ),
      );

    describe("updates", () => {
      test("[R1] an update is written before it is forced, and both give its lane's next number", async () => {
        const order: string[] = [];
        const { written, forced } = store.append(anUpdate());
        const both = Promise.all([written.then(() => order.push("written")), forced.then(() => order.push("forced"))]);
        expect(await written).toEqual({ ok: true, value: 1 });
        expect(await forced).toEqual({ ok: true, value: undefined });
        await both;
        expect(order).toEqual(["written", "forced"]);
        expect(await got(store.append(anUpdate()).written)).toBe(2);
      });

      test("concurrent updates are numbered in the order of the calls, without gaps, for each lane by itself", async () => {
        const calls = Array.from({ length: 200 }, (_, index) => {
          const laneId = index % 3 === 0 ? offersLane : sharedLane;
          return { laneId, update: store.append(anUpdate({ laneId, bytes: new Uint8Array([index, 7]) })) };
        });
        const seqs = await Promise.all(
          calls.map(async ({ laneId, update }) => ({ laneId, seq: await got(update.written) })),
        );
        for (const laneId of [sharedLane, offersLane]) {
          const ofLane = seqs.filter((one) => one.laneId === laneId).map(({ seq }) => seq);
          expect(ofLane).toEqual(ofLane.map((_, index) => index + 1));
        }
        const tail = await tailOf(offersLane);
        expect(tail.map(({ bytes }) => bytes[0])).toEqual(tail.map((_, index) => index * 3));
      });

      test("a lane is read with everything appended before the reading was asked for", async () => {
        for (let n = 1; n <= 5; n += 1) {
          void store.append(anUpdate({ at: n }));
          expect((await tailOf(sharedLane)).map(({ at }) => at)).toEqual(Array.from({ length: n }, (_, i) => i + 1));
        }
      });

      test("an update comes back with its bytes, person and time, though its sender then used the bytes again", async () => {
        const pool = new Uint8Array([9, 9, 1, 2, 3, 9]);
        const first = store.append(anUpdate({ personId: bo, at: 5, bytes: pool.subarray(2, 5) }));
        const empty = store.append(anUpdate({ at: 6, bytes: new Uint8Array(0) }));
        await got(first.written);
        await got(empty.written);
        pool.fill(0);
        expect(await tailOf(sharedLane)).toEqual([
          { seq: 1, personId: bo, at: 5, bytes: new Uint8Array([1, 2, 3]), returned: false },
          { seq: 2, personId: ana, at: 6, bytes: new Uint8Array(0), returned: false },
        ]);
      });

      test("a lane nobody wrote to has no snapshot and an empty tail", async () => {
        expect(await got(store.loadLane(sharedLane))).toEqual(anEmptyLane);
      });

      test("a snapshot shortens the tail, the numbers go on, and an older snapshot is ignored", async () => {
        for (let n = 0; n < 5; n += 1) await got(store.append(anUpdate()).written);
        await got(store.writeSnapshot(sharedLane, { upTo: 3, bytes: new Uint8Array([33]) }));
        await got(store.writeSnapshot(sharedLane, { upTo: 2, bytes: new Uint8Array([22]) }));
        expect(await got(store.append(anUpdate()).written)).toBe(6);
        const lane = await got(store.loadLane(sharedLane));
        expect(lane.snapshot).toEqual({ upTo: 3, bytes: new Uint8Array([33]) });
        expect(lane.tail.map(({ seq }) => seq)).toEqual([4, 5, 6]);
      });

      test("a snapshot of more than the lane has is a bug", async () => {
        await got(store.append(anUpdate()).written);
        await expect(store.writeSnapshot(sharedLane, { upTo: 2, bytes: new Uint8Array([2]) })).rejects.toThrow();
      });

      test("the newest three snapshots or more are kept, and the whole log", async () => {
        for (let n = 1; n <= 6; n += 1) {
          await got(store.append(anUpdate({ at: n, returned: n === 4 })).written);
          await got(store.writeSnapshot(sharedLane, { upTo: n, bytes: new Uint8Array([n]) }));
        }
        for (const upTo of [4, 5, 6]) {
          expect(await got(store.snapshotBefore(sharedLane, upTo))).toEqual({ upTo, bytes: new Uint8Array([upTo]) });
        }
        expect((await got(store.snapshotBefore(sharedLane, 99)))?.upTo).toBe(6);
        const seqs = async (range: Parameters<typeof store.history>[1]) =>
          (await got(store.history(sharedLane, range))).map(({ seq }) => seq);
        expect(await seqs({ after: 0, limit: 100 })).toEqual([1, 2, 3, 4, 5, 6]);
        expect(await seqs({ after: 2, upTo: 5, limit: 100 })).toEqual([3, 4, 5]);
        expect(await seqs({ after: 1, limit: 2 })).toEqual([2, 3]);
        expect(await seqs({ after: 6, limit: 2 })).toEqual([]);
        const [fourth] = await got(store.history(sharedLane, { after: 3, limit: 1 }));
        expect(fourth).toEqual({ seq: 4, personId: ana, at: 4, bytes: new Uint8Array([1, 2, 3]), returned: true });
        expect(await got(store.snapshotBefore(offersLane, 99))).toBeUndefined();
        expect(await got(store.history(offersLane, { after: 0, limit: 5 }))).toEqual([]);
      });

      test("[R3] a client id belongs to who showed it first in that lane, by an update or without one", async () => {
        await got(store.append(anUpdate({ personId: ana, claims: [7, 4_294_967_295] })).written);
        expect(await got(store.claimClientId(sharedLane, bo, 7))).toBe(ana);
        expect(await got(store.claimClientId(sharedLane, bo, 1))).toBe(bo);
        await got(store.append(anUpdate({ personId: ana, claims: [1, 8] })).written);
        expect(await got(store.claimClientId(offersLane, bo, 7))).toBe(bo);
        expect((await got(store.loadLane(sharedLane))).clientIds).toEqual([
          { clientId: 1, personId: bo },
          { clientId: 7, personId: ana },
          { clientId: 8, personId: ana },
          { clientId: 4_294_967_295, personId: ana },
        ]);
      });

      test("a lane that is not damaged has nothing to recover", async () => {
        await got(store.append(anUpdate()).written);
        expect(await got(store.recoverLane(sharedLane, 5_000))).toBeUndefined();
        expect((await got(store.loadLane(sharedLane))).returningUntil).toBeUndefined();
      });

      test("a probe of a healthy store succeeds, again and again", async () => {
        for (let n = 0; n < 3; n += 1) expect(await store.probe()).toEqual({ ok: true, value: undefined });
      });
    });

    describe("boards and people", () => {
      test("a board comes back with its lanes, people and invitations, as they were given", async () => {
        await createBoard();
        expect(await got(store.board(boardId))).toEqual(aBoard());
        expect(await got(store.lane(offersLane))).toEqual(aLane({ laneId: offersLane, kind: "offers" }));
        expect(await got(store.lanesOf(boardId))).toEqual([aLane(), aLane({ laneId: offersLane, kind: "offers" })]);
        expect(await got(store.peopleOf(boardId))).toEqual([aPerson()]);
        expect(await got(store.invitationOf(ana))).toEqual(anInvitation());
      });

      test("a board that is there already is not made again, and nothing of the second is kept", async () => {
        await createBoard();
        const again = store.createBoard(aBoard({ title: "Another" }), [], [aPerson({ personId: bo })], []);
        await expect(again).rejects.toThrow("refused");
        expect((await got(store.board(boardId)))?.title).toBe("Ana's board");
        expect(await got(store.person(bo))).toBeUndefined();
      });

      test("what nobody made is undefined or empty", async () => {
        expect(await got(store.board(boardId))).toBeUndefined();
        expect(await got(store.lane(sharedLane))).toBeUndefined();
        expect(await got(store.person(ana))).toBeUndefined();
        expect(await got(store.lanesOf(boardId))).toEqual([]);
        expect(await got(store.peopleOf(boardId))).toEqual([]);
        expect(await got(store.boardsOfAccount("nobody"))).toEqual([]);
        expect(await got(store.apiToken("nothing"))).toBeUndefined();
      });

      test("a title and a person can be changed; a person keeps their place in the list", async () => {
        await createBoard();
        await got(store.putPerson(aPerson({ personId: bo, name: "Bo", role: "worker", accountId: "staff-1" })));
        const lanes = [{ laneId: offersLane, access: "write" as const }];
        const changed = aPerson({ symbol: "fish", named: true, lanes, accessUntil: 9_000 });
        await got(store.putPerson(changed));
        await got(store.setTitle(boardId, "Our board"));
        expect((await got(store.peopleOf(boardId))).map(({ personId }) => personId)).toEqual([ana, bo]);
        expect(await got(store.person(ana))).toEqual(changed);
        expect((await got(store.board(boardId)))?.title).toBe("Our board");
      });

      test("an erased board leaves nothing behind, and the boards beside it stay as they are", async () => {
        await createBoard();
        const otherBoard = "board-of-bo" as BoardId;
        const otherLane = "lane-of-bo" as LaneId;
        const other = aPerson({ personId: bo, boardId: otherBoard, lanes: [{ laneId: otherLane, access: "write" }] });
        await got(
          store.createBoard(
            aBoard({ boardId: otherBoard }),
            [aLane({ laneId: otherLane, boardId: otherBoard })],
            [other],
            [anInvitation({ personId: bo, boardId: otherBoard, secretHash: "bo", codeHash: "bo" })],
          ),
        );
        await got(store.putSession(aSession()));
        await got(store.putSession(aSession({ tokenHash: "of-bo", personId: bo, boardId: otherBoard })));
        for (const laneId of [sharedLane, sharedLane, offersLane, otherLane]) {
          await got(store.append(anUpdate({ laneId })).written);
        }
        for (const laneId of [sharedLane, otherLane]) {
          await got(store.writeSnapshot(laneId, { upTo: 1, bytes: new Uint8Array([1]) }));
        }

        expect(await got(store.eraseBoard(boardId))).toEqual({ people: 1, lanes: 2, updates: 3 });
        expect(await got(store.scrub())).toBe(true);
        expect(await got(store.board(boardId))).toBeUndefined();
        expect(await got(store.lanesOf(boardId))).toEqual([]);
        expect(await got(store.lane(sharedLane))).toBeUndefined();
        expect(await got(store.peopleOf(boardId))).toEqual([]);
        expect(await got(store.invitationBySecret("secret-hash"))).toBeUndefined();
        expect(await got(store.session("token-hash"))).toBeUndefined();
        for (const laneId of [sharedLane, offersLane]) {
          expect(await got(store.loadLane(laneId))).toEqual(anEmptyLane);
        }
        expect(await got(store.eraseBoard(boardId))).toBeUndefined();

        expect(await got(store.board(otherBoard))).toEqual(aBoard({ boardId: otherBoard }));
        expect(await got(store.peopleOf(otherBoard))).toEqual([other]);
        expect((await got(store.session("of-bo")))?.personId).toBe(bo);
        expect((await got(store.invitationOf(bo)))?.secretHash).toBe("bo");
        expect((await got(store.loadLane(otherLane))).snapshot?.upTo).toBe(1);
        expect(await got(store.append(anUpdate({ laneId: otherLane })).written)).toBe(2);
      });

      test("what came for a lane after its board was erased goes when its lane is named", async () => {
        await createBoard();
        await got(store.eraseBoard(boardId));
        await got(store.append(anUpdate()).written);
        expect(await got(store.eraseBoard(boardId, [sharedLane, offersLane]))).toBeUndefined();
        expect(await tailOf(sharedLane)).toEqual([]);
      });

      test("an account's boards are those where it is somebody who is still there, newest first", async () => {
        for (const [index, standing] of (["joined", "joined", "gone"] as const).entries()) {
          const id = `board-${index}` as BoardId;
          const worker = aPerson({
            personId: `worker-${index}` as typeof ana,
            boardId: id,
            accountId: "staff-1",
            standing,
          });
          await got(store.createBoard(aBoard({ boardId: id, createdAt: index }), [], [worker], []));
        }
        expect((await got(store.boardsOfAccount("staff-1"))).map((board) => board.boardId)).toEqual([
          "board-1",
          "board-0",
        ]);
      });
    });

    describe("entry", () => {
      test("an invitation is found by its secret and its code, and a newer one takes its place", async () => {
        await createBoard();
        expect(await got(store.invitationBySecret("secret-hash"))).toEqual(anInvitation());
        expect(await got(store.invitationByCode("code-hash"))).toEqual(anInvitation());
        const newer = anInvitation({ secretHash: "secret-2", codeHash: "code-2" });
        await got(store.putInvitation(newer));
        expect(await got(store.invitationBySecret("secret-hash"))).toBeUndefined();
        expect(await got(store.invitationOf(ana))).toEqual(newer);
      });

      test("of two invitations with the same short code the open one is meant", async () => {
        await got(store.putInvitation(anInvitation({ state: "used", codeExpiresAt: 9_000 })));
        await got(store.putInvitation(anInvitation({ personId: bo, secretHash: "bo", codeExpiresAt: 2_000 })));
        expect((await got(store.invitationByCode("code-hash")))?.personId).toBe(bo);
      });

      test("when two devices spend an invitation at once, one joins and the other leaves no session", async () => {
        await createBoard();
        const spent = await Promise.all(
          ["first", "second", "third"].map((tokenHash) =>
            got(store.spendInvitation(anInvitation(), aSession({ tokenHash }))),
          ),
        );
        expect(spent).toEqual([true, false, false]);
        expect((await got(store.person(ana)))?.standing).toBe("joined");
        expect((await got(store.invitationOf(ana)))?.state).toBe("used");
        expect(await got(store.session("first"))).toEqual(aSession({ tokenHash: "first" }));
        expect(await got(store.session("second"))).toBeUndefined();
      });

      test("a revoked invitation cannot be spent", async () => {
        await createBoard();
        await got(store.putInvitation(anInvitation({ state: "revoked" })));
        expect(await got(store.spendInvitation(anInvitation(), aSession()))).toBe(false);
        expect((await got(store.person(ana)))?.standing).toBe("invited");
      });

      test("a link that was replaced after it was looked up does not spend the one that took its place", async () => {
        await createBoard();
        const lookedUp = await got(store.invitationBySecret("secret-hash"));
        await got(store.putInvitation(anInvitation({ secretHash: "secret-2", codeHash: "code-2" })));
        expect(await got(store.spendInvitation(lookedUp ?? anInvitation(), aSession()))).toBe(false);
        expect((await got(store.invitationOf(ana)))?.state).toBe("open");
        expect((await got(store.person(ana)))?.standing).toBe("invited");
        expect(await got(store.session("token-hash"))).toBeUndefined();
        const newer = anInvitation({ secretHash: "secret-2" });
        expect(await got(store.spendInvitation(newer, aSession()))).toBe(true);
      });

      test("sessions end one by one, by person, and by the sign-in they came from", async () => {
        const sessions = [
          aSession({ tokenHash: "a1" }),
          aSession({ tokenHash: "a2" }),
          aSession({ tokenHash: "b1", personId: bo, staffSessionId: "sign-in" }),
          aSession({ tokenHash: "b2", personId: bo, staffSessionId: "other" }),
        ];
        for (const session of sessions) await got(store.putSession(session));
        await got(store.endSession("a1"));
        const left = async () => {
          const found = await Promise.all(sessions.map(({ tokenHash }) => got(store.session(tokenHash))));
          return found.filter((session) => session !== undefined).map(({ tokenHash }) => tokenHash);
        };
        expect(await left()).toEqual(["a2", "b1", "b2"]);
        expect(await got(store.endSessionsOfStaffSession("sign-in"))).toEqual([sessions[2]]);
        expect(await left()).toEqual(["a2", "b2"]);
        await got(store.endSessionsOfPerson(bo));
        expect(await left()).toEqual(["a2"]);
      });

      test("a session is over when its time is, or when its person did nothing for too long, and is gone then", async () => {
        const sessions = [
          aSession({ tokenHash: "ends", expiresAt: 3_000 }),
          aSession({ tokenHash: "idle", lastSeenAt: 1_500, idleMs: 1_000 }),
          aSession({ tokenHash: "seen", lastSeenAt: 1_500, idleMs: 1_000 }),
        ];
        for (const session of sessions) await got(store.putSession(session));
        await got(store.touchSession("seen", 2_400));
        await got(store.touchSession("seen", 2_300));
        await got(store.touchSession("nobody's", 2_300));
        expect(await got(store.session("seen"))).toEqual({ ...sessions[2], lastSeenAt: 2_400 });
        expect(await got(store.endExpiredSessions(2_499))).toEqual([]);
        expect(await got(store.endExpiredSessions(2_500))).toEqual([sessions[1]]);
        expect(await got(store.session("idle"))).toBeUndefined();
        const ended = await got(store.endExpiredSessions(3_400));
        expect(ended.map(({ tokenHash }) => tokenHash).sort()).toEqual(["ends", "seen"]);
      });

      test("a set-up token is taken once, and not when it has expired", async () => {
        await got(store.putSetupToken("good", 1_000));
        await got(store.putSetupToken("late", 1_000));
        expect(
          await Promise.all([got(store.takeSetupToken("good", 999)), got(store.takeSetupToken("good", 999))]),
        ).toEqual([true, false]);
        expect(await got(store.takeSetupToken("late", 1_000))).toBe(false);
        expect(await got(store.takeSetupToken("unknown", 0))).toBe(false);
      });

      test("an API token is found by its hash", async () => {
        const token = { tokenHash: "api", name: "bench", createdAt: 5 };
        await got(store.putApiToken(token));
        expect(await got(store.apiToken("api"))).toEqual(token);
      });
    });

    describe("audit", () => {
      test("every entry follows from the one before it, for each board by itself", async () => {
        const other = "board-of-bo" as BoardId;
        await createBoard();
        await got(store.createBoard(aBoard({ boardId: other }), [], [], []));
        await got(store.audit({ boardId, at: 1, personId: undefined, action: "board-made" }));
        await got(store.audit({ boardId: other, at: 2, personId: bo, action: "joined" }));
        await got(
          store.audit({ boardId, at: 3, personId: ana, action: "lane-written", laneId: sharedLane, from: 1, to: 9 }),
        );
        await got(store.audit({ boardId, at: 4, personId: ana, action: "removed", about: bo }));
        const entries = await got(store.auditOf(boardId, { after: 0, limit: 10 }));
        expect(entries).toMatchObject([
          { n: 1, at: 1, personId: undefined, action: "board-made" },
          { n: 2, at: 3, personId: ana, action: "lane-written", laneId: sharedLane, from: 1, to: 9, about: undefined },
          { n: 3, at: 4, personId: ana, action: "removed", about: bo, laneId: undefined },
        ]);
        expect(firstBrokenEntry(boardId, entries)).toBeUndefined();
        const [first, second, third] = entries;
        if (!first || !second || !third) throw new Error("three were written");
        expect(firstBrokenEntry(boardId, [first, { ...second, to: 8 }, third])).toBe(2);
        expect(firstBrokenEntry(boardId, [first, third])).toBe(2);
        expect(firstBrokenEntry(other, entries)).toBe(1);
        expect(await got(store.auditOf(boardId, { after: 1, limit: 1 }))).toEqual([second]);
        expect(await got(store.verifyAudit(boardId))).toEqual({ entries: 3, brokenAt: undefined });
        expect(await got(store.verifyAudit("nobody's" as BoardId))).toEqual({ entries: 0, brokenAt: undefined });
      });

      test("an erased board's audit goes with it; one line stays that names it by a hash", async () => {
        await createBoard();
        await got(store.audit({ boardId, at: 1, personId: ana, action: "joined" }));
        await got(store.eraseBoard(boardId, [], 7_000));
        await got(store.eraseBoard(boardId, [], 8_000));
        // A late entry brings nothing of it back.
        await got(store.audit({ boardId, at: 9_000, personId: ana, action: "left" }));
        expect(await got(store.auditOf(boardId, { after: 0, limit: 10 }))).toEqual([]);
        const boardIdHash = createHash("sha256").update(boardId).digest("hex");
        expect(await got(store.erasures())).toMatchObject([{ n: 1, at: 7_000, boardIdHash }]);
      });
    });

    describe("closing", () => {
      test("what was asked before closing is done, and what comes after fails with `closed`", async () => {
        const before = Array.from({ length: 50 }, () => store.append(anUpdate()));
        await store.close();
        expect(await Promise.all(before.map(({ forced }) => forced))).toEqual(
          before.map(() => ({ ok: true, value: undefined })),
        );
        const closed = { ok: false, error: { kind: "store-failing", why: "closed" } };
        const after = store.append(anUpdate());
        expect(await after.written).toEqual(closed);
        expect(await after.forced).toEqual(closed);
        expect(await store.loadLane(sharedLane)).toEqual(closed);
        expect(await store.putPerson(aPerson())).toEqual(closed);
        expect(await store.probe()).toEqual(closed);
        await store.close();
      });
    });
  });
}
