import { type BoardScript, makeBoardScript } from "../board-script.ts";
import { createCrowd } from "../crowd.ts";
import { type Part, pause, withSide } from "../part.ts";
import { seedBoards } from "../seed.ts";
import { workFigures, workLine, workNotes } from "./work.ts";

const people = 25;
const warmUpMs = 2_500;
let script: BoardScript | undefined;

/** A whole group on one board: what one person does goes to 24 others. Then four such groups. */
export const bigBoards: Part = {
  name: "big",
  title: "One board of 25 people, then four (each person 2 edits/s, 20 presence/s)",
  run: ({ start, quick, say }) =>
    withSide(start, async (side) => {
      script ??= makeBoardScript({ cards: 50, people, editsEach: 80 });
      const figures: Record<string, number> = {};
      const notes: string[] = [];
      let others = 0;
      let boards = 0;
      const crowd = createCrowd(side, script);
      for (const step of [1, 4]) {
        crowd.pause();
        const more = await side.makeBoards(step - boards, people);
        await seedBoards(side, more, script.content);
        await crowd.join(more);
        boards = step;
        crowd.start();
        await pause(warmUpMs);
        const measure = await crowd.measure(quick ? 4_000 : 8_000);
        const label = step === 1 ? "1 board of 25" : `${step} boards of 25`;
        say(workLine(label, step, measure));
        Object.assign(figures, workFigures(label, step, measure));
        notes.push(...workNotes(label, measure));
        others = Math.max(others, measure.cores.others);
      }
      crowd.leave();
      return { figures, others, notes };
    }),
};
