import type { LaneId } from "#shared/board/ids.ts";
import { fail, ok, type Result } from "#shared/result.ts";
import type { Refusal } from "../access/answer.ts";
import type { BoardStore, Seq, Snapshot, StoredUpdate } from "../store/board-store.ts";

/** A stretch of a lane's log, with the newest snapshot before it when it starts from one. */
export interface LaneRows {
  readonly snapshot: Snapshot | undefined;
  readonly rows: readonly StoredUpdate[];
}

export type HistoryStore = Pick<BoardStore, "history" | "snapshotBefore" | "loadLane">;

/** Stored bytes past which a lane's past is not put together: it is built up in memory, about tenfold. */
export const mostHistoryBytes = 48 * 1024 * 1024;
const rowsAtOnce = 2_000;

type Answered<T> = Promise<Result<T, Refusal>>;
const notStoring: Result<never, Refusal> = fail({ kind: "not-storing" });

/** The newest change of a lane that is whole; 0 when there is none. */
export async function headOf(store: Pick<HistoryStore, "loadLane">, laneId: LaneId): Answered<Seq> {
  const loaded = await store.loadLane(laneId);
  if (!loaded.ok) return notStoring;
  const { damage, tail, snapshot } = loaded.value;
  return ok(damage?.lastGood ?? tail.at(-1)?.seq ?? snapshot?.upTo ?? 0);
}

/** All updates `after < seq <= upTo`. `history-too-large` when they hold more than `mostBytes`. */
export async function readRows(
  store: Pick<HistoryStore, "history">,
  laneId: LaneId,
  { after, upTo }: { readonly after: Seq; readonly upTo: Seq },
  mostBytes: number,
): Answered<readonly StoredUpdate[]> {
  const rows: StoredUpdate[] = [];
  let bytes = 0;
  for (let last = after; last < upTo; ) {
    const page = await store.history(laneId, { after: last, upTo, limit: rowsAtOnce });
    if (!page.ok) return notStoring;
    if (page.value.length === 0) break;
    for (const row of page.value) {
      bytes += row.bytes.length;
      rows.push(row);
    }
    if (bytes > mostBytes) return fail({ kind: "history-too-large" });
    last = page.value.at(-1)?.seq ?? upTo;
  }
  return ok(rows);
}

/** Everything that makes up the lane as it was after change `seq`. */
export async function rowsUpTo(store: HistoryStore, laneId: LaneId, seq: Seq): Answered<LaneRows> {
  const found = await store.snapshotBefore(laneId, seq);
  if (!found.ok) return notStoring;
  const snapshot = found.value;
  const size = snapshot?.bytes.length ?? 0;
  if (size > mostHistoryBytes) return fail({ kind: "history-too-large" });
  const range = { after: snapshot?.upTo ?? 0, upTo: seq };
  const rows = await readRows(store, laneId, range, mostHistoryBytes - size);
  return rows.ok ? ok({ snapshot, rows: rows.value }) : rows;
}

/** The last change that was there at `time` (Unix ms); 0 when the lane had none yet. Asks for one change at a time. */
export async function seqAt(
  store: Pick<HistoryStore, "history">,
  laneId: LaneId,
  head: Seq,
  time: number,
): Answered<Seq> {
  // The first change after `time` is looked for by halves: changes come in the order of their moments.
  let [low, high] = [0, head];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const found = await store.history(laneId, { after: middle - 1, upTo: middle, limit: 1 });
    const row = found.ok ? found.value[0] : undefined;
    if (!row) return notStoring;
    if (row.at <= time) low = middle;
    else high = middle - 1;
  }
  return ok(low);
}
