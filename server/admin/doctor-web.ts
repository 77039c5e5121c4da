import { randomBytes } from "node:crypto";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { createServer } from "node:net";
import type { Config } from "../config.ts";
import { reasonOf } from "../master-key.ts";
import { askAtDoor } from "./door.ts";
import { type Finding, fine, look } from "./finding.ts";

export interface PortFinding {
  readonly finding: Finding;
  /** A server of ours, on this data folder, answers. */
  readonly answers: boolean;
}

/** Whether the port is free for a start, or our own server answers on it. */
export async function lookAtPort(config: Config, serverRuns: boolean): Promise<PortFinding> {
  const { host, port, dataDir } = config;
  const elsewhere = serverRuns ? await askAtDoor(dataDir, { kind: "where" }) : undefined;
  const runsOn = elsewhere?.kind === "where" ? elsewhere.port : undefined;
  if (port === 0) {
    return { finding: fine("PORT is 0: a start takes any free port."), answers: serverRuns };
  }
  const isOurs = (await answerOf(localUrl(host, port, "/healthz")))?.isAlive ?? false;
  if (isOurs && serverRuns) {
    return { finding: fine(`A server runs on these data and answers on port ${port}.`), answers: true };
  }
  if (isOurs) {
    const finding = look(
      `Port ${port} belongs to an Alongside server on another data folder than ${dataDir}. Check DATA_DIR, or choose another port with PORT.`,
    );
    return { finding, answers: false };
  }
  if (serverRuns) {
    const where = runsOn
      ? ` It answers on port ${runsOn}: run this with the same PORT.`
      : " Look into its log, or start it again.";
    return { finding: look(`A server runs on these data, but not on port ${port}.${where}`), answers: false };
  }
  const refused = await whyTaken(host, port);
  switch (refused) {
    case undefined:
      return { finding: fine(`Port ${port} is free; no server is running.`), answers: false };
    case "EADDRINUSE":
      return {
        finding: look(`Port ${port} is taken by another program. Stop that program, or choose another port with PORT.`),
        answers: false,
      };
    case "EACCES":
      return {
        finding: look(`Port ${port} is not open to this user. Choose another with PORT, for example 3000.`),
        answers: false,
      };
    default:
      return { finding: look(`HOST ${host} cannot be listened on (${refused}). Check HOST.`), answers: false };
  }
}

/** Whether people reach the server by the address in their invitations, WebSockets included. */
export async function lookAtPublicUrl(config: Config, answers: boolean): Promise<readonly Finding[]> {
  const { publicUrl, host, port } = config;
  if (!publicUrl) {
    const isOpen = host !== "127.0.0.1" && host !== "::1" && host !== "localhost";
    return [
      isOpen
        ? look(
            `HOST ${host} opens the board to a network, but PUBLIC_URL is not set, so links may name the wrong address. Set it to what people open.`,
          )
        : fine(
            `PUBLIC_URL is not set: the board is for this computer alone${port === 0 ? "" : `, at http://localhost:${port}`}.`,
          ),
    ];
  }
  const { origin } = publicUrl;
  const findings: Finding[] = [];
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(publicUrl.hostname);
  if (publicUrl.protocol === "http:" && !isLocal) {
    findings.push(
      look(
        `PUBLIC_URL ${origin} has no TLS: words pass over the network unencrypted, and browsers keep no copy of the screens for offline use. Put a web server with a certificate in front; with Caddy, this is all:`,
        caddyLines(publicUrl, port),
      ),
    );
  }
  if (!answers) {
    findings.push(
      fine(`PUBLIC_URL ${origin} was not tried, as no server of these data answers. Start it, then ask again.`),
    );
    return findings;
  }
  const health = await answerOf(new URL("/healthz", origin));
  if (!health?.isAlive) {
    findings.push(
      look(
        `PUBLIC_URL ${origin} does not lead to this server: ${health ? describe(health) : "nobody answers"}. Check its name in the DNS, its certificate, and the web server in front, which has to say (Caddy):`,
        [...caddyLines(publicUrl, port), "or (nginx):", ...nginxLines(publicUrl, port)],
      ),
    );
    return findings;
  }
  findings.push(fine(`PUBLIC_URL ${origin} leads to a server of ours.`), await lookAtSockets(publicUrl, port));
  return findings;
}

