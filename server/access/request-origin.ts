import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** What must hold of the address that a request was sent to, and of the page that sent it. */
export interface OriginRules {
  /**
   * Whether the Host header names this server: the public address, localhost, an IP address, this machine's name or
   * `*.local`. A name of somebody else's that was made to point here (DNS rebinding) does not.
   */
  readonly hostIsOurs: (request: IncomingMessage) => boolean;
  /** Whether the page that sent this is one of ours. A request without Origin was not sent by a page of another site. */
  readonly originIsOurs: (request: IncomingMessage) => boolean;
  /** Where links to this server start, without a slash at the end: `PUBLIC_URL`, else the address this request came to. */
  readonly baseOf: (request: IncomingMessage) => string;
  /** Who is calling, for throttles: an IPv4 address, or the /64 of an IPv6 one, as one household has all of it. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Cookies only travel over TLS. */
  readonly secure: boolean;
}

export function createOriginRules(publicUrl: URL | undefined, machine: string = hostname()): OriginRules {
  const names = new Set(["localhost", machine.toLowerCase()]);
  const ownOrigin = (request: IncomingMessage) => `http://${request.headers.host ?? "localhost"}`;
  return {
    hostIsOurs: (request) => {
      const host = request.headers.host;
      if (host === undefined || !URL.canParse(`http://${host}`)) return false;
      const asked = new URL(`http://${host}`);
      // Anything but a name and a port ("a@b", "a/b") is not a Host.
      if (asked.href !== `${asked.origin}/` || asked.username !== "" || /[/@?#\\]/.test(host)) return false;
      if (publicUrl && asked.hostname === publicUrl.hostname) return true;
      const name = asked.hostname.replace(/^\[|\]$/g, "");
      return names.has(name) || name.endsWith(".local") || name.endsWith(".localhost") || isIP(name) !== 0;
    },
    originIsOurs: (request) => {
      const { origin } = request.headers;
      if (origin === undefined) return true;
      return origin === publicUrl?.origin || origin.toLowerCase() === ownOrigin(request).toLowerCase();
    },
    baseOf: (request) => publicUrl?.origin ?? ownOrigin(request),
    addressOf: (request) => addressGroup(callerOf(request, publicUrl !== undefined)),
    secure: publicUrl?.protocol === "https:",
  };
}

/**
 * Behind a proxy every call comes from the proxy's address; the caller's own is the last one it added. Believed only
 * from this machine itself and only when `PUBLIC_URL` says that there is a proxy, as anybody can send the header.
 */
function callerOf(request: IncomingMessage, behindProxy: boolean): string {
  const direct = request.socket.remoteAddress ?? "";
  if (!behindProxy || !/^(127\.|::1$|::ffff:127\.)/.test(direct)) return direct;
  const forwarded = request.headers["x-forwarded-for"];
  const last = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",").at(-1)?.trim() ?? "";
  return isIP(last) === 0 ? direct : last;
}

function addressGroup(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
