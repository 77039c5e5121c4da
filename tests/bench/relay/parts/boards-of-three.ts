import { quantile } from "../../numbers.ts";
import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { createCrowd } from "../crowd.ts";
import { type Part, pause, withSide } from "../part.ts";
import { seedBoards } from "../seed.ts";
import { workFigures, workLine, workNotes } from "./work.ts";

const steps = [30, 60, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700] as const;
const quickSteps = [30, 60, 100] as const;
/** At these, figures are kept; the others only say how far it goes. */
const looks: readonly number[] = [30, 60, 100];
export const sustainedP99Ms = 100;
const warmUpMs = 2_500;
const lookMs = 8_000;
const stepMs = 5_000;

let script: BoardScript | undefined;

/** Boards of three people who write twice a second and move a pointer twenty times a second, more and more of them. */
export const boardsOfThree: Part = {
  name: "boards",
  title:
    "Boards of 3 (each person 2 edits/s, 20 presence/s), rising until an edit's p99 to another screen is over 100 ms",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 12, people: 3, editsEach: 400 });
      const figures: Record<string, number> = {};
      const notes: string[] = [];
      let others = 0;
      let sustained = 0;
      let boards = 0;
      const crowd = createCrowd(side, script);
      for (const step of quick ? quickSteps : steps) {
        crowd.pause();
        const more = await side.makeBoards(step - boards, 3);
        await seedBoards(side, more, script.content);
        await crowd.join(more);
        boards = step;
        crowd.start();
        await pause(warmUpMs);
        const isLook = looks.includes(step);
        const measure = await crowd.measure(isLook && !quick ? lookMs : stepMs);
        say(workLine(`${step} boards`, step, measure));
        if (isLook) Object.assign(figures, workFigures(`${step} boards`, step, measure));
        notes.push(...workNotes(`${step} boards`, measure));
        // Near the limit the server itself fills the core, and what others take shows as its own lateness.
        others = Math.max(others, measure.cores.others);
        if (quantile(measure.seenMs, 0.99) > sustainedP99Ms) break;
        sustained = step;
      }
      crowd.leave();
      figures["boards sustained"] = sustained;
      return { figures, others, notes };
    }),
};
