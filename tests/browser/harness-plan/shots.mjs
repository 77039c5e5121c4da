import { createServer } from "node:http";
import { chromium } from "playwright-core";
import sirv from "sirv";

const handler = sirv("/tmp/plan-dist", { dev: true });
const server = createServer((q, r) => handler(q, r)).listen(0);
await new Promise((r) => server.once("listening", r));
const base = `http://localhost:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
    " ",
  ),
});
const want = process.argv.slice(2);
const list = [
  ["gavin-phone", 390, 844, "story=gavin&me=gavin", true],
  ["gavin-panel", 440, 900, "story=gavin&me=sunita", true],
  ["gavin-tablet", 820, 1180, "story=gavin&me=gavin", false],
  ["amal-phone", 390, 844, "story=amal&me=amal&lang=ar", true],
  ["amal-tablet", 820, 1180, "story=amal&me=amal&lang=ar", false],
  ["amal-fiona", 440, 900, "story=amal&me=fiona&lang=en", true],
  ["ngata-desk", 1440, 900, "story=ngata&me=sarah", true],
  ["ngata-phone", 390, 844, "story=ngata&me=aroha", true],
  ["empty-ar", 390, 844, "story=amal&me=amal&lang=ar&empty=1", false],
  ["read-only", 440, 900, "story=gavin&me=sunita&read=1", true],
];
for (const [name, w, h, q, full] of list) {
  if (want.length && !want.includes(name)) continue;
  const page = await browser.newPage({ viewport: { width: w, height: h } });
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && console.log(name, m.text()));
  page.on("pageerror", (e) => console.log(name, "ERR", e.message));
  await page.goto(base + "?" + q);
  await page.waitForSelector("h2");
  await page.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: full });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) console.log(name, "sideways scroll", over);
  await page.close();
}
await browser.close();
server.close();
