import { createMemoryStore } from "../../server/store/memory-store.ts";
import { describeAccounts } from "./accounts.ts";
import { describeBoardStore } from "./board-store.ts";

describeBoardStore("memory", async () => createMemoryStore().store);
describeAccounts("memory", async () => createMemoryStore());
