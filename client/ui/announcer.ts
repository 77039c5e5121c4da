import { useEffect } from "react";

const regionId = "announcer";

/** The page's one polite live region. There before anything is said: many screen readers miss one that arrives with words. */
function region(): HTMLElement {
  const found = document.getElementById(regionId);
  if (found) return found;
  const made = document.createElement("div");
  made.id = regionId;
  made.className = "visually-hidden";
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Has a screen reader say a sentence when it is free to. The last one wins when several come at once: someone who moves a
 * card quickly wants to hear where it is, not where it was.
 */
export function announce(sentence: string): void {
  const element = region();
  clearTimeout(timer);
  // Emptied first, so that the same sentence twice is said twice.
  element.textContent = "";
  timer = setTimeout(() => {
    element.textContent = sentence;
  }, 60);
}

export function useAnnounce(): (sentence: string) => void {
  useEffect(() => void region(), []);
  return announce;
}
