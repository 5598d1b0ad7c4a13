/** What `drydock positions`, `orders`, `intents`, `aged` and `sql` tell of a journal, and of none or a bad one. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Outcome, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";
import { started, writeJournal } from "#data/projection/testing/sample-journal.ts";
import { simulatedJournal } from "#data/projection/testing/simulated-journal.ts";
import { spawnProcess } from "#data/testing/spawn-process.ts";
import { must } from "#engine/assert.ts";
import { positionKey } from "#engine/reconcile/findings.ts";

const COMMANDS = ["positions", "orders", "intents", "aged"] as const;
const LISTS = {
  positions: "positions",
  orders: "orders",
  intents: "intents",
  aged: "positions",
} as const;

let root = "";
let truth: ReturnType<typeof simulatedJournal>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "drydock-live-"));
  // This seed ends alive, with three targets, positions, working orders, aged positions and intents of every kind.
  truth = simulatedJournal(join(root, ".drydock", "journal"), "35");
  must(truth.program, "the run of this seed ends with its program alive");
});
afterAll(() => rmSync(root, { recursive: true }));

function drydock(words: readonly string[], cwd = root): Promise<Outcome> {
  return spawnDrydock(words, { cwd });
}

async function documentOf(words: readonly string[], cwd = root) {
  const outcome = await drydock([...words, "--json"], cwd);
  const { ok, data, error } = parseDocument(outcome);
  return {
    exit: outcome.exit,
    ok,
    data: data as Record<string, Row[]> & {
      total: number;
      targets: string[] | null;
      asOf: string | null;
    },
    error,
  };
}
type Row = Record<string, string | number | boolean | null>;

/** A data directory with a journal of its own. */
function other(name: string, make: (journal: string) => void): string {
  const folder = join(root, name);
  mkdirSync(join(folder, ".drydock"), { recursive: true });
  make(join(folder, ".drydock", "journal"));
  return folder;
}

test("positions are the rows that the engines held when they ended", async () => {
  const { data } = await documentOf(["positions"]);
  const held = truth.world.targets.flatMap(({ key }) =>
    (truth.program?.driver.targets.find((one) => one.key === key)?.kept().positions ?? []).map(
      (row) => [key, positionKey(row.symbol, row.slot), row.side, row.size, row.entryPrice],
    ),
  );
  expect(held.length).toBeGreaterThan(0);
  expect(
    data["positions"]?.map((row) => [
      row["target"],
      `position ${String(row["symbol"])} ${String(row["slot"])}`,
      row["side"],
      row["size"],
      row["entryPrice"],
    ]),
  ).toEqual(
    held.toSorted((a, b) =>
      `${String(a[0])} ${String(a[1])}` < `${String(b[0])} ${String(b[1])}` ? -1 : 1,
    ),
  );
  const text = await drydock(["positions"]);
  expect(text.exit).toBe(0);
  expect(text.stdout).toMatch(/target +contract +side +size +entry +mark/);
  const changes = await documentOf(["positions", "--history", "--limit", "5"]);
  expect(changes.data["changes"]).toHaveLength(5);
  expect(changes.data.total).toBeGreaterThan(5);
});

test("orders are what works at the venues, with the venue's id", async () => {
  const { data } = await documentOf(["orders"]);
  const atVenue = truth.world.targets.flatMap(({ key }) => {
    const engine = truth.program?.engine(key);
    return (engine?.state().orders.working ?? []).map(({ requestId }) => `${key} ${requestId}`);
  });
  expect(
    data["orders"]?.map((row) => `${String(row["target"])} ${String(row["orderNo"])}`).sort(),
  ).toEqual(atVenue.sort());
  expect(
    data["orders"]?.every((row) => row["isWorking"] === true && row["venueOrderId"] !== null),
  ).toBe(true);
  const all = await documentOf(["orders", "--all", "--limit", "1000"]);
  expect(all.data.total).toBeGreaterThan(atVenue.length);
});

test("a target has many names, and both environments one", async () => {
  const counts = [];
  for (const name of [
    "bybit:paper",
    "bybit:demo",
    "Bybit:PAPER",
    "bybit:both",
    "bybit:live",
    "bybit:real",
  ]) {
    const { data } = await documentOf(["intents", "--target", name]);
    counts.push([data.targets, data.total]);
  }
  const [paper, demo, same, both, live, real] = counts;
  expect([demo, same, real]).toEqual([paper, paper, live]);
  expect(both).toEqual([["bybit:paper", "bybit:live"], Number(paper?.[1]) + Number(live?.[1])]);
  expect(Number(paper?.[1])).toBeGreaterThan(0);
});

