import * as Y from "yjs";
import type { LaneKind } from "#shared/access/roles.ts";
import type { LaneId } from "#shared/board/ids.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";
import { openBoard } from "#shared/board/open-board.ts";
import type { BoardFile } from "#shared/board-file/board-file.ts";
import { exportBoard } from "#shared/board-file/export-board.ts";
import type { BoardView, RecordChangeView } from "#shared/protocol/api.ts";
import { limits } from "#shared/protocol/limits.ts";
import { piecesOf } from "#shared/protocol/update-pieces.ts";
import type { StoredUpdate } from "../store/board-store.ts";
import { bringBack } from "./bring-back.ts";
import type { LaneRows } from "./lane-rows.ts";
import { applyNoting, buildDoc, changesBetween, seenIn, seenNow } from "./record-changes.ts";

/** What is worked out away from the event loop: each of these puts a lane's document together. */
export type HistoryTask =
  /** The lane as it was, to be read by a person, and by a program if `withUpdate`. */
  | {
      readonly kind: "moment";
      readonly lane: { readonly laneId: LaneId; readonly kind: LaneKind };
      readonly view: Pick<BoardView, "title" | "people">;
      readonly at: number;
      readonly rows: LaneRows;
      readonly withUpdate: boolean;
    }
  /** What `since` changed in the lane that `rows` make. */
  | { readonly kind: "changes"; readonly rows: LaneRows; readonly since: readonly StoredUpdate[] }
  /** A change that undoes what `since` changed, in pieces that the relay takes; `clientId` writes it. */
  | {
      readonly kind: "restore";
      readonly rows: LaneRows;
      readonly since: readonly StoredUpdate[];
      readonly clientId: number;
    };

export interface HistoryAnswers {
  readonly moment: { readonly board: BoardFile; readonly update: Uint8Array | undefined };
  readonly changes: { readonly records: readonly RecordChangeView[] };
  readonly restore: { readonly records: readonly RecordChangeView[]; readonly pieces: readonly Uint8Array[] };
}

/** Work of one kind and its answer. Throws only on a bug, or when there is not enough memory. */
export function runHistoryTask(task: HistoryTask): HistoryAnswers[HistoryTask["kind"]] {
  switch (task.kind) {
    case "moment":
      return moment(task);
    case "changes": {
      const doc = buildDoc(task.rows);
      const before = seenNow(doc);
      const touched = applyNoting(doc, task.since);
      return { records: changesBetween(touched.keys(), before, seenIn(doc), touched) };
    }
    case "restore":
      return restore(task);
  }
}

type TaskOf<Kind extends HistoryTask["kind"]> = Extract<HistoryTask, { readonly kind: Kind }>;

function moment({ lane, view, at, rows, withUpdate }: TaskOf<"moment">): HistoryAnswers["moment"] {
  const doc = buildDoc(rows);
  const board = openBoard([{ ...lane, access: "read", doc }], {
    me: "" as never, // Nobody writes.
    language: () => "und",
    now: () => 0,
    today: () => "1970-01-01",
    random: () => {},
    schedule: () => {},
  });
  // A board file has no private lanes, as it leaves the house. This one answers somebody who may read the lane.
  const kind = lane.kind === "private" ? "shared" : lane.kind;
  const file = exportBoard(board, { ...view, lanes: [{ laneId: lane.laneId, kind, access: "read" }] }, at);
  board.close();
  return { board: file, update: withUpdate ? Y.encodeStateAsUpdate(doc) : undefined };
}

/** Live updates may be smaller than what a step 2 may bring; half of it leaves room for a type's name and ids. */
const pieceBounds = { bytes: limits.updateBytes / 2, structs: 500, deletions: 500 };

function restore({ rows, since, clientId }: TaskOf<"restore">): HistoryAnswers["restore"] {
  const then = buildDoc(rows);
  const now = buildDoc(rows);
  keepMarks(now);
  const touched = applyNoting(now, since);
  now.clientID = clientId;
  const before = seenNow(now);
  const gathered: Uint8Array[] = [];
  now.on("update", (update: Uint8Array) => gathered.push(update));
  const changed = bringBack(now, then, "board:restore");
  return {
    records: changesBetween(changed, before, seenIn(now), touched),
    pieces: gathered.flatMap((update) => piecesOf(update, pieceBounds)),
  };
}
