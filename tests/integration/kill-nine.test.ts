import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test, vi } from "vitest";
import { seeded } from "../support/seeded.ts";
import { openStockClient, type StockClient } from "../support/stock-client.ts";

const rounds = Number(process.env.KILL_NINE_ROUNDS ?? 40);
const program = new URL("../support/relay-process.ts", import.meta.url).pathname;

async function startRelayProcess(file: string): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [program, file], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening on (\d+)$/.exec(line)?.[1];
    if (port) return { child, url: `ws://127.0.0.1:${port}` };
  }
  throw new Error("the relay's process ended before it listened");
}

/**
 * Writes one card after another, at most a few unanswered at a time, and notes which of them an ack has covered. Only
 * starts once it is in sync: from then on the number of frames sent tells which cards went with them.
 */
function keepWriting(writer: StockClient, name: string, acked: Set<string>) {
  const keyByCount = new Map<number, string>();
  let written = 0;
  const writeOne = () => {
    const key = `${name}-${written++}`;
    writer.write(key, `the words of ${key}`);
    keyByCount.set(writer.sentCount(), key);
  };
  writer.onAck((count) => {
    for (const [sent, key] of keyByCount) {
      if (sent > count) break;
      acked.add(key);
      keyByCount.delete(sent);
    }
    while (writer.provider.wsconnected && keyByCount.size < 4) writeOne();
  });
  writeOne();
}

test(`[R1] ${rounds} × kill -9 while three people write: nothing acked or seen is missing afterwards`, async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
  const random = seeded(seed);
  console.log(`kill-nine: SEED=${seed}`);
  const folder = await mkdtemp(join(tmpdir(), "kill-nine-"));
  const file = join(folder, "boards.sqlite");
  const acked = new Set<string>();
  const seen = new Set<string>();
  const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });
  let child: ChildProcess | undefined;
  try {
    for (let round = 0; round <= rounds; round++) {
      const started = await startRelayProcess(file);
      child = started.child;
      const clients: StockClient[] = [];
      const enter = (name: string) => {
        const client = openStockClient(started.url, name, { params: { ack: "1" } });
        clients.push(client);
        return client;
      };

      const witness = enter("witness");
      await until(() => expect(witness.synced()).toBe(true));
      const kept = witness.words();
      const missing = [...acked, ...seen].filter((key) => kept[key] !== `the words of ${key}`);
      expect(missing, `after round ${round} (SEED=${seed})`).toEqual([]);

      if (round < rounds) {
        const writers = ["ana", "bo", "cy"].map(enter);
        await until(() => expect(writers.every((writer) => writer.synced())).toBe(true));
        const seenBefore = seen.size;
        witness.doc.getMap("cards").observe(({ keysChanged }) => {
          for (const key of keysChanged) seen.add(key as string);
        });
        for (const [index, writer] of writers.entries()) keepWriting(writer, `${round}-${index}`, acked);
        const enough = random.whole(1, 60);
        await until(() => expect(seen.size - seenBefore).toBeGreaterThanOrEqual(enough));
        // Anywhere within the store's next group or two.
        const extraMs = random.next() * 10;
        await new Promise((resolve) => setTimeout(resolve, extraMs));
      }
      child.kill("SIGKILL");
      await once(child, "exit");
      child = undefined;
      // What was on its way to the witness is seen too; nothing of these clients lives on to bring it back.
      await until(() => expect(clients.every((client) => client.closeCodes.length > 0)).toBe(true));
      for (const client of clients) {
        client.close();
        client.doc.destroy();
      }
    }
  } finally {
    child?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`kill-nine: ${rounds} rounds, ${acked.size} acked, ${seen.size} seen, 0 missing`);
  expect(acked.size).toBeGreaterThan(rounds);
}, 300_000);
