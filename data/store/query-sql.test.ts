import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { BTC_1M, BTC_FUNDING, SAMPLE_SOURCE } from "#data/testing/market-keys.ts";
import { sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { SAMPLE_EQUITY, SAMPLE_TRADES, sampleRun } from "#data/testing/sample-run.ts";
import { sharedTemporaryFolder, temporaryFolder } from "#data/testing/temporary-folder.ts";
import { openMarketStore } from "./market-store.ts";
import { querySql } from "./query-sql.ts";
import { openStateStore } from "./state-store.ts";
import { createWorkspace, type Workspace, workspaceAt } from "./workspace.ts";

const shared = workspaceAt(sharedTemporaryFolder());

beforeAll(() => fillMarket(shared));

async function fillMarket(workspace: Workspace): Promise<void> {
  createWorkspace(workspace);
  const store = await openMarketStore(workspace.marketPath, { mode: "write" });
  await store.writeBars(BTC_1M, sampleBars(100, { unknownVolumeEvery: 10 }), SAMPLE_SOURCE);
  await store.writeFunding(BTC_FUNDING, sampleFunding(3), SAMPLE_SOURCE);
  await store.close();
}

test("querySql() answers over candles and runs together", async () => {
  const workspace = workspaceAt(temporaryFolder());
  await fillMarket(workspace);
  const state = openStateStore(workspace);
  const id = state.nextRunId("sma", "0123abcd");
  writeFileSync(join(workspace.runsFolder, id, "trades.csv"), SAMPLE_TRADES);
  writeFileSync(join(workspace.runsFolder, id, "equity.csv"), SAMPLE_EQUITY);
  await state.saveRun(sampleRun(id));
  const result = await querySql(
    workspace,
    `SELECT r.id, count(c.time) AS bars, count(c.volume) AS known, min(c.time) AS first
     FROM runs r, candles c WHERE c.symbol = 'BTCUSDT' AND c."interval" = '1m' GROUP BY r.id`,
  );
  expect(result).toEqual({
    columns: [
      { name: "id", type: "VARCHAR" },
      { name: "bars", type: "BIGINT" },
      { name: "known", type: "BIGINT" },
      { name: "first", type: "TIMESTAMP" },
    ],
    rows: [[id, 100, 90, "2025-09-20T00:00:00.000Z"]],
    isCut: false,
    notices: [],
  });
  const qualified = await querySql(
    workspace,
    "SELECT count(*) FROM market.funding_rates, state.runs",
  );
  expect(qualified.rows).toEqual([[3]]);
});

test("values become plain JSON", async () => {
  const sql = `SELECT 9007199254740993::BIGINT, 5::HUGEINT, 'NaN'::DOUBLE, '-Infinity'::DOUBLE, 1.50::DECIMAL(9,2),
    DATE '2025-10-01', TIMESTAMP '2025-10-01 00:00:00.000001', [1, NULL], {'a': 1, 'b': 'x'}, true, NULL`;
  expect((await querySql(shared, sql)).rows).toEqual([
    [
      "9007199254740993",
      5,
      null,
      "-Infinity",
      "1.50",
      "2025-10-01",
      "2025-10-01T00:00:00.000001Z",
      [1, null],
      { a: 1, b: "x" },
      true,
      null,
    ],
  ]);
});

test("a limit cuts the rows and says so", async () => {
  const cut = await querySql(shared, "SELECT * FROM candles", { rowsMax: 7 });
  expect([cut.rows.length, cut.isCut]).toEqual([7, true]);
  const whole = await querySql(shared, "SELECT * FROM candles", { rowsMax: 100 });
  expect([whole.rows.length, whole.isCut]).toEqual([100, false]);
});

test.each([
  "show tables",
  "describe candles",
  "from stored_series",
  "with x as (select 1) select * from x; -- end",
  "explain select 1",
])("%s is a question", async (sql) => {
  expect((await querySql(shared, sql)).rows.length).toBeGreaterThan(0);
});

test.each([
  ["DROP TABLE bars", /Only queries are allowed, not DROP/],
  ["INSERT INTO bars SELECT * FROM bars", /Only queries are allowed, not INSERT/],
  ["UPDATE series SET symbol = 'X'", /Only queries are allowed, not UPDATE/],
  ["ATTACH 'other.db'", /Only queries are allowed, not ATTACH|file system operations are disabled/],
  [
    "COPY bars TO 'out.csv'",
    /Only queries are allowed, not COPY|file system operations are disabled/,
  ],
  ["SET enable_external_access = true", /Only queries are allowed, not SET/],
  ["SELECT 1; SELECT 2", /One query at a time, not 2/],
  ["  ", /The query is empty/],
  ["SELEC 1", /The query failed: Parser Error/],
  ["SELECT nothing FROM candles", /The query failed: Binder Error/],
  ["SELECT * FROM read_csv('/etc/hostname')", /file system operations are disabled/],
  ["SELECT * FROM '/etc/hostname'", /The query failed: Catalog Error/],
  ["SELECT 'x'::INTEGER", /The query failed: Conversion Error/],
])("%s is refused", async (sql, message) => {
  await expect(querySql(shared, sql)).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringMatching(message),
  });
});

test("a question is interrupted", async () => {
  const signal = AbortSignal.timeout(150);
  const endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b";
  await expect(querySql(shared, endless, { signal })).rejects.toMatchObject({
    code: "E_INTERRUPTED",
  });
});

test("without any store there is nothing to ask", async () => {
  const workspace = workspaceAt(temporaryFolder());
  await expect(querySql(workspace, "SELECT 1")).rejects.toMatchObject({ code: "E_DATA_MISSING" });
});

test("a store that is open in this process is not opened a second time", async () => {
  const workspace = workspaceAt(temporaryFolder());
  await fillMarket(workspace);
  const store = await openMarketStore(workspace.marketPath, { mode: "read" });
  await expect(querySql(workspace, "SELECT 1")).rejects.toMatchObject({ code: "E_STORE_LOCKED" });
  await store.close();
  expect((await querySql(workspace, "SELECT 1")).rows).toEqual([[1]]);
});
