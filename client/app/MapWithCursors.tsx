import type { ComponentProps } from "react";
import type { MapSpace } from "../board/map-space.ts";
import { MapView } from "../canvas/MapView.tsx";
import { Cursors } from "../presence/Cursors.tsx";

const drawCursors = (space: MapSpace) => <Cursors space={space} />;

/** The map with everybody's pointers on it. The two features do not know each other; here they meet. */
export function MapWithCursors(props: Omit<ComponentProps<typeof MapView>, "overlay">) {
  return <MapView {...props} overlay={drawCursors} />;
}
