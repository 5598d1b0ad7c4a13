/** P11: somebody asks the tables something that does not end; the journal of an engine in the same process goes on. */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { clock, fold, open } from "#data/journal/testing/journals.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";

/** As many as libuv has threads by default: nothing else that waits for one of them gets its turn. */
const QUERIES = 4;
const ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b";

test("a journal lasts record by record while queries hold every thread of the pool", async () => {
  const folder = join(temporaryFolder(), "journal");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connections = await Promise.all(Array.from({ length: QUERIES }, () => instance.connect()));
  let ended = 0;
  const queries = connections.map((connection) =>
    connection.run(ENDLESS).then(
      () => (ended += 1),
      () => (ended += 1),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { journal } = open(nodeDisk, { folder, now: clock() });
  for (let record = 0; record < 100; record++) {
    journal.append("step", "bybit:paper", { record });
    journal.sync();
    expect(journal.syncedSeq).toBe(journal.lastSeq);
  }
  journal.close();
  expect(ended).toBe(0);
  const { recovery, journal: again } = open(nodeDisk, { folder, now: clock() });
  expect(fold(recovery)).toHaveLength(100);
  again.close();
  for (const connection of connections) connection.interrupt();
  await Promise.all(queries);
  for (const connection of connections) connection.disconnectSync();
  instance.closeSync();
});
