/** What a wide screen shows besides the list, as one file to load: two small ones cost a request each and compress worse. */
export { PlanView } from "../plan/PlanView.tsx";
export { MapWithCursors } from "./MapWithCursors.tsx";
