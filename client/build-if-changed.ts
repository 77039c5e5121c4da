import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";

const clientFolder = import.meta.dirname;
const projectFolder = join(clientFolder, "..");
const stampFile = "sources.sha256";

/** Where `npm start` serves the screens from. */
export const clientDist = join(clientFolder, "dist");
/** The bench build, with `window.__board` in it: never the one that is served to people. */
export const benchDist = join(clientFolder, "dist-bench");

/**
 * Builds the screens when what they are made from has changed since the last build, and says so in one line.
 * `bench` is the build with the hooks of our own harnesses. Resolves with its folder.
 */
export async function buildIfChanged(mode: "production" | "bench" = "production"): Promise<string> {
  const outDir = mode === "bench" ? benchDist : clientDist;
  const sources = hashOfSources();
  const stamp = join(outDir, stampFile);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources) return outDir;

  const startedAt = performance.now();
  const { build } = await import("vite");
  // A test runner sets it to "test", and Vite would build React's development form.
  const nodeEnv = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  // Beside the old build, then swapped in: a build that is interrupted leaves the old one as it was.
  const fresh = `${outDir}-${process.pid}`;
  const old = `${fresh}-old`;
  try {
    await build({
      root: clientFolder,
      configFile: join(clientFolder, "vite.config.ts"),
      mode,
      logLevel: "error",
      build: { outDir: fresh, emptyOutDir: true, manifest: true },
    });
    writeFileSync(join(fresh, stampFile), sources);
    if (existsSync(outDir)) {
      keepRecentAssets(outDir, fresh);
      renameSync(outDir, old);
    }
    renameSync(fresh, outDir);
  } finally {
    if (nodeEnv === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = nodeEnv;
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
  console.log(`Built the screens in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  return outDir;
}

const weekMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Takes the old build's assets along for a week: a page that was opened before still finds the parts it loads when they
 * are first needed, and a server that runs on finds the files that it listed when it started.
 */
function keepRecentAssets(from: string, to: string): void {
  const oldAssets = join(from, "assets");
  if (!existsSync(oldAssets)) return;
  for (const name of readdirSync(oldAssets)) {
    const target = join(to, "assets", name);
    const { mtime } = statSync(join(oldAssets, name));
    if (existsSync(target) || Date.now() - mtime.getTime() > weekMs) continue;
    copyFileSync(join(oldAssets, name), target);
    utimesSync(target, mtime, mtime);
  }
}

/** One value that changes when anything does that the screens are made from: our sources, or a part from npm. */
function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = [...filesIn(clientFolder), ...filesIn(join(projectFolder, "shared"))];
  for (const file of [...files, join(projectFolder, "package.json"), join(projectFolder, "package-lock.json")]) {
    if (!existsSync(file)) continue;
    hash
      .update(`${relative(projectFolder, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return entry.name.startsWith("dist") ? [] : filesIn(join(folder, entry.name));
      return [join(folder, entry.name)];
    });
}

if (import.meta.main) {
  try {
    await buildIfChanged(process.argv.includes("bench") ? "bench" : "production");
  } catch (error) {
    console.error(`The screens could not be built: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
