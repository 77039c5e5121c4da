import { useSyncExternalStore } from "react";

/** How much room there is: `narrow` shows one view with tabs under the thumb, `wide` shows map and plan side by side. */
export type Room = "narrow" | "middle" | "wide";
export type ViewName = "map" | "list" | "plan";

const wide = "(min-width: 1100px)";
const narrow = "(max-width: 699px)";

function subscribe(listener: () => void): () => void {
  const queries = [matchMedia(wide), matchMedia(narrow)];
  for (const query of queries) query.addEventListener("change", listener);
  return () => {
    for (const query of queries) query.removeEventListener("change", listener);
  };
}

export function useRoom(): Room {
  return useSyncExternalStore(subscribe, () =>
    matchMedia(wide).matches ? "wide" : matchMedia(narrow).matches ? "narrow" : "middle",
  );
}

/** The view a person sees first: a list reads better than a map on a small screen. */
export function firstView(room: Room): ViewName {
  return room === "narrow" ? "list" : "map";
}
