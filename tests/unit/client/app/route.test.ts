import { expect, test } from "vitest";
import { parseRoute } from "../../../../client/app/route.ts";

test("each address names its place, with or without a slash at its end", () => {
  expect(parseRoute("/", "")).toEqual({ page: "start" });
  expect(parseRoute("/home", "")).toEqual({ page: "home" });
  expect(parseRoute("/home/", "")).toEqual({ page: "home" });
  expect(parseRoute("/b/Bo_1-x", "")).toEqual({ page: "board", boardId: "Bo_1-x" });
});

test("a secret is read from the fragment alone", () => {
  expect(parseRoute("/join", "#abc-DEF_1")).toEqual({ page: "join", secret: "abc-DEF_1" });
  expect(parseRoute("/join", "")).toEqual({ page: "join", secret: undefined });
  expect(parseRoute("/setup", "#tok")).toEqual({ page: "setup", token: "tok" });
});

test("a fragment that no secret can be is as if there were none", () => {
  expect(parseRoute("/join", "#<b>hi</b>")).toEqual({ page: "join", secret: undefined });
  expect(parseRoute("/join", `#${"a".repeat(300)}`)).toEqual({ page: "join", secret: undefined });
});

test("what is no place of ours is lost, also a board whose id cannot be one", () => {
  for (const path of ["/nowhere", "/b/", "/b", "/b/a%2Fb", "/b/one/two", "/join/now"]) {
    expect(parseRoute(path, "")).toEqual({ page: "lost" });
  }
});
