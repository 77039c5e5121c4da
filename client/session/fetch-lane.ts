import { Awareness } from "y-protocols/awareness";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import type { LaneId } from "#shared/board/ids.ts";
import { keepMarks } from "#shared/board/keep-marks.ts";

interface LaneSource {
  readonly serverUrl: string;
  readonly laneId: LaneId;
  readonly WebSocket: typeof WebSocket;
  /** The relay closed for good, with this code; nothing will come. */
  readonly onClosed: (code: number) => void;
}

/**
 * The lane as the relay has it, with nothing of this device in it. Tries until it comes, however long the connection is
 * away, or until it is stopped; then the promise stays open.
 */
export function fetchLane({ serverUrl, laneId, WebSocket, onClosed }: LaneSource): {
  readonly doc: Promise<Y.Doc>;
  readonly stop: () => void;
} {
  const doc = new Y.Doc();
  keepMarks(doc);
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  const provider = new WebsocketProvider(serverUrl, laneId, doc, {
    awareness,
    disableBc: true,
    WebSocketPolyfill: WebSocket,
  });
  const stop = () => {
    provider.destroy();
    awareness.destroy();
  };
  provider.on("closed", ({ code }) => onClosed(code));
  const whole = new Promise<Y.Doc>((resolve) => {
    provider.on("sync", (isSynced) => {
      if (!isSynced) return;
      stop();
      resolve(doc);
    });
  });
  return { doc: whole, stop };
}
