import { afterAll, expect, test } from "vitest";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { createAudit } from "../../../../server/access/audit.ts";
import { createBoards } from "../../../../server/access/boards.ts";
import { createInvitations } from "../../../../server/access/invitations.ts";
import { deriveKeys, worldRandom } from "../../../../server/access/keys.ts";
import type { EntryParts } from "../../../../server/access/parts.ts";
import { newPerson } from "../../../../server/access/people.ts";
import { createSessionUse } from "../../../../server/access/session-use.ts";
import { createTurns } from "../../../../server/access/turns.ts";
import { createMemoryStore } from "../../../../server/store/memory-store.ts";

const boardId = "board-1" as BoardId;
const { store } = createMemoryStore();
afterAll(() => store.close());

test("things on one board take turns, also after one that failed; another board does not wait", async () => {
  const inTurn = createTurns();
  const done: string[] = [];
  let finishFirst = () => {};
  const first = inTurn(boardId, async () => {
    await new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    done.push("first");
    throw new Error("the first fails");
  });
  const second = inTurn(boardId, async () => done.push("second"));
  await inTurn("board-2" as BoardId, async () => done.push("elsewhere"));
  expect(done).toEqual(["elsewhere"]);
  finishFirst();
  await expect(first).rejects.toThrow("the first fails");
  await second;
  expect(done).toEqual(["elsewhere", "first", "second"]);
});

test("[R8] somebody who changes their colour while they are removed stays removed", async () => {
  const parts: EntryParts = {
    store,
    staff: undefined as never, // Nobody here signs in.
    keys: deriveKeys(new Uint8Array(32)),
    live: {
      ...{ personChanged: () => {}, boardChanged: () => {}, closePerson: () => {}, closeSession: () => {} },
      ...{ socketsOf: () => 0, setAccess: () => {} },
    },
    inTurn: createTurns(),
    audit: createAudit({ store, now: () => 0, onTrouble: () => {} }),
    damages: { of: () => undefined },
    use: createSessionUse({ store, now: () => 0 }),
    watch: { watch: () => {}, personChanged: () => {} },
    now: () => 0,
    random: worldRandom,
  };
  const person = (name: string, role: "client" | "worker") =>
    newPerson({ boardId, name, role, language: "en", standing: "joined", lanes: [] }, [], 0, worldRandom);
  const [ana, bo] = [person("Ana", "client"), person("Bo", "worker")];
  const lane = { laneId: "lane-1" as LaneId, boardId, kind: "shared" as const };
  await store.createBoard({ boardId, title: "Ana's board", createdAt: 0 }, [lane], [ana, bo], []);

  // Both calls know Bo as they were before either began.
  const [removed, changed] = await Promise.all([
    createInvitations(parts).remove(ana, bo.personId),
    createBoards(parts).changeMe(bo, { colour: "moss" }),
  ]);
  expect(removed.ok).toBe(true);
  expect(changed).toEqual({ ok: false, error: { kind: "not-signed-in" } });
  expect(await store.person(bo.personId as PersonId)).toMatchObject({ ok: true, value: { standing: "gone" } });
});
