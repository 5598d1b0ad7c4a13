/** What the tables say against what the records fold to, over journals of simulated runs with faults. */
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { must } from "#engine/assert.ts";
import { openProjection } from "./open-projection.ts";
import { TABLE_NAMES } from "./tables.ts";
import { emptyProjection, projectionIn, recordsOf } from "./testing/journal-records.ts";
import { projectionCrashes } from "./testing/projection-crashes.ts";
import { copyJournal, simulate, simulatedJournal } from "./testing/simulated-journal.ts";
import { contentsOf, rowsOf } from "./testing/table-contents.ts";
import { expectFolded } from "./testing/tables-fold.ts";

const SEEDS = ["1", "2", "3", "6", "8"];

/** Numbers that say where batches end: reproducible, from 1 to 2,000. */
function* batchSizes(seed: number): Generator<number> {
  let state = seed * 2_654_435_761 + 1;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield 1 + Math.floor((state / 4_294_967_296) ** 4 * 2_000);
  }
}

test.each(SEEDS)(
  "I48: seed %s: any batches in any number of processes lead to equal tables",
  async (seed) => {
    const folder = temporaryFolder();
    simulatedJournal(folder, seed);
    const records = recordsOf(folder);
    const whole = await emptyProjection();
    await whole.projection.apply(records);
    const parts = await emptyProjection();
    let { projection } = parts;
    const sizes = batchSizes(Number(seed));
    let batches = 0;
    for (let at = 0; at < records.length; batches++) {
      const size = must(sizes.next().value, "Sizes never end");
      await projection.apply(records.slice(at, at + size));
      at += size;
      if (batches % 3 === 0) projection = await projectionIn(parts.database);
    }
    expect(batches).toBeGreaterThan(5);
    const contents = await contentsOf(whole.projection);
    expect(await contentsOf(projection)).toEqual(contents);
    expect(contents["projection"]).toMatchObject([{ last_seq: records.at(-1)?.seq }]);
    for (const name of ["intents", "fills", "requests", "latches", "bot_runs"]) {
      expect(contents[name]?.length).toBeGreaterThan(0);
    }
  },
);

test("I48: after a crash in any batch the tables are those of the records that they count; lost ones are made again", async () => {
  await fc.assert(projectionCrashes(), { numRuns: 8 });
});

test("I37: the tables are what the records fold to", async () => {
  const seen = new Set<string>();
  for (const seed of [...SEEDS, "35"]) {
    const folder = temporaryFolder();
    simulatedJournal(folder, seed);
    const records = recordsOf(folder);
    const { projection } = await emptyProjection();
    await projection.apply(records);
    await expectFolded(projection, records);
    for (const [name, rows] of Object.entries(await contentsOf(projection))) {
      if (rows.length > 0) seen.add(name);
    }
    await projection.close();
  }
  expect(TABLE_NAMES.filter((name) => !seen.has(name))).toEqual([]);
});

