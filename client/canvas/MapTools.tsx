import { useSyncExternalStore } from "react";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { useDesk, useDeskState } from "./CardDesk.tsx";
import { useShelf } from "./CardDialogs.tsx";
import type { Camera } from "./camera.ts";
import type { DeskState } from "./desk.ts";
import styles from "./MapView.module.css";

/** Zoom, whose words, and the shelf of cards put away. */
export function MapTools({ camera }: { readonly camera: Camera }) {
  const { say } = useLanguage();
  // Of the zoom that was settled on: a text that changes with each step of a pinch is laid out at each step.
  const percent = useSyncExternalStore(camera.subscribe, () => Math.round(camera.laidOutZoom() * 100));
  return (
    <div className={styles.tools} role="toolbar" aria-label={say("map.tools")}>
      <AuthorsAndShelf />
      <IconButton icon="zoom-out" label={say("map.zoomOut")} onClick={() => camera.zoomTo(camera.view().z / 1.4)} />
      <span className={styles.zoom}>{say("map.zoomIs", { percent })}</span>
      <IconButton icon="zoom-in" label={say("map.zoomIn")} onClick={() => camera.zoomTo(camera.view().z * 1.4)} />
      <IconButton icon="fit" label={say("map.fit")} onClick={() => camera.fit()} />
    </div>
  );
}

const authorsShown = (state: DeskState) => state.authors;

export function AuthorsAndShelf() {
  const { say } = useLanguage();
  const desk = useDesk();
  const authors = useDeskState(authorsShown);
  const away = useShelf().length;
  return (
    <>
      {away > 0 && (
        <button
          type="button"
          className={styles.shelf}
          aria-haspopup="dialog"
          onClick={() => desk.set({ dialog: { what: "shelf" } })}
        >
          <Icon name="trash" />
          {say("map.shelf", { count: away })}
        </button>
      )}
      <IconButton
        icon="people"
        label={say("map.authors")}
        aria-pressed={authors}
        onClick={() => desk.set({ authors: !authors })}
      />
    </>
  );
}
