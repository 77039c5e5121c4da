/**
 * Keeps the screens on the device, so that they open without a network and, with one, without waiting for it. Our own
 * instead of Workbox: where the browser knows how (`addRoutes`), it takes our files from the cache itself, without starting
 * this script, which is a tenth of a second of an opening on a cheap phone; the page for a board's address is its own.
 * Holds files of the build alone, never a word of a board.
 */

/** What is used of the worker's world; the types of a page and of a worker do not fit in one project. */
interface InstallEvent extends Event {
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly addRoutes?: (routes: unknown) => Promise<void>;
}
interface FetchEvent extends Event {
  readonly request: Request;
  readonly respondWith: (response: Promise<Response>) => void;
}
interface KeptFile {
  readonly url: string;
  /** `null` for a file that is named after its content. */
  readonly revision: string | null;
}
interface WorkerWorld {
  readonly __WB_MANIFEST: readonly KeptFile[];
  addEventListener(type: "install" | "activate", listener: (event: InstallEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}
declare const self: WorkerWorld;

// The build writes the list of files in its place.
const files = self.__WB_MANIFEST;
const prefix = "alongside-screens-";
/** One cache for each build: a page of the last one finds all its own files until it is closed. */
const cacheName = `${prefix}${hashOf(JSON.stringify(files))}`;
const addressOf = (url: string) => new URL(url, location.origin).href;
const kept = new Set(files.map(({ url }) => addressOf(url)));
const notScreens = /^\/(api|sync|healthz|readyz|metrics)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
  try {
    event
      .addRoutes?.([
        { condition: { urlPattern: { pathname: "/assets/*" }, requestMethod: "GET" }, source: { cacheName } },
        { condition: { urlPattern: { pathname: "/api/*" } }, source: "network" },
      ])
      .catch(() => {});
  } catch {
    // An older form of it: the fetch event below does the same, somewhat later.
  }
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldFiles());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, href } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || notScreens.test(pathname)) return;
  const isBoard = /^\/b\/[^/]+\/?$/.test(pathname);
  if (request.mode === "navigate") event.respondWith(answer(request, addressOf(isBoard ? "board.html" : "index.html")));
  else if (kept.has(href)) event.respondWith(answer(request, href));
});

async function answer(request: Request, address: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(address)) ?? fetch(request);
}

/** All or nothing: a version with a file missing would show a broken screen to somebody without a network. */
async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.all(
    files.map(async ({ url, revision }) => {
      const address = addressOf(url);
      const isNamedByContent = revision === null;
      const old = isNamedByContent ? await caches.match(address) : undefined;
      const response = old ?? (await fetch(address, { cache: isNamedByContent ? "default" : "reload" }));
      if (!response.ok) throw new Error(`${response.status} for a file of this version`);
      await cache.put(address, response);
    }),
  );
}

async function dropOldFiles(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name !== cacheName && /^(alongside-screens|workbox)-/.test(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

function hashOf(text: string): string {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}
