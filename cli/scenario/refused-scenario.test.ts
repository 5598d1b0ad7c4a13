import { expect, test } from "vitest";

import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { scenario } from "#cli/scenario/testing/scenario-text.ts";
import { DrydockError } from "#engine/errors.ts";

function refusal(text: string, file = "a.yaml"): { message: string; hint: string | undefined } {
  try {
    parseScenarioFile(text, file);
  } catch (error) {
    if (!(error instanceof DrydockError) || error.code !== "E_SCENARIO") throw error;
    return { message: error.message, hint: error.hint };
  }
  throw new Error("The scenario was accepted");
}

const order = (terms: string): string =>
  scenario(`steps:\n  - { at: 0, order: a, side: buy, ${terms} }`);

test.each([
  ["an unknown key", scenario("stepz: []"), 'a.yaml:3: "stepz" is an unknown key', '"steps"'],
  [
    "an unknown key further in",
    order("type: market, qtty: 1, qty: 1"),
    'a.yaml:4: "steps[0].qtty" is an unknown key',
    '"qty"',
  ],
  [
    "an unknown key of the venue",
    scenario("venue:\n  latency: 3"),
    'a.yaml:4: "venue.latency" is an unknown key',
    '"latencyMs"',
  ],
  ["no name", "candles: [[1, 1, 1, 1]]", 'a.yaml:1: "name" is missing', ""],
  ["no candles", "name: x", 'a.yaml:1: "candles" is missing', ""],
  [
    "a text for a number",
    order('type: market, qty: "1"'),
    'a.yaml:4: "steps[0].qty" must be a number above 0, not "1"',
    "",
  ],
  ["a mapping for a list", scenario("steps: { at: 0 }"), 'a.yaml:3: "steps" must be a list', ""],
  [
    "a wrong word",
    order("type: limt, qty: 1, price: 100"),
    '"steps[0].type" must be one of market, limit,',
    '"limit"',
  ],
  [
    "a high below the low",
    "name: x\ncandles:\n  - [100, 101, 99, 100]\n  - [100, 99, 101, 100]",
    'a.yaml:4: "candles[1]" has a high of 99 below its low of 101',
    "",
  ],
  [
    "a close outside its candle",
    "name: x\ncandles: [[100, 101, 99, 98]]",
    '"candles[0]" has its close 98 below its low 99',
    "",
  ],
  [
    "a candle of three numbers",
    "name: x\ncandles: [[100, 101, 99]]",
    '"candles[0]" must be a candle [open, high, low, close, volume?] or gap',
    "",
  ],
  [
    "a negative volume",
    "name: x\ncandles: [[100, 101, 99, 100, -1]]",
    '"candles[0]" has the volume -1',
    "",
  ],
  [
    "a candle off the tick",
    "name: x\ncandles: [[100, 101, 99, 100.001]]",
    '"candles[0]" has its close 100.001 off the tick of 0.01',
    "",
  ],
  [
    "a gap at the beginning",
    "name: x\ncandles: [gap, [1, 1, 1, 1]]",
    '"candles[0]" must be a candle',
    "",
  ],
  [
    "a quantity off the lot",
    order("type: market, qty: 0.0015"),
    'a.yaml:4: "steps[0].qty" is off the lot of 0.001: 0.0015',
    "",
  ],
  [
    "a price off the tick",
    order("type: limit, price: 100.005, qty: 1"),
    '"steps[0].price" is off the tick of 0.01: 100.005',
    "",
  ],
  [
    "a trigger off the tick",
    order("type: stopMarket, trigger: 100.005, qty: 1"),
    '"steps[0].trigger" is off the tick of 0.01: 100.005',
    "",
  ],
  [
    "an amend off the lot",
    `${order("type: limit, price: 90, qty: 1")}\n  - { at: 1, amend: a, qty: 0.5001 }`,
    'a.yaml:5: "steps[1].qty" is off the lot of 0.001: 0.5001',
    "",
  ],
  [
    "a cancel of an order that there is not",
    `${order("type: limit, price: 90, qty: 1")}\n  - { at: 1, cancel: b }`,
    'a.yaml:5: "steps[1].cancel" names no order of the scenario: "b"',
    "",
  ],
  [
    "a cancel that is nearly right",
    scenario(
      "steps:\n  - { at: 0, order: entry, side: buy, qty: 1 }\n  - { at: 1, cancel: entri }",
    ),
    '"steps[1].cancel" names no order of the scenario: "entri"',
    'Did you mean "entry"?',
  ],
  [
    "an amend before its order",
    scenario("steps:\n  - { at: 0, amend: a, qty: 1 }\n  - { at: 1, order: a, side: buy, qty: 1 }"),
    '"steps[0].amend" comes before the order "a" is placed',
    "",
  ],
  [
    "a name that is taken",
    `${order("type: market, qty: 1")}\n  - { at: 1, order: a, side: sell, qty: 1 }`,
    'a.yaml:5: "steps[1].order" is taken',
    "",
  ],
  [
    "a step beyond the candles",
    scenario("steps:\n  - { at: 2, order: a, side: buy, qty: 1 }"),
    'a.yaml:4: "steps[0].at" is 2, but the last bar is 1',
    "",
  ],
  [
    "a step that says nothing",
    scenario("steps:\n  - { at: 0, cansel: a }"),
    '"steps[0]" says nothing',
    '"cancel"',
  ],
  [
    "a step that says two things",
    scenario("steps:\n  - { at: 0, cancel: a, close: all }"),
    '"steps[0]" says two things: cancel, close',
    "",
  ],
  ["a limit without a price", order("type: limit, qty: 1"), '"steps[0].price" is missing', ""],
  [
    "a price without a meaning",
    order("type: market, price: 100, qty: 1"),
    '"steps[0].price" means nothing for a market order',
    "",
  ],
  ["no size", order("type: market"), '"steps[0].order" has no size', ""],
  [
    "two sizes",
    order("type: market, qty: 1, notional: 100"),
    '"steps[0].notional" has 2 sizes',
    "",
  ],
  [
    "a trailing stop with both distances",
    order("type: trailingStop, qty: 1, callback: 1, callbackPct: 1"),
    '"steps[0].order" needs callbackPct or callback, one of them',
    "",
  ],
  [
    "a date without gtd",
    order("type: limit, price: 90, qty: 1, expiresAt: 2024-01-01T02:00:00Z"),
    '"steps[0].expiresAt" needs tif: gtd',
    "",
  ],
  [
    "gtd without a date",
    order("type: limit, price: 90, qty: 1, tif: gtd"),
    '"steps[0].expiresAt" is missing',
    "",
  ],
  [
    "a position side without hedge mode",
    order("type: market, qty: 1, positionSide: long"),
    '"steps[0].positionSide" belongs to hedge mode',
    "",
  ],
  [
    "hedge mode without a position side",
    `${order("type: market, qty: 1")}\naccount: { positionMode: hedge }`,
    '"steps[0].positionSide" is missing',
    "",
  ],
  [
    "detail that does not divide the interval",
    scenario("detail: { interval: 25m, candles: [] }"),
    '"detail.interval" must divide the interval of 1h, not 25m',
    "",
  ],
  [
    "more finer candles than the bars hold",
    scenario("detail: { interval: 30m, candles: [gap, gap, gap, gap, [1, 1, 1, 1]] }"),
    '"detail.candles" has 5 candles, but 2 bars hold 4',
    "",
  ],
  [
    "mark candles of another length",
    scenario("mark: [[100, 101, 99, 100]]"),
    'a.yaml:3: "mark" has 1 candles, but there are 2 bars',
    "",
  ],
  [
    "funding beyond the candles",
    scenario("funding: [{ bar: 5, rate: 0.0001 }]"),
    '"funding[0].bar" is 5, but the last bar is 1',
    "",
  ],
  [
    "detail as a path without finer candles",
    scenario("venue: { intrabar: detail }"),
    '"venue.intrabar" is detail, but there are no finer candles',
    "",
  ],
  [
    "leverage above the instrument's",
    scenario("account: { leverage: 101 }"),
    '"account.leverage" is 101, above the 100 of BTCUSDT',
    "",
  ],
  [
    "an unknown limit of risk",
    scenario("risk: { maxLoss: 3 }"),
    '"risk.maxLoss" is an unknown key',
    "",
  ],
  [
    "a limit of risk that is out of its range",
    scenario("risk: { maxOpenPositions: 0.5 }"),
    '"risk.maxOpenPositions" must be a whole number',
    "",
  ],
  [
    "an unknown end of a halt",
    scenario("risk: { onDailyLoss: never }"),
    '"risk.onDailyLoss" must be one of halt, haltUntilNextDay, not "never"',
    "",
  ],
  [
    "an unknown parameter of the aged rules",
    scenario("rules: { aged: { maxAgeHour: 3 } }"),
    '"rules.aged.maxAgeHour" is an unknown key',
    "maxAgeHours",
  ],
  [
    "a parameter of the aged rules that is no number of theirs",
    scenario("rules: { aged: { closeAttempts: 0 } }"),
    '"rules.aged.closeAttempts" must be a whole number of at least 1',
    "",
  ],
  [
    "aged rules that contradict themselves",
    scenario("rules: { aged: { graceHours: 9, emergencyAfterHours: 8 } }"),
    '"rules.aged" makes no sense: Aged rule "emergencyAfterHours" is 8',
    "",
  ],
  [
    "a wrong ROI table",
    scenario("rules: { roi: { soon: 2 } }"),
    '"rules.roi.soon" must be minutes held',
    "",
  ],
  [
    "an expected order that there is not",
    scenario("expect: { orders: { stop: filled } }"),
    '"expect.orders.stop" is an unknown key',
    "",
  ],
  [
    "an unknown word in an expectation",
    scenario("expect:\n  trades: [{ exitReason: stoploss }]"),
    'a.yaml:4: "expect.trades[0].exitReason" must be one of',
    '"stopLoss"',
  ],
  [
    "an unknown reject code",
    `${order("type: market, qty: 1")}\nexpect: { rejects: [{ order: a, code: tooSmall }] }`,
    '"expect.rejects[0].code" must be one of belowMinQty',
    "",
  ],
  [
    "positions of a scenario with one symbol",
    scenario("expect: { positions: { BTCUSDT: { qty: 1 } } }"),
    '"expect.positions" is an unknown key',
    '"position"',
  ],
  [
    "an unknown symbol of a step",
    order("type: market, qty: 1, symbol: ETHUSDT"),
    '"steps[0].symbol" names no symbol of the scenario: "ETHUSDT"',
    "",
  ],
  ["an interval that is none", scenario("interval: 1x"), '"interval" must be an interval', ""],
  ["a start that is none", scenario("start: yesterday"), '"start" must be a time', ""],
  ["a text instead of a scenario", "just words", "a.yaml:1: must be names with values", ""],
  ["broken YAML", "name: x\ncandles: [[1, 2\n", "a.yaml:3: ", "Correct line 3"],
  ["a key twice", "name: x\nname: y\n", "a.yaml:2: Map keys must be unique", ""],
])("%s is refused with file, line and key", (_what, text, message, hint) => {
  const refused = refusal(text);
  expect(refused.message).toContain(message);
  expect(refused.hint ?? "").toContain(hint);
});

test("what is wrong in the second document or list member has its own line", () => {
  expect(
    refusal("name: a\ncandles: [[1, 1, 1, 1]]\n---\nname: b\ncandels: []\n").message,
  ).toContain('a.yaml:5: "candels" is an unknown key');
  const json =
    '[\n{ "name": "a", "candles": [[1, 1, 1, 1]] },\n{ "name": 3, "candles": [[1, 1, 1, 1]] }\n]';
  expect(refusal(json, "a.json").message).toBe('a.json:3: "name" must be a text, not 3');
});

test("JSON that is none is refused with its line", () => {
  expect(refusal('{\n"name": "x",\n}', "a.json").message).toMatch(/^a\.json:3: /);
});

test("all problems of a scenario are told at once, up to a limit", () => {
  const { message } = refusal(scenario("stepz: []\naccount: { balance: -1 }\ninterval: 1x"));
  expect(message.split("\n")).toHaveLength(3);
  const steps = Array.from({ length: 12 }, (_, at) => `  - { at: 0, cancel: o${at} }`).join("\n");
  expect(refusal(scenario(`steps:\n${steps}`)).message).toMatch(/\nand 4 more$/);
});
