import { expect, test } from "vitest";
import { AssertionFailed } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { crossOver } from "./cross.ts";
import type { IndicatorDefinition } from "./definition.ts";
import { ichimoku } from "./ichimoku.ts";
import { macd } from "./macd.ts";
import { ema, sma } from "./moving-averages.ts";
import { output } from "./output.ts";
import {
  type CatalogueEntry,
  columnNames,
  indicatorCatalogue,
  parseIndicators,
  registerIndicators,
} from "./registry.ts";
import { rsi } from "./rsi.ts";
import { vwap } from "./vwap.ts";
import { percentile } from "./window.ts";

const names = (text: string): readonly string[] => parseIndicators(text).flatMap(columnNames);

test("parseIndicators() reads a list with arguments, outputs and sources", () => {
  expect(names("rsi(14),macd(12,26,9).signal,ema(20,volume)")).toEqual([
    "rsi(14)",
    "macd(12,26,9).signal",
    "ema(20,volume)",
  ]);
});

test("parseIndicators() gives every output its column", () => {
  expect(names("macd(12,26,9)")).toEqual([
    "macd(12,26,9).macd",
    "macd(12,26,9).signal",
    "macd(12,26,9).histogram",
  ]);
});

test.each([
  ["rsi", "rsi(14)"],
  ["rsi()", "rsi(14)"],
  ["rsi(14,close)", "rsi(14)"],
  [" rsi ( 014 , hlc3 ) ", "rsi(14,hlc3)"],
  ["macd(5)", "macd(5,26,9)"],
  ["macd(1e1)", "macd(10,26,9)"],
  ["bollinger(20,2.50)", "bollinger(20,2.5)"],
  ["stochastic", "stochastic(14,3,3)"],
  ["obv", "obv"],
  ["obv()", "obv"],
  ["vwap", "vwap"],
  ["vwap(20)", "vwap(20)"],
  ["percentile(10)", "percentile(10,50)"],
  ["ichimoku", "ichimoku(9,26,52,26)"],
  ["crossOver(ema(9),ema(21))", "crossOver(ema(9),ema(21))"],
  ["crossUnder(rsi, 70)", "crossUnder(rsi(14),70)"],
  ["crossOver(hl2,macd(12,26,9).signal)", "crossOver(hl2,macd(12,26,9).signal)"],
])("parseIndicators(%j) has the key %j", (text, key) => {
  expect(parseIndicators(text).map((spec) => spec.key)).toEqual([key]);
});

test("factories and text give the same keys", () => {
  const typed = [
    rsi(7, "hl2"),
    macd(),
    ema(),
    percentile(9, 0),
    vwap(),
    ichimoku(),
    crossOver(rsi(), 30),
  ];
  const text = "rsi(7,hl2),macd,ema,percentile(9,0),vwap,ichimoku,crossOver(rsi,30)";
  expect(parseIndicators(text).map((spec) => spec.key)).toEqual(typed.map((spec) => spec.key));
  expect(columnNames(output(macd(), "signal"))).toEqual(["macd(12,26,9).signal"]);
});

const error = (run: () => unknown): DrydockError => {
  try {
    run();
  } catch (cause) {
    if (cause instanceof DrydockError) return cause;
  }
  throw new Error("Expected a DrydockError");
};

test.each([
  ["rsj(14)", 1, 'there is no indicator "rsj"', 'Did you mean "rsi"?'],
  ["ema(5),RSI", 8, 'there is no indicator "RSI"', 'Did you mean "rsi"?'],
  ["supertrend", 1, 'there is no indicator "supertrend"', 'Did you mean "superTrend"?'],
  ["boll", 1, 'there is no indicator "boll"', 'Did you mean "bollinger"?'],
  ["xyzzy", 1, 'there is no indicator "xyzzy"', "Run drydock data show --with list for every name"],
  [
    "rsi(0)",
    5,
    'argument 1 of "rsi" ("period") must be a whole number',
    "Use rsi(period = 14, source = close)",
  ],
  ["rsi(-3)", 5, "must be a whole number", "Use rsi(period = 14, source = close)"],
  ["rsi(2.5)", 5, "must be a whole number", "Use rsi(period = 14, source = close)"],
  ["rsi(1000001)", 5, "from 1 to 1000000", "Use rsi(period = 14, source = close)"],
  ["rsi(1.2.3)", 5, 'not "1.2.3"', "Use rsi(period = 14, source = close)"],
  ["rsi(volume)", 5, 'not "volume"', "Use rsi(period = 14, source = close)"],
  [
    "ema(5,hlc4)",
    7,
    'argument 2 of "ema" ("source") must be one of open, high',
    "Use ema(period = 20, source = close)",
  ],
  ["ema(5,sma(3))", 7, 'argument 2 of "ema"', "Use ema(period = 20, source = close)"],
  [
    "bollinger(20,0)",
    14,
    "must be a number above 0",
    "Use bollinger(period = 20, multiplier = 2, source = close)",
  ],
  [
    "percentile(20,101)",
    15,
    "must be a number from 0 to 100",
    "Use percentile(period = 20, percent = 50, source = close)",
  ],
  ["atr(14,close)", 8, '"atr" takes at most 1, not 2', "Use atr(period = 14)"],
  ["obv(3)", 5, '"obv" takes no arguments, not 1', "Use obv"],
  ["crossOver(sma(5))", 1, '"crossOver" needs argument 2, "b"', "Use crossOver(a, b)"],
  [
    "macd.sginal",
    6,
    '"macd(12,26,9)" has no output "sginal"',
    "Use one of macd(12,26,9).macd, macd(12,26,9).signal, macd(12,26,9).histogram",
  ],
  [
    "rsi(14).value",
    9,
    '"rsi(14)" has no output "value"',
    'Use "rsi(14)" alone: it has a single value',
  ],
  [
    "rsi(14",
    7,
    "expected a comma or a closing parenthesis, found the end",
    "Write indicators such as",
  ],
  ["rsi 14", 5, 'expected a comma, found "1"', "Write indicators such as"],
  ["rsi,,ema", 5, 'expected the name of an indicator, found ","', "Write indicators such as"],
  ["", 1, "expected the name of an indicator, found the end", "Write indicators such as"],
  ["rsi,", 5, "expected the name of an indicator, found the end", "Write indicators such as"],
  ["macd.", 6, "expected the name of an output, found the end", "Write indicators such as"],
  ["rsi(14))", 8, 'expected a comma, found ")"', "Write indicators such as"],
  ["14", 1, 'there is no indicator "14"', "Run drydock data show --with list for every name"],
])("parseIndicators(%j) refuses at character %i: %s", (text, at, what, hint) => {
  const refused = error(() => parseIndicators(text));
  expect(refused.code).toBe("E_UNKNOWN_INDICATOR");
  expect(refused.message).toContain(`Cannot read "${text}" at character ${at}: `);
  expect(refused.message).toContain(what);
  expect(refused.message.endsWith(".")).toBe(false);
  expect(refused.hint).toContain(hint);
});

