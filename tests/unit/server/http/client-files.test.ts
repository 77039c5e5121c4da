import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import express from "express";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientFiles } from "../../../../server/http/client-files.ts";

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "alongside-client-"));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true, force: true });
});

async function serve(): Promise<(path: string, method?: string) => Promise<Response>> {
  const app = express();
  app.use(clientFiles(folder));
  app.use((_request, response) => void response.status(404).send("not here"));
  server = createServer(app);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return (path, method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { "accept-encoding": "br" } });
}

async function built(): Promise<void> {
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "the page");
  await writeFile(join(folder, "assets/main-abc123.js"), "the script");
  await writeFile(join(folder, "assets/main-abc123.js.br"), brotliCompressSync("the script"));
}

test("any screen's address gets the page, asked for anew each time", async () => {
  await built();
  const get = await serve();
  for (const path of ["/", "/join", "/board/x_1-Y", "/setup"]) {
    const response = await get(path);
    expect(await response.text(), path).toBe("the page");
    expect(response.headers.get("cache-control"), path).toBe("no-cache");
  }
});

test("files named after their content stay for a year, packed where the browser can unpack", async () => {
  await built();
  const get = await serve();
  const response = await get("/assets/main-abc123.js");
  expect(response.headers.get("cache-control")).toContain("immutable");
  expect(response.headers.get("content-encoding")).toBe("br");
  expect(await response.text()).toBe("the script");
});

test("a file that is not there is 404, not the page; nothing but reading is answered", async () => {
  await built();
  const get = await serve();
  expect((await get("/assets/gone.js")).status).toBe(404);
  expect(await (await get("/..%2f..%2fpackage.json")).text()).toBe("the page");
  expect((await get("/join", "POST")).status).toBe(404);
});

test("before the screens are built, a sentence says so", async () => {
  const get = await serve();
  const response = await get("/");
  expect(response.status).toBe(503);
  expect(await response.text()).toContain("npm run build");
});
