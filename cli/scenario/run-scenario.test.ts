import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { scenarioDocument } from "#cli/scenario/scenario-document.ts";
import { scenarioTable, scenarioText } from "#cli/scenario/scenario-text.ts";
import { runScenario, type ScenarioResult } from "#sim/scenario/run-scenario.ts";

function run(text: string): ScenarioResult {
  const [scenario] = parseScenarioFile(text, "a.yaml");
  if (scenario === undefined) throw new Error("There is no scenario");
  return runScenario(scenario);
}

const GAP = `name: gap
source: a book
candles: [[100, 101, 99, 100], [100, 101, 99, 100], gap, [92, 93, 91, 92]]
steps:
  - { at: 0, order: entry, side: buy, type: market, qty: 1 }
  - { at: 0, order: stop, side: sell, type: stopMarket, trigger: 95, qty: 1, reduceOnly: true }
`;

test("the document has the fields of the format and no others", () => {
  const document = scenarioDocument([run(`${GAP}expect: { final: { balance: 9990 } }`)]);
  expect(document).toEqual({
    scenarios: [
      {
        name: "gap",
        source: "a book",
        passed: false,
        differences: [{ path: "final.balance", expected: 9990, actual: 9992 }],
        fills: [
          { bar: 1, order: "entry", side: "buy", qty: 1, price: 100, fee: 0, liquidity: "taker" },
          { bar: 3, order: "stop", side: "sell", qty: 1, price: 92, fee: 0, liquidity: "taker" },
        ],
        trades: [
          {
            side: "long",
            openBar: 1,
            closeBar: 3,
            entryPrice: 100,
            exitPrice: 92,
            qty: 1,
            netPnl: -8,
            returnPct: -8,
            exitReason: "stopLoss",
          },
        ],
        orders: { entry: "filled", stop: "filled" },
        position: {
          qty: 0,
          entryPrice: null,
          liquidationPrice: null,
          bankruptcyPrice: null,
          initialMargin: 0,
          maintenanceMargin: 0,
        },
        final: { balance: 9992, equity: 9992, feesPaid: 0, fundingPaid: 0, liquidations: 0 },
        equity: [10_000, 10_000, null, 9992],
        aged: [],
        rejects: [],
      },
    ],
    passed: 0,
    failed: 1,
  });
});

test("without an expectation a scenario neither passes nor fails", () => {
  const result = run(GAP);
  expect(result.passed).toBeNull();
  expect(scenarioDocument([result])).toMatchObject({ passed: 0, failed: 0 });
});

test("with several symbols rows and positions bear them", () => {
  const { outcome } = run(`${GAP}symbols: { ETHUSDT: { candles: [[1, 1, 1, 1]] } }`);
  expect(outcome.position).toBeUndefined();
  expect(Object.keys(outcome.positions ?? {})).toEqual(["BTCUSDT", "ETHUSDT"]);
  expect(outcome.fills.map(({ symbol }) => symbol)).toEqual(["BTCUSDT", "BTCUSDT"]);
  expect(outcome.trades[0]?.symbol).toBe("BTCUSDT");
});

test("with one symbol a row of the expectation may name it", () => {
  const expectation = "expect: { fills: [{ symbol: BTCUSDT, bar: 1 }, { symbol: BTCUSDT }] }";
  expect(run(`${GAP}${expectation}`)).toMatchObject({ passed: true });
});

test("an order that comes out below a lot is rejected", () => {
  const { outcome } = run(`name: x
candles: [[100, 101, 99, 100], [100, 101, 99, 100]]
steps: [{ at: 0, order: dust, side: buy, type: market, notional: 0.05 }]`);
  expect(outcome.orders).toEqual({ dust: "rejected" });
  expect(outcome.rejects).toEqual([{ order: "dust", code: "belowMinQty" }]);
  expect(outcome.fills).toEqual([]);
});

test("under fillAt close a step in a gap is taken at the next close", () => {
  const { outcome } = run(`name: x
venue: { fillAt: close }
candles: [[100, 101, 99, 100], gap, [110, 111, 109, 110.5]]
steps: [{ at: 1, order: entry, side: buy, type: market, qty: 1 }]`);
  expect(outcome.fills).toMatchObject([{ bar: 2, price: 110.5 }]);
});

test("a run of many orders keeps each name, however the records are handed over", () => {
  const count = 300;
  const candles = Array.from({ length: count + 1 }, () => [100, 101, 99, 100]);
  const steps = Array.from({ length: count }, (_, at) => ({
    at,
    order: `o${at}`,
    side: at % 2 === 0 ? "buy" : "sell",
    type: "market",
    qty: 1,
  }));
  const { outcome } = run(JSON.stringify({ name: "many", candles, steps }));
  expect(outcome.fills.map(({ order, bar }) => [order, bar])).toEqual(
    steps.map(({ order, at }) => [order, at + 1]),
  );
  expect(new Set(Object.values(outcome.orders))).toEqual(new Set(["filled"]));
});

test("a person sees what differed, what happened without an expectation, and a count", () => {
  const view = { width: 80, isTerminal: false, style: (_: unknown, text: string) => text } as const;
  const failed = { file: "a.yaml", result: run(`${GAP}expect: { final: { balance: 9990 } }`) };
  const ran = { file: "b.yaml", result: run(GAP) };
  const passed = { file: "c.yaml", result: run(`${GAP}expect: { final: { balance: 9992 } }`) };
  const text = scenarioText([failed, ran, passed], view);
  expect(text).toContain("FAILED  gap\na.yaml: a book\n");
  expect(text).toMatch(/final\.balance +9990 +9992/);
  expect(text).toMatch(/3 +stop +sell +1 +92/);
  expect(text).toMatch(/\n1 passed, 1 failed, 1 without an expectation\n$/);
  expect(scenarioTable([failed, ran, passed]).rows.map((row) => row.slice(0, 4))).toEqual([
    ["a.yaml", "gap", "failed", 1],
    ["b.yaml", "gap", "ran", 0],
    ["c.yaml", "gap", "passed", 0],
  ]);
});

test("the examples of the documentation do what it says", () => {
  const text = readFileSync(new URL("../../docs/scenarios.md", import.meta.url), "utf8");
  const examples = [...text.matchAll(/```yaml\n(name: [\s\S]*?)```/g)].map(
    (match) => match[1] ?? "",
  );
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(run(example)).toMatchObject({ passed: true });
});
