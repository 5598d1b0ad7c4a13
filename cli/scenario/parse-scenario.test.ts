import { expect, test } from "vitest";

import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { scenario } from "#cli/scenario/testing/scenario-text.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";

function parse(text: string, file = "a.yaml"): readonly Scenario[] {
  return parseScenarioFile(text, file);
}

test("only a name and candles are needed; everything else has its default", () => {
  const [one] = parse("name: x\ncandles: [[100, 101, 99, 100, 10], gap]");
  expect(one).toMatchObject({
    name: "x",
    source: null,
    intervalMs: 3_600_000,
    start: Date.UTC(2024, 0, 1),
    balance: 10_000,
    leverage: 1,
    marginMode: "isolated",
    positionMode: "oneWay",
    venue: {
      makerPct: 0,
      takerPct: 0,
      liquidationPct: 0,
      slippage: { kind: "fixed", bps: 0 },
      participationPct: null,
      latencyMs: 0,
      fillAt: "nextOpen",
      intrabar: "worst",
      limitFill: "through",
      limitImprove: false,
      maintenanceOn: "entry",
    },
    steps: [],
    expect: null,
    tolerance: 1e-9,
  });
  const [symbol] = one?.symbols ?? [];
  expect(symbol?.instrument).toMatchObject({
    symbol: "BTCUSDT",
    tick: { step: 0.01 },
    lot: { step: 0.001 },
    minQty: 0,
    maxQty: Infinity,
    minNotional: 0,
    maxLeverage: 100,
    tiers: [{ upTo: Infinity, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 }],
  });
  expect(symbol?.candles).toEqual([
    { open: 100, high: 101, low: 99, close: 100, volume: 10 },
    null,
  ]);
});

test("detail candles make detail the path; another one that is named stays", () => {
  const detail = "detail: { interval: 30m, candles: [[100, 101, 99, 100]] }";
  expect(parse(scenario(detail))[0]?.venue.intrabar).toBe("detail");
  expect(parse(scenario(`${detail}\nvenue: { intrabar: best }`))[0]?.venue.intrabar).toBe("best");
});

test("steps happen in the order of their bars, and at one bar as written", () => {
  const steps = `steps:
  - { at: 1, order: b, side: buy, type: market, qty: 1 }
  - { at: 0, order: a, side: buy, type: market, qty: 1 }
  - { at: 1, order: c, side: buy, type: market, qty: 1 }`;
  const [one] = parse(scenario(steps));
  expect(one?.steps.map((step) => (step.kind === "order" ? step.name : ""))).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("a file holds several scenarios: documents, or a list in YAML or JSON", () => {
  const one = { name: "x", candles: [[1, 1, 1, 1]] };
  expect(
    parse("name: a\ncandles: [[1, 1, 1, 1]]\n---\nname: b\ncandles: [[1, 1, 1, 1]]\n"),
  ).toHaveLength(2);
  expect(parse(JSON.stringify([one, one, one]), "a.json")).toHaveLength(3);
  expect(parse(JSON.stringify(one), "a.json")).toHaveLength(1);
  expect(parse("- name: a\n  candles: [[1, 1, 1, 1]]\n")).toHaveLength(1);
  expect(parse("# nothing\n")).toHaveLength(0);
});
