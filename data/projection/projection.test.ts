import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import type { Link } from "./link.ts";
import { openProjection } from "./open-projection.ts";
import { TABLE_NAMES } from "./tables.ts";
import { emptyProjection, projectionIn, recordsOf } from "./testing/journal-records.ts";
import { busyRecords, everyKind, writeJournal } from "./testing/sample-journal.ts";
import { contentsOf, rowsOf } from "./testing/table-contents.ts";

test("I48: a process per record leads to the same tables as one batch, in every table", async () => {
  const folder = temporaryFolder();
  writeJournal(folder, everyKind());
  const records = recordsOf(folder);
  const whole = await emptyProjection();
  await whole.projection.apply(records);
  const single = await emptyProjection();
  for (const record of records) {
    const projection = await projectionIn(single.database);
    await projection.apply([record]);
  }
  const contents = await contentsOf(whole.projection);
  expect(await contentsOf(single.database)).toEqual(contents);
  for (const name of TABLE_NAMES) expect([name, contents[name]?.length]).not.toEqual([name, 0]);
  const aged = await rowsOf(
    single.database,
    "SELECT count(*) AS n FROM aged_positions WHERE status = 'closed'",
  );
  expect(aged).toEqual([{ n: 1 }]);
  const bound = "SELECT request_id, venue_order_id FROM requests ORDER BY ALL";
  expect((await rowsOf(single.database, bound)).map(Object.values)).toEqual([
    ["client0", "v0"],
    ["client1", "v1"],
    ["client9", null],
  ]);
});

test("after a batch that failed the same records are tried again", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  writeJournal(journalFolder, busyRecords(1));
  let isBroken = false;
  const wrap = (link: Link): Link => ({
    ...link,
    append: (...args) => {
      if (isBroken) throw new Error("planned");
      return link.append(...args);
    },
  });
  const opened = await openProjection({ file: join(folder, "live.duckdb"), journalFolder, wrap });
  if (opened.kind !== "open") throw new Error(opened.kind);
  const { projection } = opened;
  writeJournal(journalFolder, busyRecords(3).slice(6));
  isBroken = true;
  await expect(projection.catchUp()).rejects.toThrow("planned");
  await expect(projection.catchUp()).rejects.toThrow("planned");
  isBroken = false;
  expect(await projection.catchUp()).toBe(10);
  const whole = await emptyProjection();
  await whole.projection.apply(recordsOf(journalFolder));
  expect(await contentsOf(projection)).toEqual(await contentsOf(whole.projection));
  await projection.close();
});

test("no more than two questions are answered at a time", async () => {
  const { projection } = await emptyProjection();
  let running = 0;
  let most = 0;
  const ask = (): Promise<void> =>
    projection.read("asking", async (connection) => {
      running += 1;
      most = Math.max(most, running);
      await connection.run("SELECT sum(range) FROM range(100000)");
      running -= 1;
    });
  await Promise.all(Array.from({ length: 9 }, ask));
  expect([most, running]).toEqual([2, 0]);
});
