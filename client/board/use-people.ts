import { useSyncExternalStore } from "react";
import type { PersonId } from "#shared/board/ids.ts";
import type { BoardView, PersonView } from "#shared/protocol/api.ts";
import type { Other, SaveState, SessionStatus } from "../session/board-session.ts";
import { useSession } from "./BoardContext.tsx";

export function useView(): BoardView {
  const session = useSession();
  return useSyncExternalStore(session.subscribeView, session.view);
}

export function usePerson(id: PersonId | undefined): PersonView | undefined {
  const view = useView();
  return view.people.find((person) => person.personId === id);
}

export function useMe(): PersonView | undefined {
  return usePerson(useView().me);
}

export function useOthers(): readonly Other[] {
  const session = useSession();
  return useSyncExternalStore(session.subscribeOthers, session.others);
}

export function useStatus(): SessionStatus {
  const session = useSession();
  return useSyncExternalStore(session.subscribeStatus, session.status);
}

export function useSaveState(): SaveState {
  const session = useSession();
  return useSyncExternalStore(session.subscribeStatus, session.saveState);
}
