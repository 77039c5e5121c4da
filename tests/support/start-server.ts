import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callApi } from "../../server/demo/demo-person.ts";

/** A real server in a process of its own, with a data folder of its own: it can be killed and started again. */
export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
  /** The first worker's set-up link, as the first start printed it. */
  readonly setupLink: string;
  readonly pid: () => number;
  /** As a power switch does it: no warning, no draining. */
  readonly kill: () => Promise<void>;
  /** As Ctrl+C does it. Resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** On the same port and the same data. */
  readonly restart: () => Promise<void>;
  /** Everything printed since the first start. */
  readonly output: () => string;
  /** Asks what was loaded into it with `preload`. */
  readonly ask: <Answer>(message: string) => Promise<Answer>;
  /** Stops it and takes its data away. */
  readonly close: () => Promise<void>;
}

const projectFolder = join(import.meta.dirname, "../..");

/** Starts one on a free port. Vitest's own Node runs it: npm put the pinned one there. */
export async function startServer(
  env: Readonly<Record<string, string>> = {},
  { script = "server/main.js", preload }: { readonly script?: string; readonly preload?: string } = {},
): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), "alongside-test-"));
  const dataDir = join(folder, "data");
  let output = "";
  let child: ChildProcess | undefined;
  let url = "";

  const start = async (port: string) => {
    const flags = preload ? ["--import", preload] : [];
    const started = spawn(process.execPath, [...flags, join(projectFolder, script)], {
      cwd: projectFolder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: "warn", ...env, PORT: port, DATA_DIR: dataDir },
      stdio: ["ignore", "pipe", "pipe", ...(preload ? (["ipc"] as const) : [])],
    });
    child = started;
    const since = output.length;
    await new Promise<void>((done, failed) => {
      const onOutput = (chunk: Buffer) => {
        output += chunk;
        const found = /https?:\/\/[^\s/]+:\d+/.exec(output.slice(since))?.[0];
        if (!found) return;
        url = found;
        done();
      };
      started.stdout?.on("data", onOutput);
      started.stderr?.on("data", onOutput);
      started.once("error", failed);
      started.once("exit", (code) => failed(new Error(`The server ended with ${code}:\n${output}`)));
    });
    await untilReady(url);
  };
  const end = (signal: "SIGKILL" | "SIGTERM"): Promise<number | null> => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return Promise.resolve(null);
    return new Promise((done) => {
      running.once("exit", (code) => done(code));
      running.kill(signal);
    });
  };

  await start("0");
  return {
    url,
    dataDir,
    setupLink: /https?:\/\/\S+#\S+/.exec(output)?.[0] ?? "",
    pid: () => child?.pid ?? 0,
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
    restart: async () => {
      await end("SIGKILL");
      await start(new URL(url).port);
    },
    output: () => output,
    ask: <Answer>(message: string) =>
      new Promise<Answer>((answered) => {
        child?.once("message", (answer) => answered(answer as Answer));
        child?.send(message);
      }),
    close: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (tries > 200) throw new Error("The server did not become ready in 10 seconds.");
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** A signed-in worker, as a program: the cookies of their sign-in. */
export interface StaffSignIn {
  readonly email: string;
  readonly password: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes the first worker's account with the set-up link, and signs in. */
export async function firstWorker(server: RunningServer, name = "Sunita"): Promise<StaffSignIn> {
  const email = `${name.toLowerCase()}@example.org`;
  const password = "a long enough password";
  const token = new URL(server.setupLink).hash.slice(1);
  await callApi(server.url, "POST", "/api/setup", { token, name, email, password });
  return { email, password, headers: await signIn(server.url, email, password) };
}

export async function signIn(url: string, email: string, password: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/api/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`Signing in answered ${response.status}: ${await response.text()}`);
  return {
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; "),
  };
}