test("intents are filtered by status, source and contract; aged positions have a history", async () => {
  const rejected = await documentOf(["intents", "--status", "rejected", "--limit", "500"]);
  expect(
    rejected.data["intents"]?.every(
      (row) => row["status"] === "rejected" && row["reason"] !== null,
    ),
  ).toBe(true);
  const some = await documentOf([
    "intents",
    "--only",
    "ethusdt",
    "--source",
    "strategy",
    "--limit",
    "500",
  ]);
  expect(new Set(some.data["intents"]?.map((row) => row["symbol"]))).toEqual(new Set(["ETHUSDT"]));
  const aged = await documentOf(["aged", "--all"]);
  expect(aged.data["positions"]?.length).toBeGreaterThan(0);
  const history = await documentOf(["aged", "--history"]);
  expect(history.data["transitions"]?.at(0)).toMatchObject({
    seq: 1,
    fromStatus: null,
    toStatus: "detected",
  });
});

test("--plain prints a header and every digit; times are UTC", async () => {
  const { stdout } = await drydock(["positions", "--plain"]);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  expect(head).toBe(
    "target\tcontract\tside\tsize\tentry\tmark\tstop\ttake profit\topened by\topened (UTC)\tremarks",
  );
  const { data } = await documentOf(["positions"]);
  expect(rows.map((row) => Number(row.split("\t")[4]))).toEqual(
    data["positions"]?.map((row) => row["entryPrice"]),
  );
});

test("sql sees the tables, also while another process holds their file", async () => {
  const sql = "select count(*) as n, max(seq) as last from live.events";
  const free = parseDocument(await drydock(["sql", sql, "--json"])).data as { rows: Row[] };
  expect(Number(free.rows[0]?.["n"])).toBeGreaterThan(1_000);
  const holder = spawnProcess("hold-database.ts", join(root, ".drydock", "live.duckdb"));
  await holder.said("open");
  const held = await drydock(["sql", sql, "--json"]);
  expect((parseDocument(held).data as { rows: Row[] }).rows).toEqual(free.rows);
  const positions = await documentOf(["positions"]);
  expect(positions.exit).toBe(0);
  const text = await drydock(["positions"]);
  expect(text.stderr).toContain(
    `in memory: "live.duckdb" is in use by process ${holder.child.pid}`,
  );
  holder.child.kill("SIGKILL");
  await holder.ended;
});

test.each(COMMANDS)("%s: nothing there says what to do next", async (command) => {
  const cwd = other(`empty-${command}`, (journal) => writeJournal(journal, [started()]));
  const text = await drydock([command], cwd);
  expect([text.exit, text.stderr]).toEqual([0, ""]);
  expect(text.stdout).toMatch(/^No[^%]*\. .*drydock \w+.*\(as of record 2\)\n$/);
  const filtered = await drydock([command, "--target", "hyperliquid:mainnet"], cwd);
  expect(filtered.stdout).toContain(" at hyperliquid:live");
  const { data } = await documentOf([command], cwd);
  expect([data.total, data[LISTS[command]]]).toEqual([0, []]);
});

test.each(COMMANDS)("%s: no journal, a damaged one, an unknown target", async (command) => {
  const none = await documentOf(
    [command],
    other(`none-${command}`, () => {}),
  );
  expect([none.exit, none.error?.code]).toEqual([4, "E_FILE_MISSING"]);
  const damaged = other(`damaged-${command}`, (journal) => {
    cpSync(join(root, ".drydock", "journal"), journal, { recursive: true });
    const segment = join(journal, "000001.jsonl");
    writeFileSync(segment, readFileSync(segment, "utf8").replace('"seq":7,', '"seq":8,'));
  });
  const refused = await drydock([command], damaged);
  expect(refused.exit).toBe(4);
  expect(refused.stderr).toMatch(/E_JOURNAL_DAMAGED[\s\S]*fix +drydock journal check/);
  for (const name of ["kraken:paper", "bybit:moon"]) {
    const wrong = await documentOf([command, "--target", name]);
    expect([wrong.exit, wrong.error?.code]).toEqual([2, "E_USAGE"]);
  }
});

test("a status or source that no intent can have is a mistake", async () => {
  for (const words of [
    ["--status", "done"],
    ["--source", "me"],
  ]) {
    const { exit, error } = await documentOf(["intents", ...words]);
    expect([exit, error?.code]).toEqual([2, "E_USAGE"]);
  }
});
