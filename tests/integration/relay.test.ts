import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import type { PersonId } from "#shared/board/ids.ts";
import type { ErrorKind } from "#shared/protocol/errors.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Result } from "#shared/result.ts";
import { ok } from "#shared/result.ts";
import type { Admission, Admit } from "../../server/access/admission.ts";
import { createFakeLaneStore, type FakeLaneStore } from "../support/fake-lane-store.ts";
import { anAdmission, aPerson, sharedLane } from "../support/lane-people.ts";
import { believe, type RelayServer, startRelayServer } from "../support/relay-server.ts";
import { openStockClient, type StockClient } from "../support/stock-client.ts";

const opened: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function aServer(store: FakeLaneStore = createFakeLaneStore(), options: { admit?: Admit; port?: number } = {}) {
  const server = await startRelayServer(store, options);
  opened.push(server.close);
  return { ...server, store };
}

function aClient(server: Pick<RelayServer, "url">, token: string, options: Parameters<typeof openStockClient>[2] = {}) {
  const client = openStockClient(server.url, token, options);
  opened.push(client.close);
  return client;
}

async function aRawSocket(server: Pick<RelayServer, "url">, token = "mallory", path = "/sync/lane-shared?ack=1") {
  const socket = new WebSocket(server.url + path, { headers: { authorization: `Bearer ${token}` } });
  opened.push(() => socket.terminate());
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await once(socket, "open");
  return { socket, closed };
}

const same = (...clients: StockClient[]) => {
  const [first, ...others] = clients.map(({ doc }) => Y.encodeStateAsUpdate(doc));
  return first !== undefined && others.every((other) => Buffer.compare(first, other) === 0);
};
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

test("[R1] three stock clients converge, edits made while apart included", async () => {
  const server = await aServer();
  const [ana, bo, cy] = [aClient(server, "ana"), aClient(server, "bo"), aClient(server, "cy")];
  ana.write("garden", "I grow tomatoes");
  await until(() => expect([bo.words(), cy.words()]).toEqual([ana.words(), ana.words()]));
  cy.provider.disconnect();
  cy.write("bike", "I can mend a bike");
  bo.write("choir", "Forty years in the choir");
  await until(() => expect(ana.words()).toHaveProperty("choir"));
  cy.provider.connect();
  await until(() => {
    expect(Object.keys(ana.words()).sort()).toEqual(["bike", "choir", "garden"]);
    expect(same(ana, bo, cy)).toBe(true);
  });
});

test("[R2] stock clients never receive a message type of ours, and one that asks does", async () => {
  const server = await aServer();
  const stock = aClient(server, "ana");
  const asking = aClient(server, "bo", { params: { ack: "1" } });
  await until(() => expect([stock.synced(), asking.synced()]).toEqual([true, true]));
  stock.write("garden", "I grow tomatoes");
  asking.write("bike", "I can mend a bike");
  server.relay.personChanged(aPerson("Ana"));
  await until(() => {
    expect(asking.frameTypes).toContain(100);
    expect(asking.frameTypes).toContain(102);
    expect(stock.words()).toHaveProperty("bike");
  });
  expect(stock.frameTypes.every((type) => type < 100)).toBe(true);
});

test("[R1] a new relay on the same store has everything", async () => {
  const first = await aServer();
  const ana = aClient(first, "ana");
  ana.write("garden", "I grow tomatoes");
  await until(() => expect(first.store.rows(sharedLane)).toHaveLength(1));
  ana.close();
  await first.close();
  const bo = aClient(await aServer(first.store), "bo");
  await until(() => expect(bo.words()).toEqual({ garden: "I grow tomatoes" }));
});

