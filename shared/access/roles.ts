/** Who may do what on a board: one pure table, enforced by the relay and mirrored by the screens. */

export const roles = ["client", "worker", "supporter", "child", "interpreter", "advocate", "supervisor"] as const;
export type Role = (typeof roles)[number];

export const laneKinds = ["shared", "offers", "private"] as const;
export type LaneKind = (typeof laneKinds)[number];

export type LaneAccess = "read" | "write";

export type Action =
  | "invite"
  | "invite-at-once"
  | "approve-invitation"
  | "remove-person"
  /** Change what somebody may do, and until when. */
  | "change-access"
  /** Only take away of it, and only from those below (`mayNarrow`). */
  | "narrow-access"
  | "read-audit"
  /** Bring a lane back to an earlier state, or a damaged one to its last good one. */
  | "restore-lane"
  | "rename-board"
  | "take-home";

interface RoleRow {
  /** What a person of this role gets on each kind of lane unless their invitation says otherwise; `undefined`: nothing. */
  readonly lanes: Readonly<Record<Exclude<LaneKind, "private">, LaneAccess | undefined>>;
  readonly may: readonly Action[];
}

/** The client owns the board: exactly one person has this role. */
export const ownerRole: Role = "client";

export const roleTable: Readonly<Record<Role, RoleRow>> = {
  client: {
    lanes: { shared: "write", offers: "write" },
    may: [
      "invite",
      "invite-at-once",
      "approve-invitation",
      "remove-person",
      "change-access",
      "narrow-access",
      "read-audit",
      "restore-lane",
      "rename-board",
      "take-home",
    ],
  },
  worker: { lanes: { shared: "write", offers: "write" }, may: ["invite", "narrow-access", "restore-lane"] },
  supporter: { lanes: { shared: "read", offers: "write" }, may: [] },
  child: { lanes: { shared: "read", offers: "write" }, may: [] },
  interpreter: { lanes: { shared: "read", offers: undefined }, may: [] },
  advocate: { lanes: { shared: "read", offers: "write" }, may: ["invite"] },
  supervisor: { lanes: { shared: undefined, offers: undefined }, may: [] },
};

export function mayDo(role: Role, action: Action): boolean {
  return roleTable[role].may.includes(action);
}

/** Whom a role with `narrow-access` alone may take something away from: never the owner, and never one of their own kind. */
export function mayNarrow(role: Role, other: Role): boolean {
  return mayDo(role, "change-access")
    ? other !== ownerRole
    : mayDo(role, "narrow-access") && !mayDo(other, "narrow-access");
}

/** What a role gives on a lane of this kind. Private lanes are given by name, never by role. */
export function laneAccessOf(role: Role, kind: LaneKind): LaneAccess | undefined {
  return kind === "private" ? undefined : roleTable[role].lanes[kind];
}

export function isRole(value: unknown): value is Role {
  return roles.includes(value as Role);
}
