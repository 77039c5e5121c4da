import { expect, test } from "vitest";
import type { InvitationView, NewInvitationReply } from "#shared/protocol/api.ts";
import { bearer, callApi } from "../../server/demo/demo-person.ts";
import { admin, aServer, boardOf, device, newFolder, saved, until } from "./admin-support.ts";

/** A path, a body or a header that a stranger may send. */
const anything = (url: string, init: RequestInit = {}) => fetch(url, init).then((reply) => reply.status);

/** Some start several programs each. */
const slowMs = 240_000;

test("in a whole day's work no log line holds a word, a name, an address, a secret or a token, and each is JSON", {
  timeout: slowMs,
}, async () => {
  const server = await aServer({ LOG_LEVEL: "trace" });
  const board = await boardOf(server, "Zofia-Unheard");
  const asAna = bearer(board.ana.sessionToken);
  const path = `/api/boards/${board.boardId}`;
  const phone = await device(server, board);
  const words = ["plum-jam-word", "grandmother-word", "اسم-لا-يُكتب"];
  for (const word of words) phone.write(word, `${word} on the board`);
  phone.provider.awareness.setLocalState({ doing: { view: "map" }, note: "presence-word" });
  await saved(phone);

  const invited = await callApi<NewInvitationReply>(
    server.url,
    "POST",
    `${path}/invitations`,
    { name: "Krzysztof-Unheard", role: "supporter", language: "pl" },
    asAna,
  );
  const { url, code } = invited as InvitationView;
  const secret = new URL(url).hash.slice(1);
  const guest = await callApi<{ readonly sessionToken: string }>(server.url, "POST", "/api/join", { secret });
  await callApi(server.url, "PATCH", path, { title: "A-title-unheard" }, asAna);
  await callApi(server.url, "GET", `${path}/lanes/${board.laneId}/at?seq=1&update=1`, undefined, asAna);
  await callApi(server.url, "POST", `${path}/lanes/${board.laneId}/restore`, { seq: 0, preview: true }, asAna);
  await callApi(server.url, "GET", `${path}/file`, undefined, asAna);

  // What goes wrong, too: strangers, broken bodies, a wrong password, an update that is none.
  const json = { "content-type": "application/json", origin: server.url };
  await anything(`${server.url}/api/sign-in`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ email: "sunita@example.org", password: "a-wrong-password-word" }),
  });
  await anything(`${server.url}/api/join`, { method: "POST", headers: json, body: '{"secret":"broken-secret-word' });
  await anything(`${server.url}/api/join`, { method: "POST", headers: json, body: '{"code":"QQQQQQ"}' });
  await anything(`${server.url}/join?word=an-address-word`);
  await anything(`${server.url}${path}`, { headers: bearer("a-token-of-nobody") });
  phone.provider.ws?.send(new Uint8Array([0, 2, 3, 255, 255, 255]));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const token = await admin(["token", "--name", "A-program-unheard"], { DATA_DIR: server.dataDir });
  expect((await admin(["erase", board.boardId, "--yes"], { DATA_DIR: server.dataDir })).code).toBe(0);
  expect(await server.stop()).toBe(0);

  const output = server.output();
  const log = output.split("\n").filter((line) => line.startsWith("{"));
  expect(log.length).toBeGreaterThan(10);
  for (const line of log) expect(() => JSON.parse(line)).not.toThrow();
  // Apart from the two lines for the person at the terminal there is nothing else.
  expect(output.split("\n").filter((line) => line !== "" && !line.startsWith("{"))).toHaveLength(2);
  const unheard = [
    ...words,
    ...["presence-word", "Unheard", "unheard", "sunita", "Sunita", "password", "broken-secret", "an-address-word"],
    ...[secret, code, "QQQQQQ", "a-token-of-nobody", board.ana.sessionToken, guest.sessionToken, token.out.trim()],
    board.invitation.code,
  ];
  for (const word of unheard) {
    expect(
      log.filter((line) => line.includes(word)),
      word,
    ).toEqual([]);
  }
});

