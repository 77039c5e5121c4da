import { inSteps } from "./answer.ts";
import { workerLimits } from "./session-end.ts";
import type { SessionUse } from "./session-use.ts";
import type { StaffAccounts } from "./staff.ts";

/**
 * Staff accounts whose sign-in ends as a worker's session does: after half an hour without a sign of them anywhere, and
 * after ten hours at most. Else a sign-in left open would open every board of theirs again at a click. When a server
 * starts, it gives each sign-in that it meets the quiet time anew.
 */
export function limitStaff(
  staff: StaffAccounts,
  { use, now }: { readonly use: SessionUse; readonly now: () => number },
): StaffAccounts {
  const endsAt = new Map<string, number>();
  return {
    ...staff,
    signedIn: (request) =>
      inSteps(async ({ take }) => {
        const member = await take(staff.signedIn(request));
        if (!member) return undefined;
        const { sessionId, sessionAgeMs } = member;
        const at = now();
        if (!endsAt.has(sessionId)) {
          for (const [id, end] of endsAt) if (end <= at) endsAt.delete(id);
          endsAt.set(sessionId, at + workerLimits.longestMs - sessionAgeMs);
          use.staffSeen(sessionId);
        }
        const end = endsAt.get(sessionId) ?? at;
        const quietAt = (use.staffSeenAt(sessionId) ?? 0) + workerLimits.idleMs;
        if (quietAt > at && end > at) return { ...member, sessionEndsAt: end };
        await take(staff.signOut(request));
        return undefined;
      }),
  };
}
