import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { StateStore } from "#data/store/state-store.ts";
import { SAMPLE_TRADES, sampleRun } from "#data/testing/sample-run.ts";
import {
  HASH_A,
  HASH_B,
  newStore,
  rowsOf,
  save,
  writeTables,
} from "#data/testing/state-fixture.ts";

async function everything(store: StateStore): Promise<unknown> {
  const tables = ["runs", "run_metrics", "run_trades", "run_equity"];
  return Promise.all(tables.map((table) => rowsOf(store, `SELECT * FROM ${table} ORDER BY ALL`)));
}

test("rebuild() makes the same tables from the folders", async () => {
  const store = newStore();
  await save(store);
  await save(store, HASH_B);
  const before = await everything(store);
  expect(await store.rebuild()).toEqual({ entered: 2, removed: 0, notices: [] });
  expect(await everything(store)).toEqual(before);
});

test("a damaged state.duckdb is moved aside, made again and reported", async () => {
  const store = newStore();
  await save(store);
  const before = await everything(store);
  const { statePath, root } = store.workspace;
  writeFileSync(statePath, "no database");
  const result = await store.sync();
  expect(result.entered).toBe(1);
  expect(result.notices).toEqual([
    expect.stringMatching(
      /^Made "state.duckdb" again from the run folders: it was damaged and is now "state.duckdb.damaged-/,
    ),
  ]);
  const aside = readdirSync(root).filter((name) => name.includes("damaged"));
  expect(aside.map((name) => readFileSync(join(root, name), "utf8"))).toEqual(["no database"]);
  expect(await everything(store)).toEqual(before);
});

test("a missing state.duckdb is made again and reported", async () => {
  const store = newStore();
  await save(store);
  await save(store);
  rmSync(store.workspace.statePath);
  expect(await store.sync()).toEqual({
    entered: 2,
    removed: 0,
    notices: ['Made "state.duckdb" again from the run folders: it was missing'],
  });
});

test("tables of another version are made again", async () => {
  const store = newStore();
  await save(store);
  const instance = await DuckDBInstance.create(store.workspace.statePath);
  const connection = await instance.connect();
  await connection.run("UPDATE state_version SET version = 77");
  connection.disconnectSync();
  instance.closeSync();
  expect(await store.sync()).toEqual({ entered: 1, removed: 0, notices: [] });
  expect(await store.sync()).toEqual({ entered: 0, removed: 0, notices: [] });
});

test("folders that come, go and change without drydock are followed", async () => {
  const store = newStore();
  const id = await save(store);
  const gone = await save(store);
  const { runsFolder } = store.workspace;
  rmSync(join(runsFolder, gone), { recursive: true });
  const other = join(runsFolder, "sma-bbbb2222-9");
  mkdirSync(other);
  writeTables(store, "sma-bbbb2222-9");
  writeFileSync(join(other, "run.json"), JSON.stringify(sampleRun("sma-bbbb2222-9")));
  // Not a run yet: no run.json.
  mkdirSync(join(runsFolder, "sma-cccc3333-1"));
  writeFileSync(join(runsFolder, id, "run.json"), JSON.stringify(sampleRun(id, { net: -1 })));
  expect(await store.sync()).toEqual({ entered: 2, removed: 1, notices: [] });
  expect(
    await rowsOf(store, "SELECT run_id, value FROM run_metrics WHERE metric = 'net' ORDER BY ALL"),
  ).toEqual([
    [id, -1],
    ["sma-bbbb2222-9", 12.5],
  ]);
});

test.each([
  ["run.json that is cut", "run.json", '{"format":1', /it is no JSON/],
  ["run.json of another format", "run.json", '{"format":2}', /format: /],
  ["a trade that is no number", "trades.csv", SAMPLE_TRADES.replace("0.6", "much"), /CSV Error/],
  [
    "an equity table of other columns",
    "equity.csv",
    "time,equity\n2025-10-01,1\n",
    /CSV Error|columns/,
  ],
])("%s keeps that run out of the tables, and no other", async (_, file, content, message) => {
  const store = newStore();
  const bad = store.nextRunId("sma", HASH_A);
  writeTables(store, bad);
  const folder = join(store.workspace.runsFolder, bad);
  writeFileSync(join(folder, "run.json"), JSON.stringify(sampleRun(bad)));
  writeFileSync(join(folder, file), content);
  const good = await save(store, HASH_B);
  const { notices } = await store.sync();
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(message);
  expect(notices[0]).toContain(bad);
  expect(await rowsOf(store, "SELECT id FROM runs")).toEqual([[good]]);
  expect(await rowsOf(store, "SELECT DISTINCT run_id FROM run_trades")).toEqual([[good]]);
});
