import { runAdminCommand } from "./admin/commands.ts";
import { parseCommand } from "./admin/parse-command.ts";
import { parseConfig } from "./config.ts";

/** `npm run admin -- <command>`: prints what was asked for, alone on standard output; else a sentence and exit 2. */
function endWith(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const command = parseCommand(process.argv.slice(2));
if (!command.ok) endWith(command.error.sentence);
const config = parseConfig(process.env, process.cwd());
if (!config.ok) endWith(config.error.sentence);
const answer = await runAdminCommand(command.value, config.value);
if (!answer.ok) endWith(answer.error.sentence);
process.stdout.write(`${answer.value}\n`);
