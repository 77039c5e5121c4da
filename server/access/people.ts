import { type LaneAccess, laneAccessOf, mayDo, ownerRole, type Role } from "#shared/access/roles.ts";
import { type BoardId, newId, type PersonId, type RandomBytes } from "#shared/board/ids.ts";
import type { OpenLane, PersonView } from "#shared/protocol/api.ts";
import { type PersonColour, personColours } from "#shared/protocol/presence.ts";
import type { LaneRecord, PersonRecord } from "../store/board-store.ts";

type LaneGrants = PersonRecord["lanes"];

/** Somebody new on a board, with a colour that is not taken while there are colours left. */
export function newPerson(
  given: Pick<PersonRecord, "boardId" | "name" | "role" | "language" | "standing" | "lanes"> &
    Partial<Pick<PersonRecord, "accountId" | "named" | "invitedBy" | "accessUntil">>,
  others: readonly PersonRecord[],
  now: number,
  random: RandomBytes,
): PersonRecord {
  return {
    personId: newId<PersonId>(random),
    colour: freeColour(others),
    symbol: undefined,
    accountId: undefined,
    named: false,
    invitedBy: undefined,
    createdAt: now,
    ...given,
  };
}

function freeColour(others: readonly PersonRecord[]): PersonColour {
  const uses = (colour: PersonColour) =>
    others.filter((person) => person.colour === colour && person.standing !== "gone").length;
  return personColours.reduce((best, colour) => (uses(colour) < uses(best) ? colour : best));
}

/** The lanes that come with a role, narrowed to what `upTo` may do: nobody hands on more than they have. */
export function lanesOfRole(role: Role, lanes: readonly LaneRecord[], upTo?: LaneGrants): LaneGrants {
  return lanes.flatMap(({ laneId, kind }) => {
    const access = laneAccessOf(role, kind);
    if (!access) return [];
    if (!upTo) return [{ laneId, access }];
    const most = accessOn(upTo, laneId);
    return most ? [{ laneId, access: most === "write" ? access : ("read" as const) }] : [];
  });
}

export function accessOn(grants: LaneGrants, laneId: string): LaneAccess | undefined {
  return grants.find((grant) => grant.laneId === laneId)?.access;
}

/** `unknown-lane` also for a lane that exists and is not the asker's: that it exists is not theirs to know. */
export function judgeLanes(wanted: LaneGrants, own: LaneGrants): "fine" | "unknown-lane" | "too-much" {
  if (new Set(wanted.map((grant) => grant.laneId)).size !== wanted.length) return "unknown-lane";
  for (const { laneId, access } of wanted) {
    const mine = accessOn(own, laneId);
    if (!mine) return "unknown-lane";
    if (access === "write" && mine === "read") return "too-much";
  }
  return "fine";
}

export const ownerOf = (people: readonly PersonRecord[]): PersonRecord | undefined =>
  people.find((person) => person.role === ownerRole);

export function openLanesOf(person: PersonRecord, lanes: readonly LaneRecord[]): readonly OpenLane[] {
  return lanes.flatMap(({ laneId, kind }) => {
    const access = accessOn(person.lanes, laneId);
    return access ? [{ laneId, kind, access }] : [];
  });
}

/** The people of a board as `viewer` may see them: who waits for a yes is shown to those who may invite. */
export function peopleAsSeenBy(
  viewer: PersonRecord,
  people: readonly PersonRecord[],
  lanes: readonly LaneRecord[],
): readonly PersonView[] {
  const mayInvite = mayDo(viewer.role, "invite");
  return people
    .filter((person) => !isForgotten(person) && (mayInvite || person.standing !== "pending"))
    .map((person) => personView(person, lanes, mayInvite));
}

export function personView(person: PersonRecord, lanes: readonly LaneRecord[], mayInvite: boolean): PersonView {
  const { personId, name, role, language, colour, symbol, standing, named, invitedBy, accessUntil } = person;
  return {
    ...{ personId, name, role, language, colour, symbol, standing, named },
    invitedBy: mayInvite ? invitedBy : undefined,
    canWriteShared: lanes.some(({ laneId, kind }) => kind === "shared" && accessOn(person.lanes, laneId) === "write"),
    ...(accessUntil !== undefined && { until: new Date(accessUntil).toISOString() }),
  };
}

/**
 * Somebody who never joined and never will: their name is not kept. That they were asked for, and by whom, is nobody's
 * business any more. Whoever did join keeps their name, as their words stand on the board.
 */
export const forgotten = (person: PersonRecord): PersonRecord => ({ ...person, name: "", standing: "gone", lanes: [] });
const isForgotten = (person: PersonRecord) => person.standing === "gone" && person.name === "";

/** Only of the same board: an id of another board is as unknown as one that does not exist. */
export const isOn = (boardId: BoardId, person: PersonRecord | undefined): person is PersonRecord =>
  person !== undefined && person.boardId === boardId && !isForgotten(person);
