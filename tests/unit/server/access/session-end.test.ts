import { expect, test } from "vitest";
import { isOver, leftMs, sessionEnd, sessionView } from "../../../../server/access/session-end.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const began = 1_000_000;
const aSession = { createdAt: began, expiresAt: began + 8 * hourMs, idleMs: 15 * minuteMs };
const client = { role: "client", accessUntil: undefined } as const;

test("[R8] a client has 15 quiet minutes and 8 hours, a worker 30 and 10, whatever an older record says", () => {
  const old = { createdAt: began, expiresAt: began + 720 * hourMs, idleMs: 720 * hourMs };
  for (const role of ["client", "supporter", "child", "interpreter", "advocate", "supervisor"] as const) {
    const end = sessionEnd(old, { ...client, role }, began);
    expect(end, role).toEqual({ quietAt: began + 15 * minuteMs, at: began + 8 * hourMs, ends: "session" });
  }
  const workers = sessionEnd(old, { ...client, role: "worker" }, began);
  expect(workers).toEqual({ quietAt: began + 30 * minuteMs, at: began + 10 * hourMs, ends: "session" });
});

test("[R8] a sign of its person moves the quiet end alone; the longest time stays", () => {
  const end = sessionEnd(aSession, client, began + 8 * hourMs - minuteMs);
  expect(end.quietAt).toBe(began + 8 * hourMs + 14 * minuteMs);
  expect(isOver(end, began + 8 * hourMs - 1)).toBe(false);
  expect(isOver(end, began + 8 * hourMs)).toBe(true);
  expect(leftMs(end, began + 8 * hourMs - minuteMs)).toBe(minuteMs);
});

test("[R8] an end of the person's own counts when it comes first, and says so", () => {
  const until = began + hourMs;
  const end = sessionEnd(aSession, { ...client, accessUntil: until }, until - 1);
  expect(end).toMatchObject({ at: until, ends: "access" });
  expect(isOver(end, until)).toBe(true);
  const later = sessionEnd(aSession, { ...client, accessUntil: began + 20 * hourMs }, began);
  expect(later).toMatchObject({ at: began + 8 * hourMs, ends: "session" });
});

test("what is left is never less than nothing", () => {
  const end = sessionEnd(aSession, client, began);
  expect(sessionView(end, began + 100 * hourMs)).toEqual({ quietLeftMs: 0, leftMs: 0, ends: "session" });
  expect(sessionView(end, began)).toEqual({ quietLeftMs: 15 * minuteMs, leftMs: 8 * hourMs, ends: "session" });
});
