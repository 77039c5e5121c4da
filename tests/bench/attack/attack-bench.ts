import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import * as Y from "yjs";
import type { JoinReply, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { bearer, callApi, joinByLink } from "../../../server/demo/demo-person.ts";
import { badFrame, forgedFrame, forgedWords, type Known } from "../../support/hostile-frames.ts";
import { createSeeded } from "../../support/seeded.ts";
import { firstWorker, type RunningServer, startServer } from "../../support/start-server.ts";
import { openStockClient, type StockClient } from "../../support/stock-client.ts";
import { quantile } from "../numbers.ts";

/**
 * `npm run bench:attack`: a real server with two honest people who write ten times a second each, and one hostile person of
 * the same board who sends 10,000 bad frames, then 10,000 forgeries, as fast as the relay takes them. Loopback only; each
 * part ends after two minutes at the latest. What is looked at: is the process alive, how long had honest people to wait
 * at most, what of the memory stays, and has anything forged got through.
 */
const frames = Number(process.argv[2] ?? 10_000);
const warmUpFrames = 1_000;
const longestPartMs = 120_000;
const writeEveryMs = 100;
const restMs = 5_000;

const seed = 20_261_122;
const chance = createSeeded(seed);
const server = await startServer({}, { preload: join(import.meta.dirname, "../relay/inside.ts") });
try {
  await run(server);
} finally {
  await server.close();
}

async function run({ url }: RunningServer): Promise<void> {
  const { headers } = await firstWorker(server);
  const made = await callApi<NewBoardReply>(
    url,
    "POST",
    "/api/boards",
    { title: "Attack", owner: { name: "Ana", language: "en" } },
    headers,
  );
  const ana = await joinByLink(url, made.invitation.url);
  const invite = async (name: string): Promise<JoinReply> => {
    const lanes = ana.lanes.map(({ laneId }) => ({ laneId, access: "write" as const }));
    const invited = await callApi<NewInvitationReply>(
      url,
      "POST",
      `/api/boards/${made.boardId}/invitations`,
      { name, role: "supporter", language: "en", lanes },
      bearer(ana.sessionToken),
    );
    if ("pending" in invited) throw new Error("Bug: the owner's own invitation waits");
    return joinByLink(url, invited.url);
  };
  const laneId = ana.lanes.find(({ kind }) => kind === "shared")?.laneId ?? "";
  const open = (person: JoinReply) =>
    openStockClient(url.replace(/^http/, "ws"), person.sessionToken, { laneId, params: { ack: "1" } });
  const honest = [open(ana), open(await invite("Bo"))] as const;
  for (const client of honest) client.provider.awareness.setLocalStateField("doing", "writing");
  const mallory = await invite("Mallory");
  const watcher = open(mallory);
  await until("everybody is in step", () => honest.every((client) => client.synced()) && watcher.synced());

  const writing = writeHonestly(honest);
  const known: Known = { doc: watcher.doc, ownId: 77_777_777, victims: honest.map((client) => client.doc.clientID) };
  // Code that has run once is compiled and stays so; what is looked for is what an attack leaves behind.
  await attack(url, laneId, mallory, warmUpFrames, () => badFrame(chance, known), performance.now() + longestPartMs);
  await pause(restMs);
  const before = await memory();
  for (const [name, next] of [
    ["bad frames", () => badFrame(chance, known)],
    ["forgeries", () => forgedFrame(chance, known)],
  ] as const) {
    writing.restart();
    const startedAt = performance.now();
    const sent = await attack(url, laneId, mallory, frames, next, startedAt + longestPartMs);
    const seconds = (performance.now() - startedAt) / 1_000;
    const waits = writing.waits();
    await pause(restMs);
    console.log(`${name}: ${sent.frames} sent over ${sent.sockets} sockets in ${seconds.toFixed(1)} s`);
    console.log(
      `  honest edits ${waits.length}, seen by the other after p50 ${quantile(waits, 0.5).toFixed(1)} ms, ` +
        `p99 ${quantile(waits, 0.99).toFixed(1)} ms, longest ${Math.max(...waits).toFixed(1)} ms [bar 250]`,
    );
    const after = await memory();
    console.log(
      `  process alive, resident ${mib(before.rss)} → ${mib(after.rss)} MiB [bar +32], of it used ${mib(before.held)} → ${mib(after.held)}`,
    );
  }
  writing.stop();
  await until("honest people agree", () => honest[0].ackedCount() === honest[0].sentCount());
  const lane = open(mallory);
  await until("a newcomer has the lane", lane.synced);
  const forged = [...honest].filter(
    ({ doc }) => Y.getState(lane.doc.store, doc.clientID) > Y.getState(doc.store, doc.clientID),
  ).length;
  const words = honest.flatMap(({ doc }) =>
    (lane.doc.store.clients.get(doc.clientID) ?? []).filter(
      (struct) => struct instanceof Y.Item && JSON.stringify(struct.content.getContent()).includes(forgedWords),
    ),
  ).length;
  const signedOut = honest.reduce((sum, client) => sum + client.closeCodes.length, 0);
  console.log(`forgeries that got through: ${forged + words} [bar 0]; honest sockets that were closed: ${signedOut}`);
  for (const client of [...honest, watcher, lane]) client.close();
  process.exitCode = forged + words + signedOut > 0 ? 1 : 0;
}

/** Sends them over as many sockets as it takes: each is closed at its third offence. */
async function attack(
  url: string,
  laneId: string,
  person: JoinReply,
  count: number,
  next: () => Uint8Array | string,
  until: number,
): Promise<{ readonly frames: number; readonly sockets: number }> {
  let left = count;
  let sockets = 0;
  const oneSocket = () =>
    new Promise<void>((done) => {
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/sync/${laneId}?ack=1`, {
        headers: { ...bearer(person.sessionToken), origin: url },
      });
      let isOver = false;
      const end = () => {
        isOver = true;
        socket.terminate();
        done();
      };
      const sendSome = () => {
        for (let burst = 0; burst < 5 && !isOver; burst++) {
          if (left <= 0 || performance.now() > until) return end();
          if (socket.readyState !== WebSocket.OPEN) return;
          left -= 1;
          socket.send(next());
        }
        if (!isOver) setTimeout(sendSome, 1);
      };
      socket.on("open", () => {
        sockets += 1;
        sendSome();
      });
      socket.on("close", end);
      socket.on("error", end);
    });
  const worker = async () => {
    while (left > 0 && performance.now() < until) await oneSocket();
  };
  await Promise.all([worker(), worker(), worker()]);
  return { frames: count - left, sockets };
}

/** Both write on; how long each edit took to the other's screen. */
function writeHonestly(clients: readonly StockClient[]) {
  let waits: number[] = [];
  let edits = 0;
  const leftAt = new Map<string, number>();
  for (const [at, client] of clients.entries()) {
    client.doc.getMap("cards").observe((event) => {
      for (const key of event.keysChanged) {
        const value = event.target.get(key);
        const left = typeof value === "string" && !key.startsWith(`of-${at}-`) ? leftAt.get(value) : undefined;
        if (left !== undefined) waits.push(performance.now() - left);
      }
    });
  }
  const timers = clients.map((client, at) =>
    setInterval(() => {
      edits += 1;
      const words = `edit ${edits} of ${at}`;
      leftAt.set(words, performance.now());
      client.write(`of-${at}-${edits % 20}`, words);
    }, writeEveryMs),
  );
  return {
    restart: () => {
      waits = [];
    },
    waits: () => waits,
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** What the process holds when nobody needs the rest any more, in bytes. */
function memory(): Promise<{ readonly rss: number; readonly held: number }> {
  return server.ask("memory");
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 400) throw new Error(`${what}: not after 20 s`);
    await pause(50);
  }
}
