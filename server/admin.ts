import { createInterface } from "node:readline/promises";
import { runAdminCommand } from "./admin/commands.ts";
import { parseCommand } from "./admin/parse-command.ts";
import { parseConfig } from "./config.ts";

/**
 * `npm run admin -- <command>`: prints what was asked for, alone on standard output, and ends with 0, or with 1 when it
 * found something to look at. What cannot be done is a sentence on standard error and exit 2.
 */
function endWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** Only where a person sits: a script that pipes nothing in must not wait for one. */
const askPerson = process.stdin.isTTY
  ? async (question: string) => {
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      // Ctrl+C and Ctrl+D are no yes.
      const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
      const typed = await Promise.race([terminal.question(question), closed]);
      terminal.close();
      return typed;
    }
  : undefined;

const command = parseCommand(process.argv.slice(2));
if (!command.ok) endWith(command.error.sentence);
const config = parseConfig(process.env, process.cwd());
if (!config.ok) endWith(config.error.sentence);
const answer = await runAdminCommand(command.value, config.value, askPerson);
if (!answer.ok) endWith(answer.error.sentence);
process.stdout.write(`${answer.value.text}\n`);
process.exitCode = answer.value.code;
