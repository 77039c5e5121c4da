import type { PersonId } from "#shared/board/ids.ts";
import type { ClientIdOwner } from "../store/board-store.ts";

/**
 * Whose each Yjs client id of one lane is, for good [R3]. The first person to show one owns it; nobody else may add to
 * it. An id that is new here is remembered at once, and kept by the store with the first update that grows it.
 */
export interface Claims {
  readonly ownerOf: (clientId: number) => PersonId | undefined;
  /**
   * Somebody shows this id, by presence: theirs from now on unless it is somebody else's. `new`: the store is to hear of it.
   */
  readonly show: (clientId: number, personId: PersonId) => "new" | "own" | "others";
  /**
   * What an update that grows these ids is to that person: `own`, with those that the store does not keep yet, or
   * `others`. `mayClaim`: an id that nobody has becomes theirs; otherwise it counts as somebody else's.
   */
  readonly judge: (
    clientIds: readonly number[],
    personId: PersonId,
    mayClaim: boolean,
  ) => { readonly kind: "own"; readonly claims: readonly number[] } | { readonly kind: "others" };
  /** They are on their way to the store: nobody else may have them. */
  readonly take: (clientIds: readonly number[], personId: PersonId) => void;
  /** The store keeps them, for this person. */
  readonly kept: (clientIds: readonly number[], personId: PersonId) => void;
}

export function createClaims(stored: readonly ClientIdOwner[]): Claims {
  const owners = new Map<number, PersonId>();
  /** Known here and not yet to the store. */
  const unkept = new Set<number>();
  for (const { clientId, personId } of stored) owners.set(clientId, personId);
  return {
    ownerOf: (clientId) => owners.get(clientId),
    show: (clientId, personId) => {
      const owner = owners.get(clientId);
      if (owner !== undefined) return owner === personId ? "own" : "others";
      owners.set(clientId, personId);
      unkept.add(clientId);
      return "new";
    },
    judge: (clientIds, personId, mayClaim) => {
      const claims: number[] = [];
      for (const clientId of clientIds) {
        const owner = owners.get(clientId);
        if (owner === undefined ? !mayClaim : owner !== personId) return { kind: "others" };
        if (owner === undefined || unkept.has(clientId)) claims.push(clientId);
      }
      return { kind: "own", claims };
    },
    take: (clientIds, personId) => {
      for (const clientId of clientIds) {
        if (owners.has(clientId)) continue;
        owners.set(clientId, personId);
        unkept.add(clientId);
      }
    },
    kept: (clientIds, personId) => {
      for (const clientId of clientIds) {
        owners.set(clientId, personId);
        unkept.delete(clientId);
      }
    },
  };
}
