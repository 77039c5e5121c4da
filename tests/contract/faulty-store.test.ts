import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../server/store/memory-store.ts";
import { createFaultyStore } from "../support/faulty-store.ts";
import { describeBoardStore, got } from "./board-store.ts";
import { anUpdate, aPerson, sharedLane } from "./store-records.ts";

const open = () => createFaultyStore(createMemoryStore().store);

describeBoardStore("a store wrapped for faults, while it is well,", async () => open().store);

describe("a store wrapped for faults", () => {
  test("fails writes and keeps reading, then heals with nothing kept of what failed", async () => {
    const { store, faults } = open();
    faults.breakWrites("full");
    const failure = { ok: false, error: { kind: "store-failing", why: "full" } };
    expect(await store.append(anUpdate()).written).toEqual(failure);
    expect(await store.putPerson(aPerson())).toEqual(failure);
    expect(await store.probe()).toEqual(failure);
    expect((await got(store.loadLane(sharedLane))).tail).toEqual([]);
    faults.heal();
    expect(await got(store.append(anUpdate()).written)).toBe(1);
  });

  test("fails only the forcing", async () => {
    const { store, faults } = open();
    faults.breakForcing("failing");
    const { written, forced } = store.append(anUpdate());
    expect(await written).toEqual({ ok: true, value: 1 });
    expect(await forced).toMatchObject({ ok: false });
  });

  test("holds answers until they are let go, in order", async () => {
    const { store, faults } = open();
    const releaseWritten = faults.holdWritten();
    const releaseForced = faults.holdForced();
    const heard: string[] = [];
    const { written, forced } = store.append(anUpdate());
    void written.then(() => heard.push("written"));
    void forced.then(() => heard.push("forced"));
    expect((await got(store.loadLane(sharedLane))).tail.length).toBe(1);
    expect(heard).toEqual([]);
    releaseWritten();
    await written;
    await got(store.probe());
    expect(heard).toEqual(["written"]);
    releaseForced();
    await forced;
    expect(heard).toEqual(["written", "forced"]);
    expect(faults.appends()).toBe(1);
  });
});
