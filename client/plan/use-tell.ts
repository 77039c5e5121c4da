import { useMemo } from "react";
import type { Done } from "#shared/board/board.ts";
import { useLanguage } from "../messages/language.tsx";
import { useAnnounce } from "../ui/announcer.ts";

/** Has `sentence` said aloud when a command was done, and that it was not otherwise. Gives back whether it was. */
export function useTell(): (done: Done<unknown>, sentence?: string) => boolean {
  const { say } = useLanguage();
  const announce = useAnnounce();
  return useMemo(
    () => (done, sentence) => {
      if (!done.ok) announce(say("plan.notDone"));
      else if (sentence) announce(sentence);
      return done.ok;
    },
    [say, announce],
  );
}
