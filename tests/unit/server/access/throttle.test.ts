import { afterEach, expect, test, vi } from "vitest";
import { fail, ok } from "#shared/result.ts";
import type { Refusal } from "../../../../server/access/answer.ts";
import { createThrottle } from "../../../../server/access/throttle.ts";

afterEach(() => vi.useRealTimers());

const wrong = async () => fail({ kind: "invitation-wrong" as const });
const right = async () => ok("in");
const isWrong = (refusal: Refusal) => refusal.kind === "invitation-wrong";
const small = () =>
  createThrottle({
    address: { refusedAttempts: 2, windowSeconds: 60 },
    total: { refusedAttempts: 3, windowSeconds: 60 },
  });
const from = (address: string) => ({ address, total: "all" });
const kindOf = async (attempt: Promise<{ ok: boolean; error?: Refusal }>) => (await attempt).error?.kind ?? "in";

test("an address that failed too often waits, others do not, until the total is reached", async () => {
  const throttle = small();
  await throttle.attempt(from("a"), wrong, isWrong);
  await throttle.attempt(from("a"), wrong, isWrong);
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("too-many-tries");
  expect(await kindOf(throttle.attempt(from("b"), right, isWrong))).toBe("in");
  await throttle.attempt(from("b"), wrong, isWrong);
  expect(await kindOf(throttle.attempt(from("c"), right, isWrong))).toBe("too-many-tries");
});

test("what cannot be guessed always works, however often others at the same address were wrong", async () => {
  const throttle = small();
  for (let times = 0; times < 2; times += 1) {
    expect(await kindOf(throttle.countFailures(from("a"), wrong, isWrong))).toBe("invitation-wrong");
  }
  expect(await kindOf(throttle.countFailures(from("a"), wrong, isWrong))).toBe("too-many-tries");
  expect(await kindOf(throttle.countFailures(from("a"), right, isWrong))).toBe("in");
});

test("what was refused for another reason does not count", async () => {
  const throttle = small();
  const used = async () => fail({ kind: "invitation-used" as const });
  for (let times = 0; times < 10; times += 1) await throttle.attempt(from("a"), used, isWrong);
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("in");
});

test("after the window it starts again", async () => {
  vi.useFakeTimers();
  const throttle = small();
  await throttle.attempt(from("a"), wrong, isWrong);
  await throttle.attempt(from("a"), wrong, isWrong);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("too-many-tries");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("in");
});

test("an attempt that breaks does not hold up the next ones", async () => {
  const throttle = small();
  await expect(throttle.attempt(from("a"), () => Promise.reject(new Error("broken")), isWrong)).rejects.toThrow(
    "broken",
  );
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("in");
});

test("a flood is turned away instead of being kept waiting", async () => {
  const throttle = small();
  const results = await Promise.all(
    Array.from({ length: 250 }, () => kindOf(throttle.attempt(from("a"), right, isWrong))),
  );
  expect(results.filter((kind) => kind === "in")).toHaveLength(200);
  expect(await kindOf(throttle.attempt(from("a"), right, isWrong))).toBe("in");
});
