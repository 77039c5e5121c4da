import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import * as Y from "yjs";
import type { JoinReply, NewBoardReply, NewInvitationReply } from "#shared/protocol/api.ts";
import { askAcksParam, messageTypes, readServerMessage, syncTypes } from "#shared/protocol/messages.ts";
import { bearer, callApi, joinByLink } from "../../server/demo/demo-person.ts";
import { firstWorker, type RunningServer, startServer } from "../support/start-server.ts";
import { mean, printTable, quantile } from "./numbers.ts";

const peoplePerBoard = 3;
const editsPerSecond = 2;
const presencePerSecond = 20;
const warmUpMs = 3_000;
const measureMs = 10_000;

/**
 * Boards of three people, each writing twice a second and moving a pointer twenty times a second: what a board costs the
 * relay in CPU, and how long an edit takes to another screen and to its ack. Ours alone; its peers come later.
 */
export async function benchRelay(): Promise<void> {
  const rows = [];
  for (const boards of [10, 50, 100]) rows.push(await runWith(boards));
  printTable(rows);
  console.log("  (writers and relay share this machine's processors; latencies in ms)");
}

async function runWith(boardCount: number): Promise<Record<string, number>> {
  const server = await startServer();
  try {
    const { headers } = await firstWorker(server);
    const sockets: BenchSocket[] = [];
    for (let board = 0; board < boardCount; board += 1)
      sockets.push(...(await openBoardOfThree(server, headers, board)));
    await pause(warmUpMs);
    const seen: number[] = [];
    const acked: number[] = [];
    for (const socket of sockets) socket.measureInto(seen, acked);
    const cpuBefore = cpuMsOf(server.pid());
    const startedAt = performance.now();
    await pause(measureMs);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuMs = cpuMsOf(server.pid()) - cpuBefore;
    for (const socket of sockets) socket.close();
    return {
      boards: boardCount,
      "edits/s": seen.length / (peoplePerBoard - 1) / seconds,
      "CPU ms per board·s": cpuMs / seconds / boardCount,
      "seen p50": quantile(seen, 0.5),
      "seen p99": quantile(seen, 0.99),
      "acked mean": mean(acked),
      "acked p50": quantile(acked, 0.5),
      "acked p99": quantile(acked, 0.99),
    };
  } finally {
    await server.close();
  }
}

/** User and system time of a process (Linux: clock ticks of 10 ms). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

interface BenchSocket {
  readonly measureInto: (seen: number[], acked: number[]) => void;
  readonly close: () => void;
}

async function openBoardOfThree(
  server: RunningServer,
  staff: Readonly<Record<string, string>>,
  number: number,
): Promise<BenchSocket[]> {
  const made = await callApi<NewBoardReply>(
    server.url,
    "POST",
    "/api/boards",
    { title: `Board ${number}`, owner: { name: "Ana", language: "en" } },
    staff,
  );
  const owner = await joinByLink(server.url, made.invitation.url);
  const people: JoinReply[] = [owner];
  const lanes = owner.lanes.map(({ laneId }) => ({ laneId, access: "write" as const }));
  while (people.length < peoplePerBoard) {
    const invited = await callApi<NewInvitationReply>(
      server.url,
      "POST",
      `/api/boards/${made.boardId}/invitations`,
      { name: "Bo", role: "supporter", language: "en", lanes },
      bearer(owner.sessionToken),
    );
    if ("pending" in invited) throw new Error("Bug: the owner's own invitation waits");
    people.push(await joinByLink(server.url, invited.url));
  }
  return Promise.all(people.map((person, at) => openSocket(server.url, person, number * peoplePerBoard + at)));
}

/** When each update left, by its bytes' own mark: every writer of this process shares the clock. */
const sentAt = new Map<string, number>();

async function openSocket(url: string, person: JoinReply, seed: number): Promise<BenchSocket> {
  const shared = person.lanes.find(({ kind }) => kind === "shared");
  if (!shared) throw new Error("Bug: no shared lane");
  const doc = new Y.Doc();
  const words = doc.getMap("bench");
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/sync/${shared.laneId}?${askAcksParam}=1`, {
    headers: { ...bearer(person.sessionToken), origin: url },
  });
  let seen: number[] | undefined;
  let acked: number[] | undefined;
  let sent = 0;
  const waiting = new Map<number, number>();

  const send = (write: (encoder: encoding.Encoder) => void, isUpdate: boolean) => {
    if (isUpdate) sent += 1;
    socket.send(encoding.encode(write));
  };
  socket.on("message", (data: Buffer) => {
    const decoder = decoding.createDecoder(new Uint8Array(data));
    const type = decoding.readVarUint(decoder);
    if (type === messageTypes.ack) {
      const message = readServerMessage("ack", decoder);
      if (message?.type !== "ack") return;
      for (const [count, at] of waiting) {
        if (count > message.count) break;
        acked?.push(performance.now() - at);
        waiting.delete(count);
      }
      return;
    }
    if (type !== messageTypes.sync) return;
    const syncType = decoding.readVarUint(decoder);
    if (syncType === syncTypes.step1) {
      const vector = decoding.readVarUint8Array(decoder);
      send((encoder) => {
        encoding.writeVarUint(encoder, messageTypes.sync);
        encoding.writeVarUint(encoder, syncTypes.step2);
        encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(doc, vector));
      }, true);
      return;
    }
    const update = decoding.readVarUint8Array(decoder);
    if (syncType === syncTypes.update) {
      const left = sentAt.get(Buffer.from(update).toString("base64"));
      if (left !== undefined) seen?.push(performance.now() - left);
    }
    Y.applyUpdate(doc, update, "relay");
  });
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin === "relay" || socket.readyState !== WebSocket.OPEN) return;
    sentAt.set(Buffer.from(update).toString("base64"), performance.now());
    send((encoder) => {
      encoding.writeVarUint(encoder, messageTypes.sync);
      encoding.writeVarUint(encoder, syncTypes.update);
      encoding.writeVarUint8Array(encoder, update);
    }, true);
    waiting.set(sent, performance.now());
  });
  await new Promise<void>((done, failed) => {
    socket.once("open", () => done());
    socket.once("error", failed);
  });
  send((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    encoding.writeVarUint(encoder, syncTypes.step1);
    encoding.writeVarUint8Array(encoder, Y.encodeStateVector(doc));
  }, false);

  let edits = 0;
  let presenceClock = 0;
  const timers = [
    setInterval(() => {
      edits += 1;
      words.set(`${seed}`, `edit ${edits} of ${seed}, about as long as a line of words`);
    }, 1000 / editsPerSecond),
    setInterval(() => {
      presenceClock += 1;
      socket.send(
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, messageTypes.presence);
          encoding.writeVarUint8Array(
            encoder,
            encoding.encode((inner) => {
              encoding.writeVarUint(inner, 1);
              encoding.writeVarUint(inner, doc.clientID);
              encoding.writeVarUint(inner, presenceClock);
              encoding.writeVarString(
                inner,
                JSON.stringify({
                  pointer: { area: "home", time: "now", at: { x: presenceClock % 300, y: seed % 200 } },
                }),
              );
            }),
          );
        }),
      );
    }, 1000 / presencePerSecond),
  ];
  return {
    measureInto: (nextSeen, nextAcked) => {
      seen = nextSeen;
      acked = nextAcked;
    },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      socket.terminate();
    },
  };
}
