import { mayDo, mayNarrow, ownerRole } from "#shared/access/roles.ts";
import type { PersonId } from "#shared/board/ids.ts";
import type { ChangePersonBody, PersonView } from "#shared/protocol/api.ts";
import type { LaneRecord, PersonRecord } from "../store/board-store.ts";
import type { Answer, Steps } from "./answer.ts";
import type { EntryParts } from "./parts.ts";
import { accessOn, isOn, judgeLanes, lanesOfRole, personView } from "./people.ts";
import { answerInTurn } from "./turns.ts";

export type AccessChange = Omit<ChangePersonBody, "until"> & {
  /** Unix ms; `null`: no end any more. */
  readonly until?: number | null | undefined;
};

/**
 * What somebody on the board may do from now on, and until when. The owner may change anybody but themselves; a worker
 * may only take away, and not from the owner or another worker. Their sockets on each lane that changes are closed at
 * once and open again with what they have now.
 */
export function changeAccess(
  parts: Pick<EntryParts, "store" | "live" | "audit" | "watch" | "inTurn" | "now">,
  who: PersonRecord,
  personId: PersonId,
  change: AccessChange,
): Answer<PersonView> {
  const { store, live, audit, watch, now } = parts;
  return answerInTurn(parts, who, async (asker, steps) => {
    const { take, refuse } = steps;
    if (!mayDo(asker.role, "narrow-access")) refuse("not-allowed");
    const found = await take(store.person(personId));
    const person = isOn(asker.boardId, found) && found.standing !== "gone" ? found : refuse("not-found");
    if (!mayNarrow(asker.role, person.role) || person.personId === asker.personId) refuse("not-allowed");
    // There is one owner, and nobody becomes it by a change of role.
    if (change.role === ownerRole) refuse("owner-exists");
    if (typeof change.until === "number" && change.until <= now()) refuse("bad-request");

    const lanes = await take(store.lanesOf(asker.boardId));
    const changed = changedPerson(asker, person, change, lanes, steps);
    if (!mayDo(asker.role, "change-access") && !isNarrower(changed, person)) refuse("not-allowed");
    await take(store.putPerson(changed));

    watch.personChanged(changed);
    audit.note({ boardId: asker.boardId, personId: asker.personId, action: "access-changed", about: personId });
    for (const { laneId } of lanes) {
      const access = accessOn(changed.lanes, laneId);
      if (access !== accessOn(person.lanes, laneId)) live.setAccess(personId, laneId, access);
    }
    live.personChanged(changed);
    return personView(changed, lanes, true);
  });
}

function changedPerson(
  asker: PersonRecord,
  person: PersonRecord,
  change: AccessChange,
  lanes: readonly LaneRecord[],
  { refuse }: Steps,
): PersonRecord {
  const role = change.role ?? person.role;
  let granted = person.lanes;
  if (change.lanes) {
    const judged = judgeLanes(change.lanes, [...person.lanes.filter((lane) => isPrivate(lane, lanes)), ...asker.lanes]);
    if (judged !== "fine") refuse(judged === "too-much" ? "not-allowed" : "bad-request");
    // Of a private lane that the asker knows nothing of, they can take nothing away.
    const unseen = person.lanes.filter((lane) => isPrivate(lane, lanes) && !accessOn(asker.lanes, lane.laneId));
    const named = new Set(change.lanes.map(({ laneId }) => laneId));
    granted = [...change.lanes, ...unseen.filter(({ laneId }) => !named.has(laneId))];
  } else if (role !== person.role) {
    // What somebody was named for stays theirs; what came with the role goes with it.
    granted = [...lanesOfRole(role, lanes, asker.lanes), ...person.lanes.filter((lane) => isPrivate(lane, lanes))];
  }
  const accessUntil = change.until === undefined ? person.accessUntil : (change.until ?? undefined);
  return { ...person, role, lanes: granted, accessUntil };
}

const isPrivate = ({ laneId }: PersonRecord["lanes"][number], lanes: readonly LaneRecord[]) =>
  lanes.some((lane) => lane.laneId === laneId && lane.kind === "private");

/** The same role, and nothing that was not theirs before. */
function isNarrower(after: PersonRecord, before: PersonRecord): boolean {
  const endsNoLater =
    before.accessUntil === undefined || (after.accessUntil !== undefined && after.accessUntil <= before.accessUntil);
  return after.role === before.role && endsNoLater && judgeLanes(after.lanes, before.lanes) === "fine";
}
