import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildIfChanged } from "./build-if-changed.ts";

/**
 * What a guest's browser fetches until they can read and edit, and everything after it, against the budgets of the design.
 * Read from Vite's manifest, so that a heavy import shows here on the day it is made.
 */

interface ManifestEntry {
  readonly file: string;
  readonly name?: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}
type Manifest = Readonly<Record<string, ManifestEntry>>;

const joinBudgetKb = 125;
const restBudgetKb = 300;
/**
 * Loaded by `import()`, and yet on the way from a join link to an edit: the first language, the board's screen, and what a
 * wide screen shows of it (a phone, which begins with the list, needs less).
 */
const onTheJoinPath = [/messages\/en$/, /^_board-/, /^app\/map-and-plan\.ts$/];

const dist = await buildIfChanged();
const manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8")) as Manifest;

function withStaticImports(key: string, seen: Set<string>): Set<string> {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key]?.imports ?? []) withStaticImports(next, seen);
  return seen;
}

function filesOf(keys: Iterable<string>): Set<string> {
  const files = new Set<string>();
  for (const key of keys) {
    const entry = manifest[key];
    if (!entry) continue;
    for (const file of [entry.file, ...(entry.css ?? [])]) if (/\.(js|css)$/.test(file)) files.add(file);
  }
  return files;
}

const joinKeys = new Set<string>();
// The page's first script: `vite.config.ts` puts the entry into it.
const queue = Object.keys(manifest).filter((key) => manifest[key]?.name === "base");
for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
  for (const reached of withStaticImports(key, new Set())) {
    if (joinKeys.has(reached)) continue;
    joinKeys.add(reached);
    const next = manifest[reached]?.dynamicImports ?? [];
    queue.push(...next.filter((name) => onTheJoinPath.some((pattern) => pattern.test(name))));
  }
}

const gzKb = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000;
const joinFiles = filesOf(joinKeys);
const restFiles = new Set([...filesOf(Object.keys(manifest))].filter((file) => !joinFiles.has(file)));

function printTable(title: string, files: ReadonlySet<string>, budgetKb: number): number {
  const rows = [...files].map((file) => ({ file, kb: gzKb(file) })).sort((a, b) => b.kb - a.kb);
  const sum = rows.reduce((total, row) => total + row.kb, 0);
  console.log(`${title}: ${sum.toFixed(1)} of ${budgetKb} KB gz, ${rows.length} files`);
  for (const row of rows) console.log(`  ${row.kb.toFixed(1).padStart(7)}  ${row.file}`);
  return sum;
}

if (joinFiles.size === 0) throw new Error("Bug: the build has no first script of that name");
const joinKb = printTable("Until a guest can read and edit", joinFiles, joinBudgetKb);
const restKb = printTable("All the rest, when first needed", restFiles, restBudgetKb);
if (joinKb > joinBudgetKb || restKb > restBudgetKb) {
  console.error("Over the size budget. Load the new part when it is first needed, or find a lighter one.");
  process.exit(1);
}
