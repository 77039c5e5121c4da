import { openSqliteStore } from "../../server/store/sqlite-store.ts";
import { boardId, offersLane, sharedLane } from "./lane-people.ts";
import { startRelayServer } from "./relay-server.ts";

/**
 * A relay with its SQLite store in a process of its own, to be killed. `node relay-process.ts FILE`; says its port on a
 * line of its own once it listens.
 */
const file = process.argv[2];
if (!file) throw new Error("usage: relay-process.ts FILE");
const opened = await openSqliteStore({ file, masterKey: new Uint8Array(32) });
if (!opened.ok) throw new Error(`store: ${JSON.stringify(opened.error)}`);
const { store } = opened.value;
const known = await store.board(boardId);
if (known.ok && !known.value) {
  await store.createBoard(
    { boardId, title: "board", createdAt: 0 },
    [
      { laneId: sharedLane, boardId, kind: "shared" },
      { laneId: offersLane, boardId, kind: "offers" },
    ],
    [],
    [],
  );
}
const { port } = await startRelayServer(store);
console.log(`listening on ${port}`);
