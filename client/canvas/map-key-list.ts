import type { MessageId } from "../messages/language.tsx";

/** The map's keys, for the page that lists all of them. `map-keys.ts` does what they say. */
export const mapKeys: readonly { readonly keys: string; readonly messageId: MessageId }[] = [
  { keys: "← ↑ → ↓", messageId: "map.keys.walk" },
  { keys: "N", messageId: "map.keys.add" },
  { keys: "Enter", messageId: "map.keys.edit" },
  { keys: "M", messageId: "map.keys.move" },
  { keys: "Alt + ← ↑ → ↓", messageId: "map.keys.moveAtOnce" },
  { keys: "K", messageId: "map.keys.kind" },
  { keys: "G", messageId: "map.keys.connect" },
  { keys: "Shift + F10", messageId: "map.keys.menu" },
  { keys: "Delete", messageId: "map.keys.putAway" },
  { keys: "+ −", messageId: "map.keys.zoom" },
  { keys: "0", messageId: "map.keys.fit" },
  { keys: "1", messageId: "map.keys.full" },
];