test.each(SEEDS)("seed %s: sums over rows lead from one to the next", async (seed) => {
  const folder = temporaryFolder();
  simulatedJournal(folder, seed);
  const { projection } = await emptyProjection();
  await projection.apply(recordsOf(folder));
  const none = async (sql: string): Promise<void> =>
    expect(await rowsOf(projection, sql)).toEqual([]);
  await none(
    "SELECT * FROM fills WHERE wallet_after IS NULL OR (kind = 'fill' AND order_no IS NULL)",
  );
  await none("SELECT * FROM fills WHERE execution_id IS NULL AND NOT is_estimated");
  // Every order was filled by its executions.
  await none(`SELECT i.target, i.order_no, i.filled_lots, f.lots FROM intents i
    LEFT JOIN (SELECT target, order_no, sum(lots) AS lots FROM fills WHERE kind = 'fill' GROUP BY ALL) f
      ON f.target = i.target AND f.order_no = i.order_no
    WHERE i.filled_lots <> coalesce(f.lots, 0)`);
  // A position is where its executions lead.
  await none(`SELECT * FROM (SELECT *, sum(CASE side WHEN 'buy' THEN lots ELSE -lots END)
      OVER (PARTITION BY target, symbol, slot ORDER BY seq, place) AS sum FROM fills) WHERE sum <> position_lots`);
  // A step begins where the one before ended, along the life of an intent.
  await none(`SELECT * FROM (SELECT *, lag(to_status) OVER (PARTITION BY target, order_no ORDER BY seq, place) AS last
      FROM order_transitions) WHERE last IS DISTINCT FROM from_status`);
  await none(`SELECT i.* FROM intents i JOIN (SELECT target, order_no, arg_max(to_status, (seq, place)) AS last
      FROM order_transitions GROUP BY ALL) t ON t.target = i.target AND t.order_no = i.order_no WHERE t.last <> i.status`);
  await none(`SELECT * FROM (SELECT *, lag(to_status) OVER w AS last, lag(seq, 1, 0) OVER w AS number
      FROM aged_positions_history WINDOW w AS (PARTITION BY target, symbol_index, opened_at ORDER BY seq))
    WHERE last IS DISTINCT FROM from_status OR number <> seq - 1 OR id IS NULL`);
  await none("SELECT target, intent_id FROM intents GROUP BY ALL HAVING count(*) > 1");
  await none(
    "SELECT * FROM intents WHERE starts_with(intent_id, 'order ') OR symbol IS NULL OR qty IS NULL",
  );
  await none("SELECT * FROM intents WHERE status = 'rejected' AND reason IS NULL");
});

test("the tables in a file are those in memory, read from the journal's files", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  simulatedJournal(journalFolder, "2");
  const file = join(folder, "live.duckdb");
  const opened = await openProjection({ file, journalFolder, batchRecords: 300 });
  if (opened.kind !== "open") throw new Error(opened.kind);
  expect([opened.where, opened.notices]).toEqual(["file", []]);
  const whole = await emptyProjection();
  await whole.projection.apply(recordsOf(journalFolder));
  expect(await contentsOf(opened.projection)).toEqual(await contentsOf(whole.projection));
  await opened.projection.close();
});

test("a journal whose first segments were moved away begins with its snapshot and says so", async () => {
  const simulation = simulate("3");
  const folder = temporaryFolder();
  const whole = join(folder, "whole");
  copyJournal(simulation.world.disk, whole);
  const cut = join(folder, "cut");
  const segments = simulation.world.disk.list("/journal").filter((name) => name.endsWith(".jsonl"));
  copyJournal(simulation.world.disk, cut, (name) => !segments.slice(0, -2).includes(name));
  const contents = [];
  for (const journalFolder of [whole, cut]) {
    const file = join(folder, `${contents.length}.duckdb`);
    const opened = await openProjection({ file, journalFolder });
    if (opened.kind !== "open") throw new Error(opened.kind);
    contents.push({ notices: opened.notices, tables: await contentsOf(opened.projection) });
    await opened.projection.close();
  }
  const [all, part] = contents;
  expect(all?.notices).toEqual([]);
  expect(part?.notices).toEqual([
    expect.stringMatching(/^Records before \d+ are not in the journal any more/),
  ]);
  expect(part?.tables["active_positions"]).toEqual(all?.tables["active_positions"]);
  expect(part?.tables["contracts"]).toEqual(all?.tables["contracts"]);
  const working = (tables: typeof part): unknown =>
    tables?.tables["intents"]
      ?.filter((row) => row["is_working"])
      .map((row) => [
        row["target"],
        row["intent_id"],
        row["status"],
        row["filled_qty"],
        row["request_id"],
      ]);
  expect(working(part)).toEqual(working(all));
  expect(
    part?.tables["intents"]
      ?.map((row) => row["intent_id"])
      .every((id) => /^[0-9a-f]{32}$|^order/.test(String(id))),
  ).toBe(true);
  expect(part?.tables["events"]?.length).toBeLessThan(all?.tables["events"]?.length ?? 0);
  expect(TABLE_NAMES.length).toBeGreaterThan(10);
});
