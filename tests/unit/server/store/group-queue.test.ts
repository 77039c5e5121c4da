import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { createGroupQueue, type GroupQueue } from "../../../../server/store/group-queue.ts";
import type { Outcome, ToWorker } from "../../../../server/store/sqlite-messages.ts";

type Group = Extract<ToWorker, { kind: "group" }>;

describe("grouping of what the store is asked", () => {
  let groups: Group[];
  let queue: GroupQueue;
  let heard: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    groups = [];
    heard = [];
    queue = createGroupQueue((message) => {
      if (message.kind === "group") groups.push(message);
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const ask = (name: string, task: "append" | "read" = "append") =>
    queue.add({
      task:
        task === "append"
          ? {
              kind: "append",
              laneId: "lane" as LaneId,
              personId: name as PersonId,
              at: 0,
              from: 0,
              length: 2,
              claims: [],
              returned: false,
            }
          : { kind: "read", name: "board", args: [name] },
      ...(task === "append" ? { bytes: new Uint8Array([name.length, 7]) } : {}),
      onWritten: (outcome) => heard.push(`${name} ${outcome.kind}`),
      onForced: (why) => heard.push(`${name} ${why ?? "forced"}`),
    });
  const turn = () => vi.advanceTimersByTimeAsync(0);
  const written = (group: number, kind: "done" | "disk" = "done") => {
    const outcome: Outcome = kind === "done" ? { kind, value: 1 } : { kind, why: "full", detail: "" };
    const outcomes = (groups[group - 1]?.tasks ?? []).map(() => outcome);
    queue.take({ kind: "written", group, outcomes });
  };
  const sizes = () => groups.map(({ tasks }) => tasks.length);

  test("[R1] the first goes at once, with what came in the same turn, its bytes in one block", async () => {
    ask("Ana");
    ask("Bo");
    await turn();
    expect(sizes()).toEqual([2]);
    expect(groups[0]?.bytes).toEqual(new Uint8Array([3, 7, 2, 7]));
    expect(groups[0]?.tasks[1]).toMatchObject({ from: 2, length: 2 });
  });

  test("[R1] what comes while a group is on its way goes together 2 ms after that left, forced or not", async () => {
    ask("Ana");
    await turn();
    ask("Bo");
    await turn();
    ask("Ana");
    await turn();
    written(1);
    queue.take({ kind: "forced", upTo: 1 });
    await vi.advanceTimersByTimeAsync(1);
    expect(sizes()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sizes()).toEqual([1, 2]);
    expect(heard).toEqual(["Ana done", "Ana forced"]);
  });

  test("[R1] nothing waits longer than 2 ms for a sync, only for the commit before it", async () => {
    ask("Ana");
    await turn();
    written(1);
    ask("Bo");
    await vi.advanceTimersByTimeAsync(1);
    expect(sizes()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sizes()).toEqual([1, 1]);
    ask("Ana");
    await vi.advanceTimersByTimeAsync(50);
    expect(sizes()).toEqual([1, 1]);
    written(2);
    expect(sizes()).toEqual([1, 1, 1]);
  });

  test("a read waits for the writes asked before it, and for nothing else", async () => {
    ask("Ana");
    await turn();
    ask("board", "read");
    await turn();
    expect(sizes()).toEqual([1, 1]);
    ask("Bo");
    ask("board", "read");
    await turn();
    expect(sizes()).toEqual([1, 1]);
    written(1);
    queue.take({ kind: "forced", upTo: 1 });
    written(2);
    expect(groups[2]?.tasks.map(({ kind }) => kind)).toEqual(["append", "read"]);
  });

  test("one sync answers all the groups committed before it; a failed one fails them all", async () => {
    ask("Ana");
    await turn();
    written(1);
    ask("Bo");
    await vi.advanceTimersByTimeAsync(4);
    written(2);
    queue.take({ kind: "not-forced", upTo: 2, why: "failing" });
    expect(heard).toEqual(["Ana done", "Bo done", "Ana failing", "Bo failing"]);
  });

  test("a group that the disk refused is not waited for", async () => {
    ask("Ana");
    await turn();
    ask("Bo");
    await turn();
    written(1, "disk");
    expect(heard).toEqual(["Ana disk"]);
    await vi.advanceTimersByTimeAsync(4);
    expect(sizes()).toEqual([1, 1]);
  });

  test("while the accounts hold a transaction everything else waits, in its order", async () => {
    queue.hold();
    ask("Ana");
    ask("board", "read");
    await vi.advanceTimersByTimeAsync(100);
    expect(sizes()).toEqual([]);
    queue.release();
    expect(sizes()).toEqual([2]);
  });

  test("when the thread is gone everybody hears it", async () => {
    ask("Ana");
    await turn();
    written(1);
    ask("Bo");
    queue.failAll("failing");
    expect(heard).toEqual(["Ana done", "Ana failing", "Bo disk"]);
  });
});
