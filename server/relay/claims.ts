import type { PersonId } from "#shared/board/ids.ts";
import type { ClientIdOwner } from "../store/board-store.ts";

/**
 * Whose each Yjs client id of one lane is, for good [R3]. The first person to show one owns it; nobody else may add to
 * it. An id that is new here is remembered at once, and kept by the store with the first update that grows it.
 */
export class Claims {
  readonly #owners = new Map<number, PersonId>();
  /** Known here and not yet to the store. */
  #unkept: Set<number> | undefined;

  constructor(stored: readonly ClientIdOwner[]) {
    for (const { clientId, personId } of stored) this.#owners.set(clientId, personId);
  }

  ownerOf(clientId: number): PersonId | undefined {
    return this.#owners.get(clientId);
  }

  /**
   * Somebody shows this id, by presence: theirs from now on unless it is somebody else's. `new`: the store is to hear of it.
   */
  show(clientId: number, personId: PersonId): "new" | "own" | "others" {
    const owner = this.#owners.get(clientId);
    if (owner !== undefined) return owner === personId ? "own" : "others";
    this.#owners.set(clientId, personId);
    this.#unkept ??= new Set();
    this.#unkept.add(clientId);
    return "new";
  }

  /**
   * What an update that grows these ids is to that person: `own`, with those that the store does not keep yet, or
   * `others`. `mayClaim`: an id that nobody has becomes theirs; otherwise it counts as somebody else's.
   */
  judge(clientIds: readonly number[], personId: PersonId, mayClaim: boolean): Owned {
    const claims: number[] = [];
    for (const clientId of clientIds) {
      const owner = this.#owners.get(clientId);
      if (owner === undefined ? !mayClaim : owner !== personId) return others;
      if (owner === undefined || this.#unkept?.has(clientId)) claims.push(clientId);
    }
    return { kind: "own", claims };
  }

  /** They are on their way to the store: nobody else may have them. */
  take(clientIds: readonly number[], personId: PersonId): void {
    for (const clientId of clientIds) this.show(clientId, personId);
  }

  /** The store keeps them, for this person. */
  kept(clientIds: readonly number[], personId: PersonId): void {
    for (const clientId of clientIds) {
      this.#owners.set(clientId, personId);
      this.#unkept?.delete(clientId);
    }
    if (this.#unkept?.size === 0) this.#unkept = undefined;
  }
}

export type Owned = { readonly kind: "own"; readonly claims: readonly number[] } | { readonly kind: "others" };
const others: Owned = { kind: "others" };
