import { laneKinds, ownerRole } from "#shared/access/roles.ts";
import { type BoardId, type LaneId, newId } from "#shared/board/ids.ts";
import type { LaneRecord, PersonRecord } from "../store/board-store.ts";
import type { EntryParts } from "./parts.ts";
import { lanesOfRole, newPerson } from "./people.ts";
import type { StaffMember } from "./staff.ts";

/** Who makes a board: a worker, who is on it from the start, or a program, which is not. */
export type BoardMaker = { readonly staff: StaffMember; readonly language: string } | "api-token";

export interface NewBoard {
  readonly boardId: BoardId;
  readonly lanes: readonly LaneRecord[];
  /** The owner, invited. */
  readonly client: PersonRecord;
  readonly worker: PersonRecord | undefined;
}

/** What every new board has: its two lanes, its owner and, if a worker makes it, that worker. Nothing is stored yet. */
export function newBoard(
  { now, random }: Pick<EntryParts, "now" | "random">,
  owner: { readonly name: string; readonly language: string },
  maker: BoardMaker,
): NewBoard {
  const boardId = newId<BoardId>(random);
  const lanes = laneKinds
    .filter((kind) => kind !== "private")
    .map((kind) => ({ laneId: newId<LaneId>(random), boardId, kind }));
  const worker =
    maker === "api-token"
      ? undefined
      : newPerson(
          {
            boardId,
            name: maker.staff.name,
            role: "worker",
            language: maker.language,
            standing: "joined",
            lanes: lanesOfRole("worker", lanes),
            accountId: maker.staff.accountId,
            named: true,
          },
          [],
          now(),
          random,
        );
  const client = newPerson(
    {
      boardId,
      name: owner.name,
      role: ownerRole,
      language: owner.language,
      standing: "invited",
      lanes: lanesOfRole(ownerRole, lanes),
      invitedBy: worker?.personId,
    },
    worker ? [worker] : [],
    now(),
    random,
  );
  return { boardId, lanes, client, worker };
}
