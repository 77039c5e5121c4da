import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { createOriginRules } from "../../../../server/access/request-origin.ts";

const asked = (headers: Record<string, string>, remoteAddress = "192.0.2.7") =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;
const plain = createOriginRules(undefined, "Annex");
const behind = createOriginRules(new URL("https://board.example.org"), "Annex");

describe("the Host header", () => {
  test.each(["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "[fe80::1]:3000", "10.0.0.4", "annex", "tablet.local"])(
    "%s is ours",
    (host) => expect(plain.hostIsOurs(asked({ host }))).toBe(true),
  );
  test.each([
    "evil.example",
    "local",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "a@localhost",
    "localhost/x",
  ])("%s is not", (host) => expect(plain.hostIsOurs(asked({ host }))).toBe(false));
  test("a request without one is not for us", () => expect(plain.hostIsOurs(asked({}))).toBe(false));
  test("the public address is ours only where it is set", () => {
    const request = asked({ host: "board.example.org" });
    expect([plain.hostIsOurs(request), behind.hostIsOurs(request)]).toEqual([false, true]);
  });
});

describe("the Origin header", () => {
  const judged = (rules: typeof plain, origin: string) => rules.originIsOurs(asked({ host: "localhost:3000", origin }));
  test("it is our own address, or the public one", () => {
    expect(judged(plain, "http://localhost:3000")).toBe(true);
    expect(judged(behind, "https://board.example.org")).toBe(true);
    for (const origin of ["null", "http://localhost:3001", "http://localhost", "https://board.example.org"]) {
      expect(judged(plain, origin), origin).toBe(false);
    }
    expect(judged(behind, "http://board.example.org")).toBe(false);
  });
  test("programs send none, and are let through to show who they are", () => {
    expect(plain.originIsOurs(asked({ host: "localhost:3000" }))).toBe(true);
  });
});

describe("whose tries are counted together", () => {
  const address = (rules: typeof plain, remote: string, forwarded?: string) =>
    rules.addressOf(asked(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }, remote));
  test("an IPv4 address by itself, an IPv6 network as one", () => {
    expect(address(plain, "::ffff:192.0.2.7")).toBe("192.0.2.7");
    expect(address(plain, "2001:db8:1:2:aaaa::1")).toBe(address(plain, "2001:0db8:0001:0002:bbbb:0:0:2"));
    expect(address(plain, "2001:db8:1:3::1")).not.toBe(address(plain, "2001:db8:1:2::1"));
    expect(address(plain, "2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(address(plain, "::1")).toBe("0:0:0:0::/64");
  });
  test("behind a proxy on this machine it is the last address the proxy added; anybody else's word is not taken", () => {
    expect(address(behind, "127.0.0.1", "203.0.113.1, 198.51.100.9")).toBe("198.51.100.9");
    expect(address(behind, "192.0.2.7", "203.0.113.1")).toBe("192.0.2.7");
    expect(address(plain, "127.0.0.1", "203.0.113.1")).toBe("127.0.0.1");
    expect(address(behind, "127.0.0.1", "not an address")).toBe("127.0.0.1");
  });
});
