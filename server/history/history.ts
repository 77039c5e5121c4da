import { mayDo } from "#shared/access/roles.ts";
import type { LaneId, RandomBytes } from "#shared/board/ids.ts";
import type {
  LaneChangesView,
  LaneHistoryView,
  LaneMomentView,
  RecoverLaneReply,
  RestoreLaneBody,
  RestoreLaneReply,
} from "#shared/protocol/api.ts";
import type { Result } from "#shared/result.ts";
import type { Admission } from "../access/admission.ts";
import { type Answer, inSteps, type Refusal, type Steps } from "../access/answer.ts";
import type { Audit, AuditFact } from "../access/audit.ts";
import type { Boards } from "../access/boards.ts";
import { accessOn } from "../access/people.ts";
import type { BoardStore, LaneRecord, PersonRecord, Seq } from "../store/board-store.ts";
import type { HistoryThread } from "./history-thread.ts";
import { headOf, mostHistoryBytes, readRows, rowsUpTo, seqAt } from "./lane-rows.ts";

/** A change by its number, or by a moment (Unix ms): the last one that was there then. */
export type When = { readonly seq: Seq } | { readonly time: number };

/**
 * The past of a lane, read from its log: who changed what when, the lane as it was, and back to it as a new change. Who
 * may read the lane may read its past; a lane that is not theirs is not found. Every look is in the board's audit.
 */
export interface LaneHistory {
  readonly changes: (asker: PersonRecord, laneId: LaneId, page: Page) => Answer<LaneHistoryView>;
  /** `not-found` for a change that is not there yet. */
  readonly at: (asker: PersonRecord, laneId: LaneId, when: When, withUpdate: boolean) => Answer<LaneMomentView>;
  readonly between: (
    asker: PersonRecord,
    laneId: LaneId,
    span: { readonly from: When | undefined; readonly to: When | undefined },
  ) => Answer<LaneChangesView>;
  /** For the owner and workers who may write the lane. Goes through the relay, so that everyone on it sees it at once. */
  readonly restore: (asker: PersonRecord, laneId: LaneId, body: RestoreLaneBody) => Answer<RestoreLaneReply>;
  /** For the owner and workers: what of a damaged lane is not proven good is set aside, and it is served again. */
  readonly recover: (asker: PersonRecord, laneId: LaneId) => Answer<RecoverLaneReply>;
}

interface Page {
  readonly after: Seq;
  readonly limit: number;
}

export interface HistoryParts {
  readonly store: Pick<BoardStore, "lane" | "history" | "snapshotBefore" | "loadLane" | "recoverLane">;
  readonly audit: Audit;
  readonly boards: Pick<Boards, "view">;
  readonly thread: HistoryThread;
  /** Writes as this person, and settles when it is forced to disk. */
  readonly write: (
    admission: Omit<Admission, "sessionLeftMs">,
    pieces: readonly Uint8Array[],
  ) => Promise<Result<void, Refusal>>;
  /** The lane is whole again: whoever was sent away may come back, and the others of the board ask for it anew. */
  readonly laneRecovered: (lane: LaneRecord) => Promise<void>;
  readonly now: () => number;
  readonly random: RandomBytes;
}

