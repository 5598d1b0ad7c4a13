import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SAMPLE_FILLS, sampleRun } from "#data/testing/sample-run.ts";
import {
  HASH_A,
  HASH_B,
  newStore,
  rowsOf,
  save,
  writeTables,
} from "#data/testing/state-fixture.ts";

test("nextRunId() counts the runs of one hash and never gives an id twice", async () => {
  const store = newStore();
  const ids = [HASH_A, HASH_A, HASH_B, HASH_A].map((hash) => store.nextRunId("sma", hash));
  expect(ids).toEqual(["sma-aaaa1111-1", "sma-aaaa1111-2", "sma-bbbb2222-1", "sma-aaaa1111-3"]);
  expect(readdirSync(store.workspace.runsFolder)).toHaveLength(4);
  expect(readFileSync(join(store.workspace.root, ".gitignore"), "utf8")).toBe("*\n");
  expect(store.listRuns()).toEqual({ runs: [], notices: [] });
});

test("nextRunId() makes a file name of any strategy name", () => {
  const store = newStore();
  expect(store.nextRunId("../Mean Reversion!", HASH_A)).toBe("Mean-Reversion-aaaa1111-1");
  expect(store.nextRunId("..", HASH_A)).toBe("run-aaaa1111-1");
});

test("a saved run comes back, with everything that was in its run.json", async () => {
  const store = newStore();
  const id = await save(store);
  const run = store.findRun(id);
  const folder = join(store.workspace.runsFolder, id);
  expect(run).toMatchObject({
    id,
    runHash: HASH_A,
    traceHash: "cd".repeat(32),
    strategy: "sma",
    startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    engineVersion: "0.1.0",
    seed: 42,
    status: "complete",
    tags: [],
    config: { leverage: 3 },
    summary: { net: 12.5, sharpe: null },
    files: { report: null, trades: join(folder, "trades.csv"), equity: join(folder, "equity.csv") },
    folder,
    content: { source: { command: "drydock backtest sma-cross" } },
  });
});

test("the tables show runs, metrics, trades and the equity of each day", async () => {
  const store = newStore();
  const id = await save(store, HASH_A, { status: "partial" });
  expect(
    await rowsOf(
      store,
      "SELECT id, strategy, started, status, seed, summary->>'net', config->>'leverage', tags FROM runs",
    ),
  ).toEqual([[id, "sma", "2026-01-02T03:04:05.678Z", "partial", 42, "12.5", "3", []]]);
  expect(await rowsOf(store, "SELECT * FROM run_metrics ORDER BY metric")).toEqual([
    [id, "net", 12.5],
    [id, "sharpe", null],
  ]);
  expect(await rowsOf(store, "SELECT * EXCLUDE run_id FROM run_trades ORDER BY id")).toEqual([
    [
      1,
      "BTCUSDT",
      "long",
      "2025-10-01T00:05:00.000Z",
      "2025-10-01T04:00:00.000Z",
      100.1,
      101.30000000000001,
      0.5,
      0.6,
      0.1,
      0,
      0.5,
      1.2,
      "signal",
      "fast, then slow",
      47,
      -0.5,
      1.3,
    ],
    [
      2,
      "BTCUSDT",
      "short",
      "2025-10-02T00:00:00.000Z",
      null,
      99,
      null,
      0.25,
      1e-7,
      0.05,
      -0.01,
      -0.06,
      -0.2,
      null,
      null,
      3,
      -1,
      0,
    ],
  ]);
  expect(await rowsOf(store, "SELECT * EXCLUDE run_id FROM run_equity ORDER BY day")).toEqual([
    ["2025-10-01", 1001.25, 990.5, 50],
    ["2025-10-02", 999, 980, 0],
    ["2025-10-03", 1010, 1009, 10],
  ]);
});

test("executions are rows in their order, and a run without their file has none", async () => {
  const store = newStore();
  const id = store.nextRunId("sma", HASH_A);
  writeTables(store, id);
  writeFileSync(join(store.workspace.runsFolder, id, "fills.csv"), SAMPLE_FILLS);
  await store.saveRun(sampleRun(id));
  await save(store, HASH_B);
  expect(await rowsOf(store, "SELECT * FROM run_fills")).toEqual([
    [
      id,
      "2025-10-01T00:05:00.000Z",
      "BTCUSDT",
      "buy",
      100.1,
      0.5,
      0.05,
      "taker",
      0.001,
      null,
      1,
      "entry",
    ],
    [
      id,
      "2025-10-01T03:59:59.999Z",
      "BTCUSDT",
      "sell",
      101.30000000000001,
      0.25,
      0.025,
      "maker",
      0,
      0.001,
      1,
      "takeProfit",
    ],
    [
      id,
      "2025-10-01T03:59:59.999Z",
      "BTCUSDT",
      "sell",
      101.30000000000001,
      0.25,
      0.025,
      "maker",
      0,
      "Infinity",
      1,
      "takeProfit",
    ],
  ]);
  await store.removeRun(id);
  expect(await rowsOf(store, "SELECT count(*) FROM run_fills")).toEqual([[0]]);
});

