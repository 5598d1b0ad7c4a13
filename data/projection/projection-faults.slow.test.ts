/** I52: a statement that fails, in the making of the tables or in a batch, leaves what was before or what is after. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import type { Link } from "./link.ts";
import { openProjection } from "./open-projection.ts";
import { projectionOf } from "./projection.ts";
import { openFile, openMemory } from "./projection-file.ts";
import { CREATE_STATEMENTS } from "./tables.ts";
import { recordsOf } from "./testing/journal-records.ts";
import { busyRecords, writeJournal } from "./testing/sample-journal.ts";
import { contentsOf } from "./testing/table-contents.ts";

class Planned extends Error {}

/** Fails at statement `at`, counted from 1, before or after it was made; counts them all. */
function failing(at: number, when: "before" | "after") {
  const counter = { count: 0 };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    counter.count += 1;
    const isIt = counter.count === at;
    if (isIt && when === "before") throw new Planned("planned");
    const result = await work();
    if (isIt) throw new Planned("planned");
    return result;
  };
  const wrap = (link: Link): Link => ({
    run: (sql) => around(() => link.run(sql)),
    rows: (sql) => around(() => link.rows(sql)),
    append: (table, columns, rows) => around(() => link.append(table, columns, rows)),
  });
  return { counter, wrap };
}

test.each(["before", "after"] as const)(
  "a batch that fails %s any statement is not there",
  async (when) => {
    const folder = temporaryFolder();
    const journalFolder = join(folder, "journal");
    writeJournal(journalFolder, busyRecords(8));
    const records = recordsOf(journalFolder);
    const parts = { disk: nodeDisk, journalFolder };
    const whole = await projectionOf(
      { ...parts, database: await openMemory(), wrap: (link) => link },
      false,
    );
    await whole.apply(records.slice(0, 20));
    const before = await contentsOf(whole);
    await whole.apply(records.slice(20));
    const after = await contentsOf(whole);
    const database = await openMemory();
    const plan = { at: 0, hook: failing(0, when) };
    const projection = await projectionOf(
      { ...parts, database, wrap: (link) => plan.hook.wrap(link) },
      false,
    );
    await projection.apply(records.slice(0, 20));
    let failures = 0;
    const found: string[] = [];
    for (let at = 1; at < 500; at++) {
      plan.hook = failing(at, when);
      const failed = await projection.apply(records.slice(20)).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Planned);
          return true;
        },
      );
      if (!failed) break;
      failures += 1;
      expect(projection.lastSeq).toBe(20);
      if (at % 5 === 0) found.push(JSON.stringify(await contentsOf(projection)));
    }
    expect(failures).toBeGreaterThan(20);
    expect(new Set(found)).toEqual(new Set([JSON.stringify(before)]));
    expect(await contentsOf(projection)).toEqual(after);
  },
);

test("making the tables fails at any statement: the next time they are made", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  writeJournal(journalFolder, busyRecords(2));
  const file = join(folder, "live.duckdb");
  const opened = await openProjection({ file: join(folder, "other.duckdb"), journalFolder });
  if (opened.kind !== "open") throw new Error(opened.kind);
  const wanted = await contentsOf(opened.projection);
  await opened.projection.close();
  const all = failing(0, "before");
  const dry = await projectionOf(
    { database: await openMemory(), disk: nodeDisk, journalFolder, wrap: all.wrap },
    false,
  );
  await dry.close();
  const { count } = all.counter;
  expect(count).toBe(CREATE_STATEMENTS.length);
  for (let at = 1; at <= count; at++) {
    const database = await openFile(file);
    const { wrap } = failing(at, "after");
    await expect(
      projectionOf({ database, disk: nodeDisk, journalFolder, wrap }, false),
    ).rejects.toBeInstanceOf(Planned);
    await database.close();
    const again = await openProjection({ file, journalFolder });
    if (again.kind !== "open") throw new Error(again.kind);
    expect([again.where, again.notices]).toEqual(["file", []]);
    expect(await contentsOf(again.projection)).toEqual(wanted);
    await again.projection.close();
    rmSync(file);
  }
});

test("a file that fails while it is written gives way once, then the tables are made in memory", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  writeJournal(journalFolder, busyRecords(2));
  const file = join(folder, "live.duckdb");
  const broken = (link: Link): Link => ({
    ...link,
    append: (table, columns, rows) => {
      if (table === "fills") throw new Planned("INTERNAL Error: planned");
      return link.append(table, columns, rows);
    },
  });
  let batches = 0;
  const once = (link: Link): Link => (batches++ < 4 ? broken(link) : link);
  const opened = await openProjection({ file, journalFolder, wrap: once });
  if (opened.kind !== "open") throw new Error(opened.kind);
  expect(opened.where).toBe("memory");
  expect(opened.notices).toEqual([
    expect.stringContaining("it was damaged and is now"),
    expect.stringMatching(/^Made the tables of the journal in memory: .*planned/),
  ]);
  expect((await contentsOf(opened.projection))["fills"]).toHaveLength(2);
  await opened.projection.close();
});