export function createLaneHistory(parts: HistoryParts): LaneHistory {
  const { store, audit, boards, thread, now } = parts;

  /** A lane that this person may read; nothing tells one that is not theirs from one that does not exist. */
  const laneOf = async (asker: PersonRecord, laneId: LaneId, { take, refuse }: Steps): Promise<LaneRecord> => {
    const lane = await take(store.lane(laneId));
    return lane?.boardId === asker.boardId && accessOn(asker.lanes, laneId) ? lane : refuse("not-found");
  };
  const seqOf = async (laneId: LaneId, head: Seq, when: When, { take, refuse }: Steps): Promise<Seq> => {
    if ("seq" in when) return when.seq <= head ? when.seq : refuse("not-found");
    return take(seqAt(store, laneId, head, when.time));
  };
  const noteLook = (asker: PersonRecord, fact: Pick<AuditFact, "laneId" | "from" | "to">, { take }: Steps) =>
    take(audit.first({ boardId: asker.boardId, personId: asker.personId, action: "history-read", ...fact }));
  const momentOf = async (laneId: LaneId, seq: Seq, { take }: Steps) => {
    if (seq === 0) return undefined;
    const at = (await take(store.history(laneId, { after: seq - 1, upTo: seq, limit: 1 })))[0]?.at;
    return at === undefined ? undefined : new Date(at).toISOString();
  };

  return {
    changes: (asker, laneId, { after, limit }) =>
      inSteps(async (steps) => {
        const { take } = steps;
        await laneOf(asker, laneId, steps);
        const head = await take(headOf(store, laneId));
        const rows = after >= head ? [] : await take(store.history(laneId, { after, upTo: head, limit }));
        const last = rows.at(-1)?.seq ?? after;
        await noteLook(asker, { laneId, from: after, to: last }, steps);
        return {
          ...{ laneId, head, more: rows.length > 0 && last < head },
          changes: rows.map(({ seq, at, personId, bytes, returned }) => ({
            ...{ seq, at: new Date(at).toISOString(), personId, bytes: bytes.length, returned },
          })),
        };
      }),

    at: (asker, laneId, when, withUpdate) =>
      inSteps(async (steps) => {
        const { take } = steps;
        const lane = await laneOf(asker, laneId, steps);
        const head = await take(headOf(store, laneId));
        const seq = await seqOf(laneId, head, when, steps);
        const view = await take(boards.view(asker));
        const rows = await take(rowsUpTo(store, laneId, seq));
        await noteLook(asker, { laneId, from: seq, to: seq }, steps);
        const at = await momentOf(laneId, seq, steps);
        const { board, update } = await take(
          thread.run<"moment">({
            kind: "moment",
            lane: { laneId, kind: lane.kind },
            view: { title: view.title, people: view.people },
            at: at === undefined ? 0 : Date.parse(at),
            ...{ rows, withUpdate },
          }),
        );
        return { laneId, seq, at, head, board, ...(update && { update: Buffer.from(update).toString("base64") }) };
      }),

    between: (asker, laneId, span) =>
      inSteps(async (steps) => {
        const { take, refuse } = steps;
        await laneOf(asker, laneId, steps);
        const head = await take(headOf(store, laneId));
        const from = span.from ? await seqOf(laneId, head, span.from, steps) : 0;
        const to = span.to ? await seqOf(laneId, head, span.to, steps) : head;
        if (from > to) refuse("bad-request");
        const rows = await take(rowsUpTo(store, laneId, from));
        const since = await take(readRows(store, laneId, { after: from, upTo: to }, mostHistoryBytes));
        await noteLook(asker, { laneId, from, to }, steps);
        const { records } = await take(thread.run<"changes">({ kind: "changes", rows, since }));
        return { laneId, from, to, records };
      }),

    restore: (asker, laneId, { seq, preview = false, head: seen }) =>
      inSteps(async (steps) => {
        const { take, refuse } = steps;
        await laneOf(asker, laneId, steps);
        if (!mayDo(asker.role, "restore-lane") || accessOn(asker.lanes, laneId) !== "write") refuse("not-allowed");
        const loaded = await take(store.loadLane(laneId));
        if (loaded.damage) refuse("lane-damaged");
        const head = await take(headOf(store, laneId));
        if (seq > head) refuse("not-found");
        // Nobody undoes what they have not been told of.
        if (!preview && seen === undefined) refuse("bad-request");
        if (!preview && seen !== head) refuse("history-moved-on");
        const rows = await take(rowsUpTo(store, laneId, seq));
        const since = await take(readRows(store, laneId, { after: seq, upTo: head }, mostHistoryBytes));
        const clientId = newClientId(parts.random);
        const { records, pieces } = await take(thread.run<"restore">({ kind: "restore", rows, since, clientId }));
        if (preview || pieces.length === 0) return { laneId, seq, head, done: !preview, records };
        await take(
          parts.write(
            { person: asker, laneId, access: "write", sessionTokenHash: `restore:${asker.personId}` },
            pieces,
          ),
        );
        const after = await take(headOf(store, laneId));
        const { boardId, personId } = asker;
        // `from`: the state that was brought back; `to`: where the lane stands with it.
        audit.note({ boardId, personId, action: "lane-restored", laneId, from: seq, to: after });
        return { laneId, seq, head: after, done: true, records };
      }),

    recover: (asker, laneId) =>
      inSteps(async (steps) => {
        const { take, refuse } = steps;
        const lane = await laneOf(asker, laneId, steps);
        if (!mayDo(asker.role, "restore-lane") || accessOn(asker.lanes, laneId) !== "write") refuse("not-allowed");
        const recovered = await take(store.recoverLane(laneId, now()));
        if (!recovered) return { laneId, lastGood: undefined };
        const { lastGood } = recovered;
        audit.note({ boardId: lane.boardId, personId: asker.personId, action: "lane-recovered", laneId, to: lastGood });
        await parts.laneRecovered(lane);
        return { laneId, lastGood };
      }),
  };
}

/** A Yjs client of its own: it is the asker's from the first change on. */
function newClientId(random: RandomBytes): number {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getUint32(0);
}
