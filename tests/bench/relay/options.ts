import { type SideName, sideNames } from "./sides.ts";

export interface BenchOptions {
  readonly quick: boolean;
  /** Names of parts; empty for all. */
  readonly only: readonly string[];
  readonly sides: readonly SideName[];
  readonly repetitions: number;
  /** How often a disturbed run is made, at most. */
  readonly tries: number;
  /** Where to write everything as JSON. */
  readonly json: string | undefined;
  /** Where our server leaves a CPU profile of each run. */
  readonly profile: string | undefined;
}

export const usage =
  "Options: --quick, --only PART,PART, --sides ours,y-websocket,hocuspocus, --reps N, --tries N, --json FILE, --profile FOLDER.";

/** Reads the words after `npm run bench:relay --`, or says what is wrong with them. */
export function parseOptions(
  words: readonly string[],
  parts: readonly string[],
): BenchOptions | { readonly wrong: string } {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const [flag = "", inline] = (words[at] ?? "").split("=", 2);
    if (flag === "--quick") given.set(flag, "");
    else if (["--only", "--sides", "--reps", "--tries", "--json", "--profile"].includes(flag)) {
      const value = inline ?? words[++at];
      if (!value) return { wrong: `${flag} needs a value. ${usage}` };
      given.set(flag, value);
    } else return { wrong: `There is no option "${flag}". ${usage}` };
  }
  const only = given.get("--only")?.split(",") ?? [];
  const strange = only.find((name) => !parts.includes(name));
  if (strange !== undefined) return { wrong: `There is no part "${strange}". Parts: ${parts.join(", ")}.` };
  const sides = given.get("--sides")?.split(",") ?? [...sideNames];
  const noSide = sides.find((name) => !sideNames.includes(name as SideName));
  if (noSide !== undefined) return { wrong: `There is no side "${noSide}". Sides: ${sideNames.join(", ")}.` };
  const quick = given.has("--quick");
  const repetitions = Number(given.get("--reps") ?? (quick ? 1 : 3));
  if (!Number.isInteger(repetitions) || repetitions < 1) return { wrong: "--reps has to be a whole number from 1." };
  const tries = Number(given.get("--tries") ?? (quick ? 1 : 3));
  if (!Number.isInteger(tries) || tries < 1) return { wrong: "--tries has to be a whole number from 1." };
  return {
    quick,
    only,
    sides: sides as SideName[],
    repetitions,
    tries,
    json: given.get("--json"),
    profile: given.get("--profile"),
  };
}
