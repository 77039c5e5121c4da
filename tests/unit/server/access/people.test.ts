import { expect, test } from "vitest";
import type { BoardId, LaneId, PersonId } from "#shared/board/ids.ts";
import { personColours } from "#shared/protocol/presence.ts";
import { forgotten, judgeLanes, lanesOfRole, newPerson, peopleAsSeenBy } from "../../../../server/access/people.ts";
import type { LaneRecord, PersonRecord } from "../../../../server/store/board-store.ts";

const boardId = "board" as BoardId;
const lane = (laneId: string, kind: LaneRecord["kind"]): LaneRecord => ({ laneId: laneId as LaneId, boardId, kind });
const lanes = [lane("s", "shared"), lane("o", "offers"), lane("p", "private")];
const write = (laneId: string) => ({ laneId: laneId as LaneId, access: "write" as const });
const read = (laneId: string) => ({ laneId: laneId as LaneId, access: "read" as const });
let count = 0;
const aPerson = (given: Partial<PersonRecord> = {}, others: readonly PersonRecord[] = []): PersonRecord => ({
  ...newPerson(
    { boardId, name: "Ana", role: "client", language: "en", standing: "joined", lanes: [write("s"), write("o")] },
    others,
    0,
    () => {},
  ),
  personId: `person-${++count}` as PersonId,
  ...given,
});

test("a role brings its lanes, never a private one", () => {
  expect(lanesOfRole("client", lanes)).toEqual([write("s"), write("o")]);
  expect(lanesOfRole("supporter", lanes)).toEqual([read("s"), write("o")]);
  expect(lanesOfRole("interpreter", lanes)).toEqual([read("s")]);
  expect(lanesOfRole("supervisor", lanes)).toEqual([]);
});

test("what a role brings is narrowed to what the inviter has", () => {
  expect(lanesOfRole("worker", lanes, [read("s")])).toEqual([read("s")]);
  expect(lanesOfRole("supporter", lanes, [write("s"), write("o")])).toEqual([read("s"), write("o")]);
});

test("lanes that an invitation names are judged by what its maker has", () => {
  const own = [read("s"), write("o")];
  expect(judgeLanes([read("s"), write("o")], own)).toBe("fine");
  expect(judgeLanes([], own)).toBe("fine");
  expect(judgeLanes([write("s")], own)).toBe("too-much");
  expect(judgeLanes([read("p")], own)).toBe("unknown-lane");
  expect(judgeLanes([read("s"), write("s")], own)).toBe("unknown-lane");
});

test("colours are all used once before one is used twice, and those of people who left are free", () => {
  const people: PersonRecord[] = [];
  for (const _ of personColours) people.push(aPerson({}, people));
  expect(new Set(people.map((person) => person.colour))).toEqual(new Set(personColours));
  const [first, ...rest] = people as [PersonRecord, ...PersonRecord[]];
  expect(aPerson({}, [{ ...first, standing: "gone" }, ...rest]).colour).toBe(first.colour);
});

test("those who were removed keep their name for their words; those who never came are not shown", () => {
  const owner = aPerson();
  const removed = aPerson({ name: "Bo", standing: "gone" });
  const declined = forgotten(aPerson({ name: "Cy", standing: "pending" }));
  expect(peopleAsSeenBy(owner, [owner, removed, declined], lanes).map((person) => person.name)).toEqual(["Ana", "Bo"]);
});

test("who asked for whom, and who waits, is for those who may invite", () => {
  const owner = aPerson();
  const guest = aPerson({ role: "supporter", invitedBy: owner.personId, lanes: [read("s")] });
  const waiting = aPerson({ name: "Cy", standing: "pending" });
  const people = [owner, guest, waiting];
  expect(peopleAsSeenBy(owner, people, lanes).map((person) => person.invitedBy)).toContain(owner.personId);
  const seen = peopleAsSeenBy(guest, people, lanes);
  expect(seen.map((person) => person.invitedBy)).toEqual([undefined, undefined]);
  expect(seen.map((person) => person.canWriteShared)).toEqual([true, false]);
});
