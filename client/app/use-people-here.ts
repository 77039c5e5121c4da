import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { StampedPerson } from "#shared/protocol/presence.ts";
import { useSession } from "../board/BoardContext.tsx";
import { useMe } from "../board/use-people.ts";

/**
 * Everyone on the board now, me first, each person once however many devices they use. Presence changes with each
 * movement of a hand; this only when somebody comes, goes or looks different.
 */
export function usePeopleHere(): readonly StampedPerson[] {
  const session = useSession();
  const me = useMe();
  const read = useCallback(() => {
    const people = new Map(session.others().map(({ presence }) => [presence.person.id, presence.person]));
    return JSON.stringify(
      [...people.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1)),
    );
  }, [session]);
  const others = useSyncExternalStore(session.subscribeOthers, read);
  return useMemo(() => {
    const here = (JSON.parse(others) as StampedPerson[]).filter((person) => person.id !== me?.personId);
    if (!me) return here;
    const { personId, name, role, language, colour, symbol } = me;
    return [{ id: personId, name, role, language, colour, symbol }, ...here];
  }, [others, me]);
}