test("runs are listed newest first", async () => {
  const store = newStore();
  const first = await save(store, HASH_A, { startedAt: "2026-01-01T00:00:00.000Z" });
  const third = await save(store, HASH_A, { startedAt: "2026-01-03T00:00:00.000Z" });
  const second = await save(store, HASH_B, { startedAt: "2026-01-02T00:00:00.000Z" });
  expect(store.listRuns().runs.map(({ id }) => id)).toEqual([third, second, first]);
  expect([store.findRun("@last").id, store.findRun("@-3").id, store.findRun("sma-b").id]).toEqual([
    third,
    first,
    second,
  ]);
  expect(() => store.findRun("sma-a")).toThrow(/means 2 runs: sma-aaaa1111-2, sma-aaaa1111-1/);
});

test("tags find a run, and can be taken off", async () => {
  const store = newStore();
  const id = await save(store);
  await save(store, HASH_B);
  expect((await store.tagRun(id, { add: ["best", "q4.2025", "best"] })).tags).toEqual([
    "best",
    "q4.2025",
  ]);
  expect(store.findRun("best").id).toBe(id);
  expect(await rowsOf(store, "SELECT id FROM runs WHERE list_contains(tags, 'best')")).toEqual([
    [id],
  ]);
  expect((await store.tagRun("best", { remove: ["best"] })).tags).toEqual(["q4.2025"]);
  expect(() => store.findRun("best")).toThrow(expect.objectContaining({ code: "E_UNKNOWN_RUN" }));
  for (const tag of ["@last", "", "a b", "-x"]) {
    await expect(store.tagRun(id, { add: [tag] })).rejects.toMatchObject({ code: "E_USAGE" });
  }
});

test("a removed run is gone from folder and tables, and its number is not given again while a later one lives", async () => {
  const store = newStore();
  const [first, second] = [await save(store), await save(store)];
  await store.removeRun(first);
  expect(existsSync(join(store.workspace.runsFolder, first))).toBe(false);
  expect(await rowsOf(store, "SELECT id FROM runs")).toEqual([[second]]);
  expect(
    await rowsOf(
      store,
      "SELECT DISTINCT run_id FROM run_trades UNION SELECT run_id FROM run_equity",
    ),
  ).toEqual([[second]]);
  expect(store.nextRunId("sma", HASH_A)).toBe("sma-aaaa1111-3");
  await expect(store.removeRun(first)).rejects.toMatchObject({ code: "E_UNKNOWN_RUN" });
});

test("a run that is saved again replaces its rows", async () => {
  const store = newStore();
  const id = await save(store);
  await store.saveRun(sampleRun(id, { net: 99 }));
  expect(await rowsOf(store, "SELECT value FROM run_metrics WHERE metric = 'net'")).toEqual([[99]]);
  expect(await rowsOf(store, "SELECT count(*) FROM run_trades")).toEqual([[2]]);
});

test("a missing table of a run is told", async () => {
  const store = newStore();
  const id = await save(store);
  rmSync(join(store.workspace.runsFolder, id, "equity.csv"));
  const { notices } = await store.rebuild();
  expect(notices).toEqual([`Left the run "${id}" out of the tables: "equity.csv" is missing`]);
});

test("a damaged run is left out of the list, and told; asked for by its id, it is an error", async () => {
  const store = newStore();
  const [bad, good] = [await save(store), await save(store)];
  writeFileSync(join(store.workspace.runsFolder, bad, "run.json"), "{}");
  const { runs, notices } = store.listRuns();
  expect(runs.map(({ id }) => id)).toEqual([good]);
  expect(notices).toEqual([expect.stringContaining("is damaged")]);
  expect(() => store.findRun(bad)).toThrow(expect.objectContaining({ code: "E_STORE_CORRUPT" }));
});

test("a run in a folder of another name is refused", async () => {
  const store = newStore();
  const id = await save(store);
  const { runsFolder } = store.workspace;
  renameSync(join(runsFolder, id), join(runsFolder, "copy"));
  expect(() => store.findRun("copy")).toThrow(/belongs to the run "sma-aaaa1111-1"/);
});

test("runs that end at one time in one process are all entered", async () => {
  const store = newStore();
  await Promise.all([HASH_A, HASH_A, HASH_B, HASH_B].map((hash) => save(store, hash)));
  expect(await rowsOf(store, "SELECT count(*) FROM runs")).toEqual([[4]]);
});

test("an equity table in Parquet is understood as well", async () => {
  const store = newStore();
  const id = store.nextRunId("sma", HASH_A);
  writeTables(store, id);
  const { writeParquet } = await import("./write-parquet.ts");
  const time = Float64Array.of(Date.UTC(2025, 9, 1, 12), Date.UTC(2025, 9, 2));
  const column = (name: string, ...values: number[]) => ({
    name,
    values: Float64Array.from(values),
    type: "double" as const,
  });
  await writeParquet(join(store.workspace.runsFolder, id, "equity.parquet"), {
    length: 2,
    columns: [
      { name: "time", values: time, type: "timestamp" },
      column("equity", 10, 11),
      column("equityLow", 9, 10.5),
      column("grossNotional", 0, 4),
    ],
  });
  const run = sampleRun(id);
  const files = { ...run.document.files, equity: "equity.parquet" };
  await store.saveRun({ ...run, document: { ...run.document, files } });
  expect(await rowsOf(store, "SELECT * EXCLUDE run_id FROM run_equity")).toEqual([
    ["2025-10-01", 11, 9, 4],
  ]);
});
