import { useMemo, useSyncExternalStore } from "react";
import { parseRoute, type Route } from "./route.ts";

const moved = new Set<() => void>();

/** Goes to another place of the app without loading the page. `replace` leaves no entry to go back to. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  for (const listener of moved) listener();
}

function subscribe(listener: () => void): () => void {
  moved.add(listener);
  addEventListener("popstate", listener);
  addEventListener("hashchange", listener);
  return () => {
    moved.delete(listener);
    removeEventListener("popstate", listener);
    removeEventListener("hashchange", listener);
  };
}

/** Where we are; a new object only when that changes. */
export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.hash);
  return useMemo(() => {
    const hashAt = address.indexOf("#");
    return hashAt < 0 ? parseRoute(address, "") : parseRoute(address.slice(0, hashAt), address.slice(hashAt));
  }, [address]);
}