test("/metrics tells how busy the server is, by numbers alone", { timeout: slowMs }, async () => {
  const server = await aServer();
  const board = await boardOf(server);
  const phone = await device(server, board);
  for (let n = 0; n < 5; n += 1) {
    phone.write(`card-${n}`, "a word of Ana");
    await saved(phone);
  }
  const { out } = await admin(["token", "--name", "watch"], { DATA_DIR: server.dataDir });
  const read = async () => {
    const reply = await fetch(`${server.url}/metrics`, { headers: bearer(out.trim()) });
    expect(reply.status).toBe(200);
    return reply.text();
  };
  const text = await read();
  const figureOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  expect(figureOf("alongside_sockets")).toBe(1);
  expect(figureOf("alongside_rooms")).toBe(1);
  expect(figureOf("alongside_edits_total")).toBeGreaterThanOrEqual(5);
  expect(figureOf("alongside_acks_total")).toBeGreaterThanOrEqual(5);
  expect(figureOf("alongside_bytes_in_total")).toBeGreaterThan(100);
  expect(figureOf("alongside_bytes_out_total")).toBeGreaterThan(10);
  expect(figureOf("alongside_commit_written_seconds_count")).toBe(figureOf("alongside_edits_total"));
  expect(figureOf("alongside_commit_forced_seconds_count")).toBe(figureOf("alongside_edits_total"));
  expect(figureOf("alongside_commit_forced_seconds_sum")).toBeGreaterThanOrEqual(
    figureOf("alongside_commit_written_seconds_sum"),
  );
  expect(figureOf("alongside_waiting_for_disk")).toBe(0);
  expect(text).toMatch(/^alongside_refused_total\{kind="edit-not-yours"\} 0$/m);
  expect(text).not.toContain(board.boardId);
  expect(text).not.toContain(board.laneId);
  expect(text).not.toContain("Ana");
});

test("SIGTERM: what was taken is acked and kept, everyone is told to come back, and they do", {
  timeout: slowMs,
}, async () => {
  const server = await aServer();
  const boards = await Promise.all(["Ana", "Bo"].map((name) => boardOf(server, name)));
  const phones = await Promise.all(boards.map((board) => device(server, board)));
  const acked = phones.map(() => 0);
  for (const [index, phone] of phones.entries()) {
    phone.onAck((count) => {
      acked[index] = Math.max(acked[index] ?? 0, count);
    });
    for (let n = 0; n < 100; n += 1) phone.write(`card-${n}`, `${n}`);
  }
  const sent = phones.map((phone) => phone.sentCount());
  await until(() => expect(acked.every((count) => count > 1)).toBe(true));
  expect(await server.stop()).toBe(0);
  await until(() => {
    for (const phone of phones) expect(phone.closeCodes[0]).toBe(1012);
  });
  // All that had reached the server by then; the rest is still on the device.
  for (const [index, count] of acked.entries()) expect(count).toBeLessThanOrEqual(sent[index] ?? 0);

  await server.restart();
  for (const [index, phone] of phones.entries()) {
    await until(() => expect(phone.synced()).toBe(true));
    await saved(phone);
    const board = boards[index];
    if (!board) throw new Error("Bug: each phone has its board");
    const witness = await device(server, board);
    await until(() => expect(witness.words()).toEqual(phone.words()));
  }
});

test("/readyz says no while a backup is taken in, and yes again afterwards; calls meanwhile are told to come back", {
  timeout: slowMs,
}, async () => {
  const server = await aServer();
  await boardOf(server);
  const folder = await newFolder();
  expect((await admin(["backup", folder], { DATA_DIR: server.dataDir })).code).toBe(0);
  const seen = new Set<number>();
  let restoring = true;
  const asking = (async () => {
    while (restoring) {
      seen.add(await anything(`${server.url}/readyz`));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const restored = await admin(["restore", folder], { DATA_DIR: server.dataDir });
  restoring = false;
  await asking;
  expect(restored, restored.err).toMatchObject({ code: 0 });
  expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(await anything(`${server.url}/readyz`)).toBe(200);
});
