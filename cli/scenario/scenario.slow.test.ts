import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Outcome, parseDocument, spawnDrydock } from "#cli/testing/spawn-drydock.ts";

let folder = "";
const drydock = (...words: string[]): Promise<Outcome> => spawnDrydock(words, { cwd: folder });

/** For what a test begins with. */
async function ok(...words: string[]): Promise<void> {
  const { exit, stderr } = await drydock(...words);
  if (exit !== 0) throw new Error(`${words.join(" ")} ended with ${exit}: ${stderr}`);
}

const ENTRY = `name: entry
candles: [[100, 101, 99, 100], [102, 103, 101, 102]]
steps: [{ at: 0, order: entry, side: buy, type: market, qty: 1 }]
`;
const GOOD = `${ENTRY}expect: { fills: [{ bar: 1, price: 102 }] }\n`;
const WRONG = `${ENTRY}expect: { fills: [{ bar: 1, price: 100 }] }\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drydock-scenario-"));
  writeFileSync(join(folder, "good.yaml"), GOOD);
  writeFileSync(join(folder, "wrong.yaml"), WRONG);
  writeFileSync(join(folder, "bad.yaml"), "name: x\ncandels: []\n");
  writeFileSync(join(folder, "several.yaml"), `${GOOD}---\n${ENTRY}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("scenario run", () => {
  test.each([
    { files: ["good.yaml"], exit: 0, passed: 1, failed: 0 },
    { files: ["several.yaml"], exit: 0, passed: 1, failed: 0 },
    { files: ["good.yaml", "wrong.yaml"], exit: 7, passed: 1, failed: 1 },
  ])("$files: exit $exit and a document by the schema", async ({ files, exit, passed, failed }) => {
    const outcome = await drydock("scenario", "run", ...files, "--json");
    expect(outcome.exit).toBe(exit);
    const document = parseDocument(outcome);
    expect(document).toMatchObject({ schema: "drydock.scenario.run/1", ok: exit === 0 });
    expect(document.data).toMatchObject({ passed, failed });
  });

  test("an invalid file: exit 3, with file, line and key, and nothing is run", async () => {
    const { stdout, stderr, exit } = await drydock("scenario", "run", "good.yaml", "bad.yaml");
    expect(exit).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain('bad.yaml:2: "candels" is an unknown key');
    expect(stderr).toContain('Did you mean "candles"?');
    const document = parseDocument(await drydock("scenario", "run", "bad.yaml", "--json"));
    expect(document.error).toMatchObject({ code: "E_SCENARIO", exit: 3 });
  });

  test("a missing file: exit 4", async () => {
    expect((await drydock("scenario", "run", "none.yaml")).exit).toBe(4);
  });

  test("the differences are a table on stdout", async () => {
    const { stdout, stderr } = await drydock("scenario", "run", "wrong.yaml");
    expect(stdout).toMatch(/fills\[0\]\.price +100 +102\n/);
    expect(stdout).toContain("0 passed, 1 failed");
    expect(stderr).toBe("");
  });

  test("without a file the library that comes along is run, wherever one is", async () => {
    const document = parseDocument(await drydock("scenario", "run", "--json"));
    expect(document.ok).toBe(true);
    const { passed } = document.data as { passed: number };
    expect(passed).toBeGreaterThan(150);
  });
});

/** Rules that all leave their orders in the run; a leverage that tells margins apart. */
const CONFIG = `leverage: 3
rules: { stopLossPct: 2, takeProfitPct: 3, trailing: { pct: 2.5, offsetPct: 1, onlyAfterOffset: true } }
`;

describe("scenario record", () => {
  beforeAll(async () => {
    writeFileSync(join(folder, "drydock.yaml"), CONFIG);
    const generate = ["data", "generate", "--symbol", "BTCUSDT", "--interval", "1h"];
    const period = ["--from", "2024-01-01", "--to", "2024-05-01"];
    await ok(...generate, ...period);
    const market = ["--exchange", "synthetic", "--symbol", "BTCUSDT", "--interval", "1h"];
    for (const strategy of ["rsi-reversion", "sma-cross"]) {
      await ok("backtest", strategy, ...market, "--no-report");
    }
  });

  test.each(["@last", "@-2"])("%s: every tenth trade comes out again as it was", async (run) => {
    const shown = await drydock("runs", "show", run, "--trades", "--json");
    const { trades } = parseDocument(shown).data as { trades: { openedAt: string }[] };
    const chosen = trades.filter((_, at) => at % 10 === 0).slice(0, 4);
    expect(chosen.length).toBeGreaterThan(1);
    for (const { openedAt } of chosen) {
      const words = ["--around", openedAt, "--bars", "6", "--out", "cut.yaml"];
      const recorded = await drydock("scenario", "record", run, ...words, "--json");
      expect(recorded.stderr).toBe("");
      const { data } = parseDocument(recorded);
      expect(data).toMatchObject({
        file: "cut.yaml",
        text: readFileSync(join(folder, "cut.yaml"), "utf8"),
      });
      expect((data as { fills: number }).fills).toBeGreaterThan(0);
      const again = parseDocument(await drydock("scenario", "run", "cut.yaml", "--json"));
      expect(again.data).toMatchObject({ passed: 1, failed: 0 });
    }
  });

  test("what can not be cut out is told", async () => {
    const without = await drydock("scenario", "record", "@last");
    expect(without.exit).toBe(2);
    expect(without.stderr).toContain("--around");
    const outside = await drydock("scenario", "record", "@last", "--around", "2030-01-01");
    expect(outside.exit).toBe(2);
    expect(outside.stderr).toContain("outside the run");
    expect((await drydock("scenario", "record", "nobody", "--around", "2024-02-01")).exit).toBe(2);
  });

  test("without --out the scenario itself is the result", async () => {
    const { stdout, exit } = await drydock("scenario", "record", "@last", "--around", "2024-02-10");
    expect(exit).toBe(0);
    writeFileSync(join(folder, "piped.yaml"), stdout);
    expect((await drydock("scenario", "run", "piped.yaml")).exit).toBe(0);
  });
});
