import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type BoardPage, boardPage } from "./board-page.ts";
import { openBrowser } from "./browser.ts";
import { aBoard, aDevice, type DeviceOptions, joinInBrowser, type Person, type TestBoard } from "./person.ts";
import { sayIn } from "./say.ts";
import { type RunningServer, startServer } from "./start-server.ts";

export interface PersonOnBoard extends Person {
  readonly board: BoardPage;
}

/** A server and a browser for one file of tests. */
export interface BrowserTest {
  readonly server: () => RunningServer;
  /** An empty board whose owner has not joined. */
  readonly aBoard: (owner?: { readonly name: string; readonly language: string }) => Promise<TestBoard>;
  readonly aDevice: (options?: DeviceOptions) => Promise<Person>;
  /** Somebody who followed a link, with everything on the board loaded and saved. */
  readonly join: (link: string, options?: DeviceOptions) => Promise<PersonOnBoard>;
}

/** Starts both before the file's tests and ends both after; a test fails when one of its pages reported an error. */
export function browserTest(): BrowserTest {
  let browser: Browser;
  let server: RunningServer;
  const devices: Person[] = [];

  beforeAll(async () => {
    server = await startServer();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    const trouble = devices.flatMap((device) => device.trouble);
    for (const device of devices.splice(0)) await device.close();
    expect(trouble).toEqual([]);
  });

  const device = async (options: DeviceOptions = {}) => {
    const made = await aDevice(browser, options);
    devices.push(made);
    return made;
  };
  return {
    server: () => server,
    aBoard: (owner) => aBoard(server, owner),
    aDevice: device,
    join: async (link, options = {}) => {
      const made = await device(options);
      await joinInBrowser(made.page, link);
      const board = boardPage(made.page, sayIn(options.language === "ar" ? "ar" : "en"));
      await board.saved();
      return { ...made, board };
    },
  };
}
