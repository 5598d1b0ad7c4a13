import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drydock-sql-"));
  const rows = [0, 1, 2].map((hour) => `${1_704_067_200_000 + hour * 3_600_000},1,2,0.5,1.5,10`);
  writeFileSync(
    join(folder, "a.csv"),
    `timestamp,open,high,low,close,volume\n${rows.join("\n")}\n`,
  );
  await spawnDrydock(["data", "import", "a.csv", "--exchange", "bybit", "--symbol", "BTCUSDT"], {
    cwd: folder,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const sql = (query: string, ...words: string[]) =>
  spawnDrydock(["sql", query, ...words], { cwd: folder });

test("JSON has columns with types and rows as objects; names that repeat are told apart", async () => {
  const { data } = parseDocument(
    await sql("select count(*) as n, 1.5 as x, 2 as x from candles", "--json"),
  );
  expect(data).toMatchObject({
    columns: [{ name: "n" }, { name: "x" }, { name: "x_2" }],
    rows: [{ n: 3, x: expect.anything() as unknown, x_2: 2 }],
    isCut: false,
  });
});

test("as a table, TSV and CSV; from stdin; cut where told", async () => {
  const query = "select symbol, close, 'a,b' as t from candles order by time";
  expect((await sql(query, "--plain")).stdout).toBe(
    "symbol\tclose\tt\nBTCUSDT\t1.5\ta,b\nBTCUSDT\t1.5\ta,b\nBTCUSDT\t1.5\ta,b\n",
  );
  const cut = await spawnDrydock(["sql", "-", "--format", "csv", "--limit", "1"], {
    cwd: folder,
    stdin: query,
  });
  expect(cut.stdout).toBe('symbol,close,t\nBTCUSDT,1.5,"a,b"\n');
  expect(cut.stderr).toContain("Only the first 1 rows");
  expect((await sql(query)).stdout).toMatch(/^symbol {3}close {2}t\nBTCUSDT {4}1\.5 {2}a,b\n/);
});

test.each([
  { query: "drop table bars", exit: 2 },
  { query: "selec 1", exit: 2 },
  { query: "", exit: 2 },
])('"$query" is refused with $exit', async ({ query, exit }) => {
  const outcome = await sql(query, "--json");
  expect(outcome.exit).toBe(exit);
  expect(parseDocument(outcome).error).toMatchObject({ code: "E_USAGE" });
});
