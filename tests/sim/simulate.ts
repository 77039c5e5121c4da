import * as Y from "yjs";
import type { LaneId, PersonId } from "#shared/board/ids.ts";
import { createLaneWork, type LaneWork } from "../../server/relay/lane-work.ts";
import type { Clock, RelayLog } from "../../server/relay/ports.ts";
import { createRelay, type Relay } from "../../server/relay/relay.ts";
import { anAdmission, aPerson, sharedLane } from "../support/lane-people.ts";
import { createSeeded, type Seeded } from "../support/seeded.ts";
import { createDevice, type Device, type DeviceWitness } from "./device.ts";
import { createDisk } from "./disk.ts";
import { forgedFrame } from "./forger.ts";
import { createLaneFacts } from "./lane-facts.ts";
import { createWorld, type Trace, type World } from "./world.ts";

/** What became of one run. `wrong`: the promise that was broken; the seed brings the same run again. */
export interface SimulatedRun {
  readonly seed: number;
  readonly wrong: string | undefined;
  readonly fingerprint: number;
  readonly steps: number;
  /** How often each thing happened. */
  readonly figures: Readonly<Record<string, number>>;
}

const laneId: LaneId = sharedLane;
const settlingMs = 180_000;

/**
 * One run: a few people write on one lane while wires break, the disk fails, and the process or the power ends between any
 * two steps. At every step nothing is shown that is not written and nothing acked that is not forced [R1, R2]; in the end,
 * when all is well again, everybody has the same lane and so has the store [R7], no honest device was refused and no words
 * stand under a name that is not theirs [R3].
 */
export async function simulate(seed: number, trace?: Trace): Promise<SimulatedRun> {
  const run = createRun(seed, trace);
  let wrong: string | undefined;
  try {
    await run.play();
    await run.settle();
    await run.check();
  } catch (error) {
    wrong = error instanceof Broken ? error.message : `threw: ${error instanceof Error ? error.stack : String(error)}`;
  }
  const { world, figures } = run;
  return { seed, wrong, fingerprint: world.fingerprint(), steps: world.steps(), figures };
}

type Act = () => void | Promise<void>;

/** A promise of the relay's that did not hold. */
class Broken extends Error {}

function expectThat(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Broken(promise);
}

