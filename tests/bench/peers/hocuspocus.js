// Hocuspocus with its SQLite extension, as its own guide sets them up: all settings are theirs. PORT, HOST, DATA_DIR.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

/**
 * The extension's own queries and schema, on Node's SQLite in place of better-sqlite3: that one is compiled for each
 * Node, by a download that is not everywhere to be had. Both leave SQLite's defaults alone (a rollback journal, synced
 * commits), and the extension asks of them three calls that are alike.
 */
class SqliteOfNode extends SQLite {
  async onConfigure() {
    this.db = new DatabaseSync(this.configuration.database);
    this.db.exec(this.configuration.schema);
  }
}

const server = new Server({
  port: Number(process.env.PORT),
  address: process.env.HOST,
  quiet: true,
  extensions: [new SqliteOfNode({ database: join(process.env.DATA_DIR ?? ".", "boards.sqlite") })],
});
await server.listen();
console.log(`listening at http://127.0.0.1:${server.address.port}`);
