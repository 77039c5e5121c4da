import { expect, test } from "vitest";
import type { SessionView } from "#shared/protocol/api.ts";
import { fail, ok } from "#shared/result.ts";
import { type ComingEnd, startStayClock } from "../../../../client/app/stay/stay-clock.ts";
import { createFakeClock, rest } from "../../../support/fake-clock.ts";

const minuteMs = 60_000;

/** A device whose relay gives 15 minutes of quiet and eight hours in all. */
async function aDevice() {
  const clock = createFakeClock();
  const began = clock.now();
  let seenAt = began;
  const asked = { looks: 0, renewals: 0 };
  const said: (ComingEnd | undefined)[] = [];
  let online = true;
  let longest = began + 480 * minuteMs;
  let ends: SessionView["ends"] = "session";
  const view = () => {
    const now = clock.now();
    return online
      ? ok({ quietLeftMs: seenAt + 15 * minuteMs - now, leftMs: longest - now, ends })
      : fail({ kind: "offline" });
  };
  const stay = startStayClock({
    look: async () => {
      asked.looks += 1;
      return view();
    },
    renew: async () => {
      asked.renewals += 1;
      if (online) seenAt = clock.now();
      return view();
    },
    now: clock.now,
    later: (run, ms) => clock.setTimer(ms, run),
    onComing: (coming) => said.push(coming),
  });
  await rest();
  return {
    ...{ clock, stay, asked, said },
    /** Another window of theirs, or an edit. */
    seenElsewhere: () => {
      seenAt = clock.now();
    },
    goOffline: () => {
      online = false;
    },
    endsAt: (at: number, what: SessionView["ends"]) => {
      longest = began + at;
      ends = what;
    },
  };
}

test("asks a minute before the quiet time is over, and not sooner; a tap on yes puts the question away", async () => {
  const { clock, stay, said } = await aDevice();
  await clock.advance(14 * minuteMs - 1);
  expect(said).toEqual([]);
  await clock.advance(1);
  expect(said).toEqual(["quiet"]);
  await stay.stay();
  expect(said).toEqual(["quiet", undefined]);
  await clock.advance(14 * minuteMs);
  expect(said).toEqual(["quiet", undefined, "quiet"]);
});

test("what somebody does on the page renews it, told at most once a minute, so that they are never asked", async () => {
  const { clock, stay, asked, said } = await aDevice();
  for (let second = 0; second < 30 * 60; second += 10) {
    stay.active();
    await clock.advance(10_000);
  }
  expect(said).toEqual([]);
  expect(asked.renewals).toBeGreaterThan(25);
  expect(asked.renewals).toBeLessThanOrEqual(30);
});

test("an edit, or an answer on another device, is heard of before anybody is asked, and while they are", async () => {
  const { clock, said, seenElsewhere } = await aDevice();
  await clock.advance(10 * minuteMs);
  seenElsewhere();
  await clock.advance(13 * minuteMs);
  expect(said).toEqual([]);
  await clock.advance(minuteMs);
  expect(said).toEqual(["quiet"]);
  seenElsewhere();
  await clock.advance(5_000);
  expect(said).toEqual(["quiet", undefined]);
});

test("while the question stands, a tap elsewhere is no answer", async () => {
  const { clock, stay, asked, said } = await aDevice();
  await clock.advance(14 * minuteMs);
  stay.active();
  expect(asked.renewals).toBe(0);
  expect(said).toEqual(["quiet"]);
});

test("without a connection it goes by what the relay said last", async () => {
  const { clock, said, goOffline } = await aDevice();
  goOffline();
  await clock.advance(14 * minuteMs);
  expect(said).toEqual(["quiet"]);
});

test("tells the end of the longest time, or of the person's own, which no tap moves", async () => {
  const { clock, stay, said, endsAt } = await aDevice();
  endsAt(5 * minuteMs, "access");
  await stay.stay();
  await clock.advance(4 * minuteMs);
  expect(said).toEqual(["access"]);
  await stay.stay();
  expect(said).toEqual(["access"]);
});

test("says nothing any more once it is closed", async () => {
  const { clock, stay, asked, said } = await aDevice();
  stay.close();
  await clock.advance(60 * minuteMs);
  expect(said).toEqual([]);
  expect(asked.looks).toBe(1);
});