test("parseIndicators() refuses to nest without end", () => {
  const deep = `${"crossOver(".repeat(20)}close${",close)".repeat(20)}`;
  expect(error(() => parseIndicators(deep)).message).toContain("fewer nested parentheses");
});

test("parseIndicators() refuses a crossing of something with several outputs", () => {
  const refused = error(() => parseIndicators("crossOver(close,macd)"));
  expect(refused.message).toContain('"macd(12,26,9)" has several outputs');
  expect(refused.hint).toContain("macd(12,26,9).signal");
});

test.each([
  [() => sma(0), 'Cannot use "sma(0)": argument 1 ("period") must be a whole number of bars'],
  [() => sma(Number.NaN), "must be a whole number of bars"],
  [() => macd(12, 26.5), 'Cannot use "macd(12,26.5,9)": argument 2 ("slow")'],
  [() => percentile(5, -1), 'argument 2 ("percent") must be a number from 0 to 100'],
  [() => rsi(14, "hlc4" as "hlc3"), 'argument 2 ("source") must be one of'],
])("a factory refuses arguments that do not fit: %#", (make, message) => {
  const refused = error(make);
  expect(refused.code).toBe("E_UNKNOWN_INDICATOR");
  expect(refused.message).toContain(message);
});

test("the catalogue describes what parseIndicators() makes", () => {
  const catalogue = indicatorCatalogue();
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  for (const definition of catalogue) {
    expect(definition.name).toMatch(/^[a-z][A-Za-z]*$/);
    expect(definition.doc).toMatch(/^[A-Z0-9][^\n]*[^.\n]$/);
    const required = definition.arguments.filter((argument) => argument.default === undefined);
    const text = required.length === 0 ? definition.name : `${definition.name}(close,open)`;
    const [spec] = parseIndicators(text);
    expect(spec?.name).toBe(definition.name);
    expect(spec?.outputs).toEqual(definition.outputs);
    expect(spec?.create().out.length).toBe(definition.outputs.length);
    // The canonical key reads as itself.
    expect(parseIndicators(spec?.key ?? "").map((again) => again.key)).toEqual([spec?.key]);
  }
});

test("the catalogue shows how an indicator is written", () => {
  const find = (name: string): CatalogueEntry =>
    indicatorCatalogue().find((entry) => entry.name === name) as CatalogueEntry;
  expect(find("vwap").signature).toBe("vwap(period?)");
  expect(find("obv").signature).toBe("obv");
  expect(find("bollinger")).toEqual({
    name: "bollinger",
    signature: "bollinger(period = 20, multiplier = 2, source = close)",
    arguments: [
      { name: "period", kind: "period", default: 20, min: 1 },
      { name: "multiplier", kind: "factor", default: 2, min: 0 },
      { name: "source", kind: "source", default: "close", min: undefined },
    ],
    outputs: ["middle", "upper", "lower", "percentB", "bandwidth"],
    doc: "Bollinger bands, population standard deviation",
  });
});

test("registerIndicators() adds a name once and keeps what is there", () => {
  const mine: IndicatorDefinition = {
    name: "registryTestOnly",
    arguments: [{ name: "period", kind: "period", default: 3 }],
    outputs: [""],
    doc: "A simple moving average under another name",
    create: ([period]) => ({
      ...sma(period as number),
      key: `registryTestOnly(${period as number})`,
    }),
  };
  registerIndicators([mine]);
  registerIndicators([mine]);
  expect(names("registryTestOnly(4)")).toEqual(["registryTestOnly(4)"]);
  expect(() => registerIndicators([{ ...mine }])).toThrow(AssertionFailed);
  expect(() => registerIndicators([{ ...mine, name: "rsi" }])).toThrow(AssertionFailed);
});
