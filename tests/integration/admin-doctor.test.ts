import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { askAtDoor } from "../../server/admin/door.ts";
import { admin, aServer, boardOf, newFolder } from "./admin-support.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server, port = 0): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

const portOf = (url: string) => new URL(url).port;

/** A web server in front of another, as well or as badly set up as `how` says. */
function aProxy(to: string, how: { readonly upgrades: boolean; readonly host?: string }): Server {
  const target = new URL(to);
  const proxy = createServer((asked, answer) => {
    const headers = { ...asked.headers, ...(how.host ? { host: how.host } : {}) };
    delete headers.upgrade;
    headers.connection = "close";
    asked.pipe(
      request(new URL(asked.url ?? "/", to), { method: asked.method ?? "GET", headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      }),
    );
  });
  if (how.upgrades) {
    proxy.on("upgrade", (asked, socket) => {
      const behind = connect(Number(target.port), target.hostname, () => {
        const headers = { ...asked.headers, ...(how.host ? { host: how.host } : {}) };
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
        behind.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
        behind.pipe(socket).pipe(behind);
      });
      for (const end of [socket, behind]) end.on("error", () => {});
    });
  }
  return proxy;
}

const lookAts = (out: string) => out.split("\n").filter((line) => line.startsWith("look at this"));

