import { useEffect, useRef } from "react";
import { useSaveState, useStatus } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import type { SaveState } from "../session/board-session.ts";
import { announce } from "../ui/announcer.ts";
import styles from "./SaveWords.module.css";
import { graceMs, useIsPast } from "./use-is-past.ts";

/** What is saved, in words, at any moment. Screen readers hear only when it stops being so, and when it is well again. */
export function SaveWords() {
  const { say } = useLanguage();
  const save = useSaveState();
  const status = useStatus();
  const downSince = status.status === "offline" ? status.since : undefined;
  const isLongDown = useIsPast(downSince === undefined ? undefined : downSince + graceMs);
  const isConnecting = downSince !== undefined && !isLongDown;

  const worried = useRef(false);
  const isWorry = save.state === "not-saved" && save.count > 0 && !isConnecting;
  const words = wordsOf(save, status.status === "loading", isConnecting, say);
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

function wordsOf(
  save: SaveState,
  isLoading: boolean,
  isConnecting: boolean,
  say: ReturnType<typeof useLanguage>["say"],
): string {
  if (isLoading) return say("save.loading");
  if (save.state === "saved") return say("save.saved");
  if (save.state === "saving") return say("save.saving");
  // A board opens before its connection does, and writing in it may begin at once: as with any change that waits for its
  // answer, that is saving for a moment, and not saved after it.
  if (isConnecting && save.storing) return say(save.count > 0 ? "save.saving" : "save.loading");
  if (save.count > 0) return say("save.notSaved", { count: save.count });
  return say(save.storing ? "save.noConnection" : "save.notStoring");
}
