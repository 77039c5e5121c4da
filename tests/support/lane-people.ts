import type { LaneAccess } from "#shared/access/roles.ts";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import type { Admission } from "../../server/access/admission.ts";
import type { PersonRecord } from "../../server/store/board-store.ts";

export const boardId = "board-1" as BoardId;
export const sharedLane = "lane-shared" as LaneId;
export const offersLane = "lane-offers" as LaneId;

export function aPerson(name: string, change: Partial<PersonRecord> = {}): PersonRecord {
  return {
    personId: `person-${name.toLowerCase()}` as PersonId,
    boardId,
    name,
    role: "client",
    language: "en",
    colour: "teal",
    symbol: undefined,
    accountId: undefined,
    standing: "joined",
    named: true,
    invitedBy: undefined,
    lanes: [],
    createdAt: 0,
    ...change,
  };
}

export function anAdmission(person: PersonRecord, change: Partial<Admission> = {}): Admission {
  return {
    person,
    laneId: sharedLane,
    access: "write" as LaneAccess,
    sessionTokenHash: `session-${person.personId}`,
    sessionLeftMs: 24 * 3_600_000,
    ...change,
  };
}
