import { type ComponentType, lazy } from "react";
import type { LongWordsFieldProps } from "../board/LongWords.tsx";

/** The features, each loaded when its view is first shown. They do not know each other; here they meet. */
export const MapView = lazy(() => import("../canvas/MapView.tsx").then(({ MapView }) => ({ default: MapView })));
export const ListView = lazy(() => import("../canvas/ListView.tsx").then(({ ListView }) => ({ default: ListView })));
export const PlanView = lazy(() => import("../plan/PlanView.tsx").then(({ PlanView }) => ({ default: PlanView })));
export const LongWordsField: ComponentType<LongWordsFieldProps> = lazy(() =>
  import("../editor/LongWordsField.tsx").then(({ LongWordsField }) => ({ default: LongWordsField })),
);
