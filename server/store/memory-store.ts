import type { OpenStore } from "./open-store.ts";

/** A store that forgets everything when it is closed; for tests. */
export function createMemoryStore(): OpenStore {
  throw new Error("createMemoryStore is being written");
}