test("[R1] drain loses nothing that arrived, and clients come back to the next relay by themselves", async () => {
  const first = await aServer();
  const ana = aClient(first, "ana");
  const bo = aClient(first, "bo");
  await until(() => expect([ana.synced(), bo.synced()]).toEqual([true, true]));
  for (let index = 0; index < 200; index++) ana.write(`card-${index}`, "words");
  await until(() => expect(Object.keys(bo.words()).length).toBeGreaterThan(0));
  const seen = bo.words();
  await first.close();
  expect(ana.closeCodes).toContain(1012);
  const kept = new Y.Doc();
  for (const { bytes } of first.store.rows(sharedLane)) Y.applyUpdate(kept, bytes);
  expect(kept.getMap("cards").toJSON()).toMatchObject(seen);
  await aServer(first.store, { port: first.port });
  await until(() => expect(Object.keys(bo.words())).toHaveLength(200));
});

test("[R8] a stock reader reads, and its writes reach nobody", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const server = await aServer();
  const writer = aClient(server, "ana");
  const reader = aClient(server, "bo:read");
  writer.write("garden", "I grow tomatoes");
  await until(() => expect(reader.words()).toHaveProperty("garden"));
  reader.write("bike", "not mine to write");
  await until(() => expect(warned.mock.calls.flat().join()).toContain("read-only"));
  writer.write("choir", "Forty years in the choir");
  await until(() => expect(reader.words()).toHaveProperty("choir"));
  expect(writer.words()).not.toHaveProperty("bike");
  expect(server.store.rows(sharedLane)).toHaveLength(2);
  warned.mockRestore();
});

test("[R5] stock clients see each other as the relay knows them, whatever they say they are, and see each other go", async () => {
  const server = await aServer();
  const ana = aClient(server, "ana");
  const bo = aClient(server, "bo");
  await until(() => expect([ana.synced(), bo.synced()]).toEqual([true, true]));
  bo.provider.awareness.setLocalStateField("user", { name: "Ana" });
  bo.provider.awareness.setLocalStateField("person", { id: "person-ana", name: "Ana", role: "client" });
  const seen = () => ana.provider.awareness.getStates().get(bo.doc.clientID);
  await until(() => expect(seen()?.person).toMatchObject({ id: "person-bo", name: "Bo" }));
  expect(seen()).not.toHaveProperty("user");
  bo.close();
  await until(() => expect(seen()).toBeUndefined());
});

test("[R2] a failing store passes nothing on; when it heals all comes back, from stock clients too", async () => {
  const server = await aServer();
  const ana = aClient(server, "ana");
  const bo = aClient(server, "bo", { params: { ack: "1" } });
  await until(() => expect([ana.synced(), bo.synced()]).toEqual([true, true]));
  server.store.fails = "everything";
  ana.write("garden", "I grow tomatoes");
  ana.write("bike", "I can mend a bike");
  await until(() => expect(bo.frameTypes).toContain(102));
  expect(bo.words()).toEqual({});
  server.store.fails = "nothing";
  await until(() => expect(bo.words()).toEqual({ garden: "I grow tomatoes", bike: "I can mend a bike" }));
});

test.each([
  ["a text frame", "hello", 1003],
  ["an unknown message type", new Uint8Array([77, 1]), 1002],
  ["garbage", new Uint8Array([0, 2, 255, 255, 255, 255, 255]), 1002],
  ["a frame too big", new Uint8Array(limits.frameBytes + 1), 1009],
])("[R4] %s closes that socket alone", async (_what, data, code) => {
  const server = await aServer();
  const ana = aClient(server, "ana");
  const bo = aClient(server, "bo");
  const { socket, closed } = await aRawSocket(server);
  socket.send(data);
  expect(await closed).toBe(code);
  ana.write("garden", "I grow tomatoes");
  await until(() => expect(bo.words()).toHaveProperty("garden"));
});