/** A lane that nobody can have: our gate asks first who we are (401). A page server that never saw the upgrade does not. */
async function lookAtSockets(publicUrl: URL, port: number): Promise<Finding> {
  const answer = await answerOf(new URL("/sync/x", publicUrl.origin), {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    Origin: publicUrl.origin,
  });
  if (answer?.status === 401) return fine("WebSockets pass: live editing works through that address.");
  if (answer?.status === 403) {
    return look(
      "The web server in front of PUBLIC_URL changes the Host, so that live editing is refused. It has to pass it on. Caddy does so by itself; nginx:",
      nginxLines(publicUrl, port),
    );
  }
  return look(
    `WebSockets do not pass through PUBLIC_URL (${answer ? describe(answer) : "nobody answers"}), so that nobody can edit live. The web server in front has to say (Caddy does it by itself):`,
    [...caddyLines(publicUrl, port), "or (nginx):", ...nginxLines(publicUrl, port)],
  );
}

export const caddyLines = (publicUrl: URL, port: number): readonly string[] => [
  `${publicUrl.protocol === "http:" ? publicUrl.hostname : publicUrl.host} {`,
  `    reverse_proxy 127.0.0.1:${port}`,
  "}",
];

/** `$http_host` and not `$host`: that one loses the port. Sockets are quiet for up to 25 s, and pages are small. */
export const nginxLines = (publicUrl: URL, port: number): readonly string[] => [
  "server {",
  `    listen ${publicUrl.port || "443"} ssl;`,
  `    server_name ${publicUrl.hostname};`,
  "    # ssl_certificate and ssl_certificate_key as for your other sites",
  "    location / {",
  `        proxy_pass http://127.0.0.1:${port};`,
  "        proxy_http_version 1.1;",
  "        proxy_set_header Host $http_host;",
  "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  "        proxy_set_header Upgrade $http_upgrade;",
  '        proxy_set_header Connection "upgrade";',
  "        proxy_read_timeout 120s;",
  "    }",
  "}",
];

interface WebAnswer {
  readonly status: number | undefined;
  /** It is what `/healthz` of ours says. */
  readonly isAlive: boolean;
  /** Why there was none, as the system names it. */
  readonly failure?: string;
}

const describe = ({ status, failure }: WebAnswer) =>
  failure ? `the connection failed with ${failure}` : `it answers ${status}`;

const patienceMs = 5_000;

/** Never rejects. `undefined`: nobody answered in time. */
function answerOf(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<WebAnswer | undefined> {
  return new Promise((resolve) => {
    const ask = url.protocol === "https:" ? httpsRequest : httpRequest;
    let asked: ClientRequest;
    const end = (answer: WebAnswer | undefined) => {
      resolve(answer);
      asked.destroy();
    };
    asked = ask(url, { headers, agent: false, timeout: patienceMs }, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > 1_000) end({ status: response.statusCode, isAlive: false });
      });
      response.on("end", () => end({ status: response.statusCode, isAlive: isAliveReply(response, text) }));
      response.on("error", () => end({ status: response.statusCode, isAlive: false }));
    });
    asked.on("upgrade", (response, socket) => {
      socket.destroy();
      end({ status: response.statusCode, isAlive: false });
    });
    asked.on("timeout", () => end(undefined));
    asked.on("error", (error) => end({ status: undefined, isAlive: false, failure: reasonOf(error) }));
    asked.end();
  });
}

function isAliveReply(response: IncomingMessage, text: string): boolean {
  try {
    return response.statusCode === 200 && JSON.parse(text)?.alive === true;
  } catch {
    return false;
  }
}

function localUrl(host: string, port: number, path: string): URL {
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return new URL(`http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}${path}`);
}

/** Why nobody could listen there now; `undefined` when it is free. */
function whyTaken(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(reasonOf(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
