import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const project = join(import.meta.dirname, "../..");
let folder: string;
let dataDir: string;
const running: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "alongside-start-"));
  dataDir = join(folder, "data");
});
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
  await rm(folder, { recursive: true, force: true });
});

interface Process {
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  /** Until standard output matches. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly stop: () => Promise<{ readonly code: number | null }>;
}

function run(script: string, env: Record<string, string> = {}, words: readonly string[] = []): Process {
  const child = spawn(process.execPath, [join(project, script), ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: "0", DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  let onOut = () => {};
  child.stdout.on("data", (chunk) => {
    out += chunk;
    onOut();
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) =>
    child.once("close", (code) => done({ code, out, err })),
  );
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  running.push(stop);
  return {
    ended,
    stop,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        onOut = () => {
          const found = pattern.exec(out);
          if (found) resolve(found);
        };
        onOut();
        void ended.then(({ code }) => reject(new Error(`It ended with ${code}: ${err}`)));
      }),
  };
}

const startMain = (env: Record<string, string> = {}) => run("server/main.js", env);
const isSentence = /^[A-Z][^\n]*\.\n$/;

test("it prints its address and the set-up link, one line each, and stops gently with 0", async () => {
  const server = startMain();
  const [, address = "", setup = ""] = await server.printed(/^Alongside is at (\S+)\n.*? (\S+\/setup#\S+)\n/);
  expect(setup.startsWith(`${address}/setup#`)).toBe(true);
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  const token = new URL(setup).hash.slice(1);
  const body = { token, name: "Bo", email: "bo@example.org", password: "a long enough password" };
  const made = await fetch(`${address}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(made.status).toBe(201);
  expect((await server.stop()).code).toBe(0);

  const again = startMain();
  await again.printed(/Alongside is at/);
  const { code, out } = await again.stop().then(() => again.ended);
  expect({ code, lines: out.trim().split("\n").length }).toEqual({ code: 0, lines: 1 });
  // Only its owner may read the key and the data.
  expect((await stat(`${dataDir}.key`)).mode & 0o077).toBe(0);
  expect((await stat(join(dataDir, "alongside.sqlite"))).mode & 0o077).toBe(0);
});

describe("what cannot work is one sentence and exit 2", () => {
  const refused = async (process: Process) => {
    const { code, out, err } = await process.ended;
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(isSentence);
    return err;
  };

  test.each([
    ["PORT", "eighty"],
    ["LOG_LEVEL", "loud"],
    ["PUBLIC_URL", "board.example.org"],
    ["ALONGSIDE_KEY", "short"],
    ["ALONGSIDE_KEYS", "x"],
    ["DATABASE_URL", "postgres://localhost/boards"],
    ["OIDC_ISSUER", "https://id.example.org"],
  ])("%s=%s", async (name, value) => {
    expect(await refused(startMain({ [name]: value }))).toContain(name);
  });

  test("a taken port", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => taken.once("listening", done));
    try {
      const { port } = taken.address() as AddressInfo;
      expect(await refused(startMain({ PORT: String(port) }))).toContain(`Port ${port} is taken`);
    } finally {
      taken.close();
    }
  });

  test("an address that is not this machine's", async () => {
    expect(await refused(startMain({ HOST: "203.0.113.1" }))).toContain("203.0.113.1");
  });

  test("a damaged data file, which is left as it is", async () => {
    await mkdir(dataDir);
    const file = join(dataDir, "alongside.sqlite");
    await writeFile(file, "This is no database. ".repeat(500));
    expect(await refused(startMain())).toContain("damaged");
    expect(await readFile(file, "utf8")).toBe("This is no database. ".repeat(500));
  });

  test("a data file of a newer version", async () => {
    const first = startMain();
    await first.printed(/Alongside is at/);
    await first.stop();
    const db = new DatabaseSync(join(dataDir, "alongside.sqlite"));
    db.exec("PRAGMA user_version = 999");
    db.close();
    expect(await refused(startMain())).toContain("newer version");
  });

  test("a data file that another server has open", async () => {
    const first = startMain();
    await first.printed(/Alongside is at/);
    expect(await refused(startMain())).toContain("in use");
  });

  test("a data folder that cannot be made", async () => {
    await writeFile(dataDir, "a file where the folder should be");
    expect(await refused(startMain())).toContain(dataDir);
    expect(await refused(startMain({ DATA_DIR: join(dataDir, "below") }))).toContain(dataDir);
    // The kernel lets nobody make a folder there, root neither.
    expect(await refused(startMain({ DATA_DIR: "/sys/boards" }))).toContain("/sys/boards");
    // Here it says "no such folder" of one that is there, which Node's own recursive mkdir never gives up on.
    expect(await refused(startMain({ DATA_DIR: "/proc/boards/deeper" }))).toContain("/proc/boards");
  });

  test("a key that is missing or another one than the data was made with", async () => {
    const first = startMain();
    await first.printed(/Alongside is at/);
    await first.stop();
    expect(await refused(startMain({ ALONGSIDE_KEY: "ab".repeat(32) }))).toContain("another key");
    await rm(`${dataDir}.key`);
    expect(await refused(startMain())).toContain("missing");
    await writeFile(`${dataDir}.key`, "not a key");
    expect(await refused(startMain())).toContain("damaged");
  });
});

describe("admin commands", () => {
  const admin = (...words: string[]) => run("server/admin.ts", {}, words).ended;

  test("a token and a staff link made beside a running server work there at once", async () => {
    const server = startMain();
    const [, address = ""] = await server.printed(/^Alongside is at (\S+)\n/);
    const token = (await admin("token", "--name", "referrals")).out.trim();
    const made = await fetch(`${address}/api/boards`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: "Ana's board", owner: { name: "Ana", language: "en" } }),
    });
    expect(made.status).toBe(201);
    expect((await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const link = (await admin("staff-link")).out.trim();
    const setUp = await fetch(`${address}/api/setup`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ name: "Bo", email: "bo@example.org", password: "a long enough password" },
        token: new URL(link).hash.slice(1),
      }),
    });
    expect(setUp.status).toBe(201);
    expect((await admin("doctor")).out).toContain("can be opened and written");
  });

  test("a wrong command or a token without a name is one sentence and exit 2", async () => {
    for (const words of [[], ["fly"], ["token"], ["doctor", "twice"]]) {
      const { code, err } = await admin(...words);
      expect(code).toBe(2);
      expect(err).toMatch(/\.\n$/);
    }
  });
});