test("[R4] a torn websocket frame or a reset connection harms nobody else", async () => {
  const server = await aServer();
  const ana = aClient(server, "ana");
  const bo = aClient(server, "bo");
  const { socket, closed } = await aRawSocket(server);
  (socket as unknown as { _socket: import("node:net").Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
  await closed;
  const halfway = connect(server.port, "127.0.0.1");
  halfway.write("GET /sync/lane-shared HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  await once(halfway, "data");
  halfway.resetAndDestroy();
  ana.write("garden", "I grow tomatoes");
  await until(() => expect(bo.words()).toHaveProperty("garden"));
});

/** What a plain HTTP client is answered when it asks for the upgrade. */
function askFor(server: RelayServer, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; connection: string | undefined; body: unknown }>((resolve, reject) => {
    const asking = request(`http://127.0.0.1:${server.port}${path}`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.alloc(16).toString("base64"),
        ...headers,
      },
    });
    asking.on("error", reject);
    asking.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, connection: undefined, body: undefined });
    });
    asking.on("response", async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, body: JSON.parse(body) });
    });
    asking.end();
  });
}

test.each<[string, string, Record<string, string>, number, ErrorKind]>([
  ["nobody known", "/sync/lane-shared", {}, 401, "not-signed-in"],
  ["a lane of others", "/sync/lane-of-others", { authorization: "Bearer ana" }, 404, "not-found"],
  ["an id that is none", "/sync/..%2f", { authorization: "Bearer ana" }, 404, "not-found"],
  ["another address", "/elsewhere", { authorization: "Bearer ana" }, 404, "not-found"],
])(
  "[R8] %s is refused before the upgrade, with a status and a sentence",
  async (_what, path, headers, status, kind) => {
    const server = await aServer();
    const answer = await askFor(server, path, headers);
    expect(answer).toMatchObject({
      status,
      connection: "close",
      body: { error: { kind, message: expect.any(String) } },
    });
    expect(server.relay.counts().connections).toBe(0);
  },
);

test("[R8] a gate that breaks lets nobody in", async () => {
  const server = await aServer(undefined, { admit: () => Promise.reject(new Error("broken")) });
  expect(await askFor(server, "/sync/lane-shared")).toMatchObject({
    status: 500,
    body: { error: { kind: "unexpected" } },
  });
});

test("[R8] a session has 8 sockets; the ninth is refused with 429, and one that closes makes room", async () => {
  const server = await aServer();
  const sockets = [];
  for (let count = 0; count < limits.socketsPerSession; count++) sockets.push(await aRawSocket(server, "ana"));
  expect(await askFor(server, "/sync/lane-shared", { authorization: "Bearer ana" })).toMatchObject({ status: 429 });
  expect(await askFor(server, "/sync/lane-shared", { authorization: "Bearer bo" })).toMatchObject({ status: 101 });
  sockets[0]?.socket.close();
  await until(() => expect(server.relay.socketsOf("session-person-ana")).toBe(limits.socketsPerSession - 1));
  expect(await askFor(server, "/sync/lane-shared", { authorization: "Bearer ana" })).toMatchObject({ status: 101 });
});

test("[R8] a person removed between the gate's question and the open socket is closed", async () => {
  let letIn: (result: Result<Admission, { kind: ErrorKind }>) => void = () => {};
  const asked = Promise.withResolvers<void>();
  const server = await aServer(undefined, {
    admit: () => {
      asked.resolve();
      return new Promise((resolve) => {
        letIn = resolve;
      });
    },
  });
  const socket = new WebSocket(`${server.url}/sync/lane-shared`);
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await asked.promise;
  server.relay.closePerson("person-ana" as PersonId, "removed");
  letIn(ok(anAdmission(aPerson("Ana"))));
  expect(await closed).toBe(4403);
});

test("[R8] a removed stock client is closed for good and does not try again", async () => {
  const asked = vi.fn(believe);
  const server = await aServer(undefined, { admit: asked });
  const ana = aClient(server, "ana");
  await until(() => expect(ana.synced()).toBe(true));
  server.relay.closePerson("person-ana" as PersonId, "removed");
  await until(() => expect(ana.closeCodes).toEqual([4403]));
  expect(ana.provider.shouldConnect).toBe(false);
  expect(asked).toHaveBeenCalledTimes(1);
});