describe("doctor", () => {
  test("before the first start all is well, and it makes nothing", async () => {
    const dataDir = join(await newFolder(), "data");
    const { code, out, err } = await admin(["doctor"], { DATA_DIR: dataDir, PORT: "0" });
    expect({ code, err, looks: lookAts(out) }).toEqual({ code: 0, err: "", looks: [] });
    expect(out).toContain("not there yet");
    expect(out).toMatch(/All is well\.\n$/);
    expect([existsSync(dataDir), existsSync(`${dataDir}.key`)]).toEqual([false, false]);
  });

  test("beside a running server each line is ok; at another PORT it says where the server is", async () => {
    const server = await aServer();
    await boardOf(server);
    const env = { DATA_DIR: server.dataDir };
    const well = await admin(["doctor"], { ...env, PORT: portOf(server.url) });
    expect({ code: well.code, looks: lookAts(well.out) }).toEqual({ code: 0, looks: [] });
    expect(well.out).toContain("is whole, and holds 1 board");
    expect(well.out).toContain("A server runs on these data and answers");
    expect(well.out.match(/^ok /gm)?.length).toBeGreaterThanOrEqual(7);
    const free = await listening(createServer());
    const elsewhere = await admin(["doctor"], { ...env, PORT: String(free) });
    expect(elsewhere.code).toBe(1);
    expect(lookAts(elsewhere.out)).toEqual([expect.stringContaining(`It answers on port ${portOf(server.url)}`)]);
    const other = await admin(["doctor"], { DATA_DIR: join(await newFolder(), "data"), PORT: portOf(server.url) });
    expect(lookAts(other.out)).toEqual([expect.stringContaining("on another data folder")]);
  });

  test("a taken port, an open folder, an open key, a wrong clock and a missing key are each to be looked at", async () => {
    const server = await aServer();
    await boardOf(server);
    const { dataDir } = server;
    await server.stop();
    const taken = await listening(createServer((_, answer) => answer.writeHead(404).end()));
    chmodSync(dataDir, 0o755);
    chmodSync(`${dataDir}.key`, 0o644);
    const db = new DatabaseSync(join(dataDir, "alongside.sqlite"));
    db.exec(`UPDATE sessions SET created_at = created_at + ${3 * 24 * 3_600_000}`);
    db.close();
    const first = await admin(["doctor"], { DATA_DIR: dataDir, PORT: String(taken) });
    expect(first.code).toBe(1);
    expect(lookAts(first.out)).toEqual([
      expect.stringContaining(`chmod 700 ${dataDir}`),
      expect.stringContaining(`chmod 600 ${dataDir}.key`),
      expect.stringContaining("3 days later"),
      expect.stringContaining(`Port ${taken} is taken by another program`),
    ]);

    const key = readFileSync(`${dataDir}.key`);
    writeFileSync(`${dataDir}.key`, `${Buffer.alloc(32, 9).toString("base64")}\n`);
    expect((await admin(["doctor"], { DATA_DIR: dataDir, PORT: "0" })).out).toContain("made with another key");
    writeFileSync(`${dataDir}.key`, key);
    renameSync(`${dataDir}.key`, `${dataDir}.key.away`);
    renameSync(join(dataDir, "key.check"), join(dataDir, "key.check.away"));
    const missing = await admin(["doctor"], { DATA_DIR: dataDir, PORT: "0" });
    expect(missing.out).toContain("The key of these data is missing");
    expect(existsSync(`${dataDir}.key`)).toBe(false);
  });

  test("a damaged data file is told, with the way to restore", async () => {
    const server = await aServer();
    await boardOf(server);
    await server.stop();
    const file = join(server.dataDir, "alongside.sqlite");
    const bytes = readFileSync(file);
    // All but the first pages, so that hardly any table can be read.
    writeFileSync(file, bytes.fill(0xa5, 8_192));
    const { code, out } = await admin(["doctor"], { DATA_DIR: server.dataDir, PORT: "0" });
    expect(code).toBe(1);
    expect(lookAts(out)).toEqual([expect.stringMatching(/is damaged .*restore DIR/)]);
  });

  test("what another hand changed in the file is told: somebody's rights, or a line of the audit", async () => {
    const server = await aServer();
    const { boardId } = await boardOf(server);
    await server.stop();
    const file = join(server.dataDir, "alongside.sqlite");
    const whole = readFileSync(file);
    for (const change of ["UPDATE people SET role = 'worker'", "UPDATE audit SET action = 'declined' WHERE n = 1"]) {
      const db = new DatabaseSync(file);
      db.exec(change);
      db.close();
      const { code, out } = await admin(["doctor"], { DATA_DIR: server.dataDir, PORT: "0" });
      expect(code, out).toBe(1);
      expect(out).toContain("changed by another hand");
      expect(out).toContain(`Board ${boardId}`);
      writeFileSync(file, whole);
    }
  });

  test("PUBLIC_URL: a proxy that passes sockets is well; one that does not gets the lines that cure it", async () => {
    // The address is known before the server that is to have it.
    const front = createServer((_, answer) => answer.end());
    const publicUrl = `http://localhost:${await listening(front)}`;
    const { dataDir } = await aServer({ PUBLIC_URL: publicUrl });
    const at = await askAtDoor(dataDir, { kind: "where" });
    const port = at?.kind === "where" ? at.port : 0;
    const env = { DATA_DIR: dataDir, PORT: String(port), PUBLIC_URL: publicUrl };
    const through = async (how: Parameters<typeof aProxy>[1]) => {
      const proxy = aProxy(`http://127.0.0.1:${port}`, how);
      front.removeAllListeners("request").removeAllListeners("upgrade");
      for (const event of ["request", "upgrade"]) {
        for (const listener of proxy.listeners(event)) front.on(event, listener as () => void);
      }
      return admin(["doctor"], env);
    };

    const well = await through({ upgrades: true });
    expect({ code: well.code, looks: lookAts(well.out) }).toEqual({ code: 0, looks: [] });
    expect(well.out).toContain("WebSockets pass");

    const deaf = await through({ upgrades: false });
    expect(deaf.code).toBe(1);
    expect(lookAts(deaf.out)).toEqual([expect.stringContaining("WebSockets do not pass")]);
    expect(deaf.out).toContain("reverse_proxy 127.0.0.1:");
    expect(deaf.out).toContain("proxy_set_header Upgrade $http_upgrade;");

    const renamed = await through({ upgrades: true, host: "inner.example.org" });
    expect(lookAts(renamed.out)).toEqual([expect.stringContaining("changes the Host")]);
    expect(renamed.out).toContain("proxy_set_header Host $http_host;");

    front.removeAllListeners("request").on("request", (_, answer) => answer.writeHead(502).end("Bad gateway"));
    const broken = await admin(["doctor"], env);
    expect(lookAts(broken.out)).toEqual([expect.stringContaining("it answers 502")]);
    const noTls = await admin(["doctor"], { ...env, PUBLIC_URL: "http://192.0.2.1" });
    expect(lookAts(noTls.out)[0]).toContain("no TLS");
  });
});
