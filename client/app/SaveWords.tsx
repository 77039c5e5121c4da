import { useEffect, useRef } from "react";
import { useSaveState, useStatus } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import type { SaveState } from "../session/board-session.ts";
import { announce } from "../ui/announcer.ts";
import styles from "./SaveWords.module.css";

/** What is saved, in words, at any moment. Screen readers hear only when it stops being so, and when it is well again. */
export function SaveWords() {
  const { say } = useLanguage();
  const save = useSaveState();
  const { status } = useStatus();

  const worried = useRef(false);
  const isWorry = save.state === "not-saved" && save.count > 0;
  const words = wordsOf(save, status === "loading", say);
  useEffect(() => {
    if (isWorry && !worried.current) announce(words);
    if (save.state === "saved" && worried.current) announce(say("save.saved"));
    if (isWorry) worried.current = true;
    if (save.state === "saved") worried.current = false;
  }, [isWorry, words, save.state, say]);

  return (
    // Its words change with every letter typed: shown at once, said aloud only by the effect above.
    <p role="status" aria-live="off" className={styles.words} data-save={save.state}>
      {words}
    </p>
  );
}

function wordsOf(save: SaveState, isLoading: boolean, say: ReturnType<typeof useLanguage>["say"]): string {
  if (isLoading) return say("save.loading");
  if (save.state === "saved") return say("save.saved");
  if (save.state === "saving") return say("save.saving");
  if (save.count > 0) return say("save.notSaved", { count: save.count });
  return say(save.storing ? "save.noConnection" : "save.notStoring");
}
