import type { MessageId } from "../messages/language.tsx";

/**
 * With Shift: "G" alone connects a card to a goal on the map. The key's place on the keyboard, not its letter: the same one
 * for people who write Arabic.
 */
export const addGoalKey = "KeyG";

/** The plan's keys, for the list of keys in the help. */
export const planKeys: readonly { readonly keys: string; readonly messageId: MessageId }[] = [
  { keys: "Shift + G", messageId: "plan.keys.addGoal" },
  { keys: "Alt + ↑ ↓", messageId: "plan.keys.move" },
  { keys: "← → 0–9", messageId: "plan.keys.number" },
  { keys: "Enter", messageId: "plan.keys.nextStep" },
];
