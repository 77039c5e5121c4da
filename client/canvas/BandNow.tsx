import { useSyncExternalStore } from "react";
import type { Area } from "#shared/board/schema.ts";
import { bandHeaderHeight } from "#shared/geometry/map-layout.ts";
import { useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { Camera } from "./camera.ts";
import styles from "./MapView.module.css";
import type { MapModel } from "./map-model.ts";

/** The area whose cards are at the top of the view while its own title is above it. */
function areaScrolledInto({ bands }: ReturnType<MapModel["layout"]>, top: number): Area | undefined {
  return bands.find(({ y, height }) => y + bandHeaderHeight / 2 < top && y + height - bandHeaderHeight > top)?.area;
}

/**
 * Says which area one has scrolled into, once its title is out of sight. Over the map rather than sticky in it: what is
 * sticky is placed anew for each step of a scroll, this changes with the area only. Silent: each card says its area.
 */
export function BandNow({ camera, model }: { readonly camera: Camera; readonly model: MapModel }) {
  const { say } = useLanguage();
  const area = useSyncExternalStore(camera.subscribe, () => areaScrolledInto(model.layout(), camera.view().y));
  if (!area) return null;
  return (
    <p
      className={styles.bandNow}
      style={{ color: `var(--area-${area}-edge)`, background: `var(--area-${area})` }}
      aria-hidden="true"
    >
      <Icon name={`area-${area}`} />
      {say(`area.${area}`)}
    </p>
  );
}
