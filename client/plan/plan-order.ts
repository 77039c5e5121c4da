/** A list in named groups, as it stands on the page: steps under Today, This week, Later; goals in one group. */
export type Groups<Id, Group> = readonly { readonly group: Group; readonly ids: readonly Id[] }[];

/** Where an item goes: just before another of the same group, or behind the group's last. */
export interface Target<Id, Group> {
  readonly group: Group;
  readonly before: Id | "end";
}

/** One place up (-1) or down (1), over the border into the next group at an end. `undefined` at the very ends. */
export function neighbourPlace<Id, Group>(
  groups: Groups<Id, Group>,
  id: Id,
  step: -1 | 1,
): Target<Id, Group> | undefined {
  const groupIndex = groups.findIndex(({ ids }) => ids.includes(id));
  const home = groups[groupIndex];
  if (!home) return undefined;
  const index = home.ids.indexOf(id);
  if (step === -1) {
    const previous = home.ids[index - 1];
    if (previous !== undefined) return { group: home.group, before: previous };
    const above = groups[groupIndex - 1];
    return above && { group: above.group, before: "end" };
  }
  if (index < home.ids.length - 1) return { group: home.group, before: home.ids[index + 2] ?? "end" };
  const below = groups[groupIndex + 1];
  return below && { group: below.group, before: below.ids[0] ?? "end" };
}

/** Whether an item stands there already, so that a move would only add an empty undo step. */
export function isAlreadyAt<Id, Group>(groups: Groups<Id, Group>, id: Id, target: Target<Id, Group>): boolean {
  const ids = groups.find(({ group }) => group === target.group)?.ids ?? [];
  const index = ids.indexOf(id);
  if (index === -1) return false;
  return target.before === id || (ids[index + 1] ?? "end") === target.before;
}

/** The item's place among its new neighbours, counted from 1, as it is said aloud after a move. */
export function placeNumber<Id, Group>(groups: Groups<Id, Group>, id: Id, target: Target<Id, Group>): number {
  const others = (groups.find(({ group }) => group === target.group)?.ids ?? []).filter((other) => other !== id);
  const index = target.before === "end" ? -1 : others.indexOf(target.before);
  return index === -1 ? others.length + 1 : index + 1;
}
