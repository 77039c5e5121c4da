import { type ComponentType, lazy } from "react";
import type { LongWordsFieldProps } from "../board/LongWords.tsx";

/** The list comes with the board: it is what a phone shows first, and most of it is what the map is made of too. */
export { ListView } from "../canvas/ListView.tsx";

/** The other features, each loaded when its view is first shown. They do not know each other; here they meet. */
const mapAndPlan = () => import("./map-and-plan.ts");
export const MapView = lazy(() => mapAndPlan().then(({ MapWithCursors }) => ({ default: MapWithCursors })));
export const PlanView = lazy(() => mapAndPlan().then(({ PlanView }) => ({ default: PlanView })));
export const LongWordsField: ComponentType<LongWordsFieldProps> = lazy(() =>
  import("../editor/LongWordsField.tsx").then(({ LongWordsField }) => ({ default: LongWordsField })),
);
