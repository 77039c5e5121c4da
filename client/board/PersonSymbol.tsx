import type { PersonSymbol as SymbolName } from "#shared/protocol/presence.ts";
import styles from "../ui/Icon.module.css";

/** Strokes on a 24 × 24 sheet. */
const drawings: Readonly<Record<SymbolName, string>> = {
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3L7 7M17 17l1.7 1.700M5.3 18.700L7 17M17 7l1.7-1.7",
  moon: "M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z",
  star: "M12 3l2.8 5.9 6.4.8-4.7 4.4 1.2 6.400L12 17.300l-5.7 3.2 1.2-6.400L2.8 9.700l6.4-.8z",
  tree: "M12 3l5 6.500h-2.500L19 16H5l4.5-6.500H7zM12 16v5.5",
  flower:
    "M12 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM12 9.500c-2.8-2-2.8-6.5 0-6.500s2.8 4.5 0 6.500zM12 14.500c-2.8 2-2.8 6.5 0 6.500s2.8-4.5 0-6.500zM9.5 12c-2-2.8-6.5-2.8-6.5 0s4.5 2.8 6.5 0zM14.5 12c2-2.8 6.5-2.8 6.5 0s-4.5 2.8-6.5 0z",
  leaf: "M5 19c-1.5-9 4-14.5 15-15 .5 11-5 16.5-13 14M4 21L13 11.5",
  bird: "M3 13c4 0 6-1.5 7-4.500A4.3 4.3 0 0 1 18.3 8L21 9.5 18.5 11c0 5-3.5 8-8 8-3.5 0-6-2-7.5-6zM15.5 8.500h.01M10 19v2.500M13 18.500v3",
  fish: "M2.5 12c3-4.5 6-6 9-6s5.5 2 7 6c-1.5 4-4 6-7 6s-6-1.5-9-6zM18.5 12L22 8v8zM7.5 11h.01",
  cat: "M5 4l3.5 3.500h7L19 4v9a7 7 0 0 1-14 0zM9.5 12h.01M14.5 12h.01M12 15v1M10 17.500l2-1.5 2 1.5",
  dog: "M7 5.500h10l4 5-2.5 4-1.5-3v4a5 5 0 0 1-10 0v-4l-1.5 3L3 10.500zM9.8 10h.01M14.2 10h.01M10.5 14h3L12 15.700z",
  horse: "M8 21c0-5 .5-7 2.5-9.500L7.5 14 4 12.500l4.5-6.500L12 3l1 2.500c4.5.5 7 4 7 9V21M9.5 8.500h.01",
  boat: "M3 15.500h18L18.5 20h-13zM12 15.500V3.500M12 3.500l6.5 9H12M9.5 7v5.500H6z",
  house: "M3.5 11.500L12 4l8.5 7.500M5.5 10v10h13V10M10 20v-5.500h4V20",
  key: "M8 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12.5 12H21.500v3.500M17.5 12v2.500M8 12h.01",
  cup: "M4.5 8h12v6a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM16.5 9.500h1.500a2.5 2.5 0 0 1 0 5h-1.500M8.5 2.500V5M12.5 2.500V5",
  ball: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3c-2 5-2 13 0 18M3.5 9.500c5 2 12 2 17 0M3.5 14.500c5-2 12-2 17 0",
};

/** The picture that a person chose for themselves. Silent: the name beside it, or the control, says it. */
export function PersonSymbol({ name }: { readonly name: SymbolName }) {
  return (
    <svg className={styles.icon} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawings[name]} />
    </svg>
  );
}