function createRun(seed: number, trace: Trace | undefined) {
  const chance = createSeeded(seed);
  const world = createWorld(trace);
  const disk = createDisk(world, chance.fork());
  const figures: Record<string, number> = {};
  const count = (what: string) => {
    figures[what] = (figures[what] ?? 0) + 1;
    world.note(what);
  };
  /** Lies that a time of returning lets through are no fault of the run's (THREATS.md), so the two never meet. */
  const hasForger = chance.chance(0.3);
  const settings = {
    graceMs: chance.pick([200, 2_000, 30_000]),
    tailBeforeSnapshot: chance.pick([3, 8, 64]),
  };
  /** Everything that was ever said to be safe, or seen by somebody else. */
  let promised: { readonly what: "acked" | "seen"; readonly update: Uint8Array }[] = [];
  let failure: Broken | undefined;
  const note = (broken: string) => {
    failure ??= new Broken(broken);
  };

  const witness: DeviceWitness = {
    seen: (device, update) => {
      const lacking = disk.written(laneId).lacks(update);
      if (lacking) note(`[R1] ${device.name} was shown ${lacking} before it was written`);
      promised.push({ what: "seen", update });
    },
    acked: (device, updates) => {
      for (const update of updates) {
        const lacking = disk.forced(laneId).lacks(update);
        if (lacking) note(`[R1] ${device.name} was told that ${lacking} is safe before it was forced`);
      }
      const last = updates.at(-1);
      if (last) promised.push({ what: "acked", update: last });
      for (const update of updates) promised.push({ what: "acked", update });
    },
  };

  const people = ["Ana", "Bo", "Ruth"].map((name) => aPerson(name));
  const work = chance.fork();
  const owner = new Map<number, PersonId>();
  let nextClientId = 1_000;
  const newDevice = (at: number): Device => {
    const person = people[at % people.length] ?? aPerson("Ana");
    nextClientId += 1 + chance.whole(1_000_000);
    owner.set(nextClientId, person.personId);
    const admission = anAdmission(person, { sessionTokenHash: `session-${at}`, sessionLeftMs: 10 * 24 * 3_600_000 });
    return createDevice(`${person.name} ${at}`, admission, nextClientId, world, chance.fork(), witness);
  };
  const devices = Array.from({ length: 2 + chance.whole(3) }, (_, index) => newDevice(index));
  const forger = hasForger
    ? createDevice("Mallory", anAdmission(aPerson("Mallory")), 7, world, chance.fork(), { ...witness, acked: () => {} })
    : undefined;
  owner.set(7, aPerson("Mallory").personId);

  let stopTimers = () => {};
  const start = (): Relay => {
    let alive = true;
    stopTimers = () => {
      alive = false;
    };
    const clock: Clock = {
      now: world.now,
      setTimer: (delayMs, then) =>
        world.after(delayMs, () => {
          if (alive) then();
        }),
    };
    return createRelay({
      store: disk.open(),
      clock,
      log: silent,
      rooms: settings,
      work: slowWork(world, work, () => alive),
    });
  };
  let relay: Relay | undefined = start();

  const end = (how: () => void) => {
    stopTimers();
    relay = undefined;
    how();
    for (const device of everybody()) device.relayGone();
  };
  const everybody = () => (forger ? [...devices, forger] : devices);

  const actions: readonly (readonly [weight: number, act: Act])[] = [
    [60, () => count(`edit: ${chance.pick(devices).edit()}`)],
    [
      14,
      () => {
        const away = everybody().filter((device) => !device.isConnected());
        if (relay && away.length > 0) chance.pick(away).connect(relay);
        count("connect");
      },
    ],
    [
      5,
      () => {
        chance.pick(devices).cut();
        count("wire cut");
      },
    ],
    [
      3,
      () => {
        chance.pick(devices).repeat();
        count("repeated update");
      },
    ],
    [
      2,
      () => {
        // The page is closed for good, with what was not acked; the same person opens another.
        const at = chance.whole(devices.length);
        devices[at]?.cut();
        devices[at] = newDevice(at);
        count("page closed");
      },
    ],
    [
      3,
      () => {
        disk.fails = disk.fails === "nothing" ? chance.pick(["writing", "forcing", "loading"] as const) : "nothing";
        count(`disk: ${disk.fails}`);
      },
    ],
    [
      3,
      () => {
        if (!relay) relay = start();
        else end(() => disk.crash("process"));
        count("process killed or started");
      },
    ],
    [
      hasForger ? 0 : 2,
      () => {
        end(() => disk.crash("power"));
        checkPromised("acked");
        promised = promised.filter(({ what }) => what === "acked");
        count("power cut");
      },
    ],
    [
      hasForger || seed % 5 !== 0 ? 0 : 1,
      () => {
        end(() => disk.restore(chance.pick([0.3, 0.7, 1])));
        promised = [];
        count("older backup restored");
      },
    ],
    [
      1,
      async () => {
        const stopping = relay;
        if (!stopping) return;
        count("graceful stop");
        const drained = stopping.drain();
        let isDrained = false;
        drained.then(() => {
          isDrained = true;
        });
        for (let steps = 0; !isDrained && steps < 5_000; steps++) if (!(await world.step())) break;
        expectThat(isDrained, "[R1] a graceful stop ends");
        if (relay === stopping) end(() => disk.crash("process"));
      },
    ],
    [
      hasForger ? 12 : 0,
      () => {
        if (!forger) return;
        if (!forger.isConnected() && relay) forger.connect(relay);
        // A client id that the relay has not met is nobody's, and nobody else can know it.
        const known = devices.filter(({ doc }) => disk.isClaimed(laneId, doc.clientID));
        if (known.length > 0) forger.sendRaw(forgedFrame(chance, forger.doc, chance.pick(known).doc));
        count("forged frame");
      },
    ],
  ];

  /** What was promised is still there, whatever has happened. */
  const checkPromised = (what?: "acked") => {
    const facts = disk.written(laneId);
    for (const promise of promised) {
      if (what && promise.what !== what) continue;
      const lacking = facts.lacks(promise.update);
      expectThat(!lacking, `[R1] ${promise.what} and lost: ${lacking}`);
    }
  };

  const takeSteps = async (until: number) => {
    const reached = world.after(until - world.now(), () => {});
    while (world.now() < until && (await world.step())) if (failure) throw failure;
    reached();
  };

  const pickAction = (at: number): Act => {
    let passed = 0;
    for (const [weight, act] of actions) {
      passed += weight;
      if (at < passed) return act;
    }
    throw new Error("Bug: the weights do not add up");
  };

  const play = async () => {
    const total = actions.reduce((sum, [weight]) => sum + weight, 0);
    for (let left = 40 + chance.whole(80); left > 0; left--) {
      await pickAction(chance.whole(total))();
      if (failure) throw failure;
      await takeSteps(world.now() + chance.pick([0, 0.25, 1, 3, 20, 200, 1_500]));
    }
  };

  const docsAgree = (): boolean => {
    const lane = disk.forced(laneId);
    const all = lane.encode();
    return devices.every(
      (device) => lane.lacks(Y.encodeStateAsUpdate(device.doc)) === undefined && !missingFrom(device.doc, all),
    );
  };

  /** All is well from now on: everybody comes back, and everything gets where it belongs. */
  const settle = async () => {
    disk.fails = "nothing";
    forger?.cut();
    const until = world.now() + settlingMs;
    for (;;) {
      relay ??= start();
      for (const device of devices) if (!device.isConnected()) device.connect(relay);
      await takeSteps(world.now() + 1_000);
      const isSettled = devices.every((device) => device.isConnected() && device.unsettled() === 0);
      if (isSettled && docsAgree()) return;
      if (world.now() < until) continue;
      const stuck = devices.map(
        (device) =>
          `${device.name} ${device.isConnected() ? "on" : `off (${device.closedWith()})`} unsettled ${device.unsettled()} ` +
          `refused ${device.refusals().join(",") || "nothing"}, not in the store: ${disk.forced(laneId).lacks(Y.encodeStateAsUpdate(device.doc))}, ` +
          `lacks: ${missingFrom(device.doc, disk.forced(laneId).encode())}`,
      );
      throw new Broken(`[R2] everything comes to rest when all is well again: ${stuck.join("; ")}`);
    }
  };

  const check = async () => {
    checkPromised();
    for (const device of devices) {
      expectThat(device.refusals().length === 0, `[R3] ${device.name} is honest and was refused ${device.refusals()}`);
      const { pendingStructs, pendingDs } = device.doc.store;
      expectThat(!pendingStructs && !pendingDs, `[R7] ${device.name} was left waiting for something`);
    }
    checkOwners();
    // Somebody who comes after a new start sees the same.
    end(() => disk.crash("process"));
    relay = start();
    const latecomer = newDevice(1);
    latecomer.connect(relay);
    await takeSteps(world.now() + 5_000);
    const all = disk.forced(laneId).encode();
    const missing = missingFrom(latecomer.doc, all);
    expectThat(!missing, `[R7] somebody who comes later gets all of the lane: ${missing}`);
    const lacking = disk.forced(laneId).lacks(Y.encodeStateAsUpdate(latecomer.doc));
    expectThat(lacking === undefined, `[R7] somebody who comes later gets nothing that is not the lane's: ${lacking}`);
    if (failure) throw failure;
  };

  /** Each row adds to its person's own client ids only, unless it says that it brings back what was lost. */
  const checkOwners = () => {
    const facts = createLaneFacts();
    for (const row of disk.rows(laneId)) {
      const before = Y.decodeStateVector(Y.encodeStateVector(facts.doc));
      facts.take(row.bytes);
      for (const [clientId, clock] of Y.decodeStateVector(Y.encodeStateVector(facts.doc))) {
        if (clock === (before.get(clientId) ?? 0) || row.returned) continue;
        const whose = owner.get(clientId);
        expectThat(
          whose === undefined ? row.personId === aPerson("Mallory").personId : whose === row.personId,
          `[R3] seq ${row.seq} of ${row.personId} added to client id ${clientId} of ${whose}`,
        );
      }
    }
    for (const device of devices) {
      const inLane = Y.getState(facts.doc.store, device.doc.clientID);
      const own = Y.getState(device.doc.store, device.doc.clientID);
      expectThat(inLane <= own, `[R3] the lane has words of ${device.name} that they never wrote`);
    }
  };

  return { world, figures, play, settle, check };
}

/** As a thread beside this one does it: after a while, and now and then not at all. */
function slowWork(world: World, chance: Seeded, isAlive: () => boolean): LaneWork {
  const work = createLaneWork();
  const later = <T>(run: () => Promise<T>): Promise<T | undefined> =>
    new Promise((resolve) => {
      const works = !chance.chance(0.1);
      world.after(chance.whole(200) / 4, () => {
        if (isAlive()) resolve(works ? run() : undefined);
      });
    });
  return {
    fold: (lane) => later(() => work.fold(lane)),
    diff: (lane, stateVector) => later(() => work.diff(lane, stateVector)),
  };
}

function missingFrom(doc: Y.Doc, update: Uint8Array): string | undefined {
  const facts = createLaneFacts();
  facts.take(Y.encodeStateAsUpdate(doc));
  return facts.lacks(update);
}

const silent: RelayLog = { info: () => {}, warn: () => {} };
