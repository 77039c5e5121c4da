// @ts-nocheck
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { openBoard } from "#shared/board/open-board.ts";
import { SessionProvider } from "../../../client/board/BoardContext.tsx";
import { LongWordsProvider } from "../../../client/board/LongWords.tsx";
import { LongWordsField } from "../../../client/editor/LongWordsField.tsx";
import { LanguageProvider } from "../../../client/messages/language.tsx";
import { PlanView } from "../../../client/plan/PlanView.tsx";
import { stories } from "../../../server/demo/stories.ts";
import "../../../client/ui/tokens.css";

const q = new URLSearchParams(location.search);
const story = stories[q.get("story") ?? "gavin"];
const me = q.get("me") ?? Object.keys(story.people)[0];
const width = q.get("width");

const docs = {};
const boards = {};
for (const key of Object.keys(story.people)) {
  const doc = new Y.Doc();
  docs[key] = doc;
  doc.on("update", (u, origin) => {
    if (origin === "net") return;
    for (const other of Object.values(docs)) if (other !== doc) Y.applyUpdate(other, u, "net");
  });
}
const day = "2026-11-22";
for (const key of Object.keys(story.people)) {
  boards[key] = openBoard([{ laneId: "lane", kind: "shared", access: "write", doc: docs[key] }], {
    me: key,
    language: () => story.people[key].language,
    now: () => Date.now(),
    today: () => day,
    random: (b) => crypto.getRandomValues(b),
    schedule: (run) => requestAnimationFrame(run),
  });
}
const must = (r) => {
  if (!r.ok) throw new Error(JSON.stringify(r.error));
  return r.value;
};
const cards = {};
for (const [key, c] of Object.entries(story.cards)) {
  cards[key] = must(
    boards[c.by].addCard({ kind: c.kind, area: c.area, time: c.time, words: c.words, how: c.how, said: c.said }),
  );
}
if (!q.get("empty"))
  for (const g of story.goals) {
    const b = boards[g.by];
    const id = must(b.addGoal({ words: g.words, whose: g.whose, how: g.how, said: g.said }));
    must(b.setGoalState(id, g.state));
    for (const f of ["zero", "ten", "signs"])
      if (g[f]) must(b.writeWords({ of: "goal", id, field: f }, g[f], { how: g.how, said: g.said }));
    if (g.goodEnough !== undefined) must(b.setGoodEnough(id, g.goodEnough));
    if (g.review) must(b.setReview(id, g.review));
    for (const s of g.strengths) must(b.linkStrength(cards[s], id));
    for (const [p, n] of Object.entries(g.readings)) must(boards[p].setReading(id, n));
    if (g.why) {
      const frag = b.longWords({ of: "goal", id, field: "why" });
      const el = new Y.XmlElement("paragraph");
      const t = new Y.XmlText();
      el.insert(0, [t]);
      frag.insert(0, [el]);
      t.insert(0, g.why, { run: { said: g.said ?? g.by, typed: g.by, how: g.how ?? "typed" } });
    }
    for (const s of g.steps) {
      const sid = must(
        boards[s.by].addStep({
          goalId: id,
          what: s.what,
          size: s.size,
          who: s.who.map((w) => (story.people[w] ? { person: w } : { name: w })),
          byWhen: s.date ? { date: s.date } : s.when ? { when: s.when } : undefined,
        }),
      );
      if (s.state) must(boards[s.by].setStepState(sid, s.state));
    }
  }
const view = {
  boardId: "b",
  title: story.title,
  me,
  role: story.people[me].role,
  lanes: [],
  people: Object.entries(story.people).map(([personId, p]) => ({
    personId,
    ...p,
    standing: "joined",
    named: true,
    canWriteShared: true,
  })),
};
const awareness = new Awareness(docs[me]);
awareness.setLocalState({});
let others = [];
const listeners = new Set();
const session = {
  board: boards[me],
  view: () => view,
  person: (id) => view.people.find((p) => p.personId === id),
  subscribeView: () => () => {},
  status: () => ({ status: "live" }),
  saveState: () => ({ state: "saved" }),
  subscribeStatus: () => () => {},
  others: () => others,
  subscribeOthers: (l) => {
    listeners.add(l);
    return () => listeners.delete(l);
  },
  setDoing: (c) => {
    window.doing = { ...window.doing, ...c };
  },
  awareness,
  close() {},
};
if (q.get("read"))
  boards[me] = openBoard([{ laneId: "lane", kind: "shared", access: "read", doc: docs[me] }], {
    me,
    language: () => "en",
    now: () => Date.now(),
    today: () => day,
    random: (b) => crypto.getRandomValues(b),
    schedule: (run) => requestAnimationFrame(run),
  });
session.board = boards[me];
window.boards = boards;
window.docs = docs;
window.Y = Y;
window.awareness = awareness;
window.setOthers = (o) => {
  others = o;
  for (const l of listeners) l();
};
createRoot(document.getElementById("root")).render(
  <StrictMode>
    <LanguageProvider wanted={[q.get("lang") ?? "en"]}>
      <SessionProvider session={session}>
        <LongWordsProvider field={LongWordsField}>
          <main
            style={
              width
                ? { inlineSize: `${width}px`, blockSize: "100dvh", overflow: "auto", borderInlineEnd: "1px solid #ccc" }
                : {}
            }
          >
            <PlanView />
          </main>
        </LongWordsProvider>
      </SessionProvider>
    </LanguageProvider>
  </StrictMode>,
);
