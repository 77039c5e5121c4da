import { useEffect, useRef } from "react";
import { useSession } from "../board/BoardContext.tsx";
import type { MapSpace } from "../board/map-space.ts";
import { PersonSymbol } from "../board/PersonSymbol.tsx";
import { useOthers } from "../board/use-people.ts";
import type { Other } from "../session/board-session.ts";
import styles from "./Cursors.module.css";

/** A pointer that has not moved for this long says nothing any more. */
const staleMs = 12_000;

/**
 * Other people's pointers over the map, each with a name in its colour. They lie on a layer that scrolls with the map and
 * takes no clicks; they are not in the accessibility tree, since who does what is said by the cards themselves.
 */
export function Cursors({ space }: { readonly space: MapSpace }) {
  // Renders when somebody comes or goes or shows a pointer; each cursor then moves itself without rendering.
  const others = useOthers();
  return (
    <div aria-hidden="true">
      {others.map((other) => other.presence.pointer && <Cursor key={other.key} other={other} space={space} />)}
    </div>
  );
}

function Cursor({ other, space }: { readonly other: Other; readonly space: MapSpace }) {
  const session = useSession();
  const element = useRef<HTMLDivElement>(null);
  const { key } = other;

  useEffect(() => {
    let last = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => element.current?.setAttribute("data-stale", "");
    const move = () => {
      const pointer = session.others().find((each) => each.key === key)?.presence.pointer;
      if (!pointer || !element.current) return;
      const { inline, block } = space.offsetOf(pointer);
      const rtl = getComputedStyle(element.current).direction === "rtl";
      element.current.style.transform = `translate(${rtl ? -inline : inline}px, ${block}px)`;
      const now = JSON.stringify(pointer);
      if (now === last) return;
      last = now;
      element.current.removeAttribute("data-stale");
      clearTimeout(timer);
      timer = setTimeout(hide, staleMs);
    };
    move();
    const stops = [session.subscribeOthers(move), space.subscribe(move)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [session, space, key]);

  const { name, colour, symbol } = other.presence.person;
  return (
    <div ref={element} className={styles.cursor} style={{ color: `var(--person-${colour})` }}>
      <svg className={styles.arrow} viewBox="0 0 20 24" aria-hidden="true" focusable="false">
        <path d="M2 2v17l5-4 3.500 7 3-1.500L10 14h7z" />
      </svg>
      <span className={styles.name}>
        {symbol && <PersonSymbol name={symbol} />}
        <bdi>{name}</bdi>
      </span>
    </div>
  );
}
