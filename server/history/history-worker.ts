import { parentPort } from "node:worker_threads";
import { type HistoryTask, runHistoryTask } from "./history-task.ts";

/** The thread in which a lane's past is put together, one task at a time. */
parentPort?.on("message", (task: HistoryTask) => {
  parentPort?.postMessage(runHistoryTask(task));
});
