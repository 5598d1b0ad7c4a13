import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { type IndicatorSpec, runKernel } from "#engine/indicators/kernel.ts";
import {
  columnNames,
  indicatorCatalogue,
  parseIndicators,
  registerIndicators,
} from "#engine/indicators/registry.ts";
import { anyBars, calmBars, holedBars } from "#engine/indicators/testing/arbitraries.ts";
import {
  type Columns,
  ema,
  isKnown,
  max,
  min,
  type Series,
  shift,
  sma,
  toColumns,
  wilder,
  zip,
} from "#engine/indicators/testing/oracles.ts";
import { TULIP, toBars } from "#engine/indicators/testing/reference-bars.ts";
import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import { CANDLESTICK_PATTERNS } from "./candlestick-patterns.ts";
import { BRIDGED_INDICATORS } from "./technical-indicators-bridge.ts";

registerIndicators(BRIDGED_INDICATORS);
const parse = (text: string): IndicatorSpec => parseIndicators(text)[0] as IndicatorSpec;

afterEach(() => vi.restoreAllMocks());

const psar = (c: Columns, step: number, most: number): number[] => {
  const result = [Number.NaN];
  let [up, gain, sar, extreme] = [true, step, c.low[0] as number, c.high[0] as number];
  for (let i = 1; i < c.high.length; i++) {
    const [high, low] = [c.high[i] as number, c.low[i] as number];
    const before = [i - 1, Math.max(0, i - 2)];
    sar += gain * (extreme - sar);
    sar = up
      ? Math.min(sar, ...before.map((j) => c.low[j] as number))
      : Math.max(sar, ...before.map((j) => c.high[j] as number));
    if (up ? high > extreme : low < extreme) {
      extreme = up ? high : low;
      gain = Math.min(gain + step, most);
    }
    if (up ? low < sar : high > sar) {
      [sar, gain, up] = [extreme, step, !up];
      extreme = up ? high : low;
    }
    result.push(sar);
  }
  return result;
};

const rate = (xs: Series, n: number): number[] =>
  zip((now, before) => (100 * (now - before)) / before, xs, shift(xs, n));

const kst = (xs: Series): number[][] => {
  const part = (n: number, m: number): number[] => sma(rate(xs, n), m);
  const sum = zip(
    (a, b, c, d) => a + 2 * b + 3 * c + 4 * d,
    part(2, 2),
    part(3, 2),
    part(4, 2),
    part(5, 3),
  );
  return [sum, sma(sum, 2)];
};

const heikinAshi = (c: Columns): number[][] => {
  const close = zip((o, h, l, k) => (o + h + l + k) / 4, c.open, c.high, c.low, c.close);
  const open: number[] = [];
  close.forEach((_, i) => {
    const first = ((c.open[0] as number) + (c.close[0] as number)) / 2;
    open.push(i === 0 ? first : ((open[i - 1] as number) + (close[i - 1] as number)) / 2);
  });
  const high = zip((o, h, k) => Math.max(o, h, k), open, c.high, close);
  const low = zip((o, l, k) => Math.min(o, l, k), open, c.low, close);
  return [
    open,
    [c.high[0] as number, ...high.slice(1)],
    [c.low[0] as number, ...low.slice(1)],
    close,
  ];
};

const chandelier = (c: Columns, n: number, k: number): number[][] => {
  const range = wilder(
    zip(
      (h, l, p) => Math.max(h - l, Math.abs(h - p), Math.abs(l - p)),
      c.high,
      c.low,
      shift(c.close, 1),
    ),
    n,
  );
  return [
    zip((h, r) => h - k * r, max(c.high, n), range),
    zip((l, r) => l + k * r, min(c.low, n), range),
  ];
};

const williams = (c: Columns, n: number): number[] =>
  zip((h, l, k) => (-100 * (h - k)) / (h - l), max(c.high, n), min(c.low, n), c.close);

const oracles: Readonly<Record<string, (c: Columns) => readonly Series[]>> = {
  "williamsR(5)": (c) => [williams(c, 5)],
  "williamsR(1)": (c) => [williams(c, 1)],
  "psar(0.02,0.2)": (c) => [psar(c, 0.02, 0.2)],
  "psar(0.1,0.3)": (c) => [psar(c, 0.1, 0.3)],
  "trix(3)": (c) => [rate(ema(ema(ema(c.close, 3), 3), 3), 1)],
  "kst(2,3,4,5,2,2,2,3,2)": (c) => kst(c.close),
  "awesomeOscillator(2,5)": (c) => {
    const middle = zip((h, l) => (h + l) / 2, c.high, c.low);
    return [zip((a, b) => a - b, sma(middle, 2), sma(middle, 5))];
  },
  heikinAshi: (c) => heikinAshi(c),
  "chandelierExit(4,2)": (c) => chandelier(c, 4, 2),
};
const texts = Object.keys(oracles);

test("every bridged indicator but the patterns has an oracle here", () => {
  const covered = [...new Set(texts.map((text) => parse(text).name))];
  const patterns = CANDLESTICK_PATTERNS.map(({ name }) => name);
  expect(BRIDGED_INDICATORS.map(({ name }) => name)).toEqual([...covered, ...patterns]);
});

/** Where the two differ by more than 1e-9 of the value, of 100 or of the largest price. */
function differences(text: string, bars: BarColumns): readonly string[] {
  const wanted = (oracles[text] as (typeof oracles)[string])(toColumns(bars));
  const scale = Math.max(100, ...bars.high);
  return runKernel(parse(text), bars).flatMap((column, k) =>
    [...column].flatMap((actual, index) => {
      const value = wanted[k]?.[index] as number;
      const allowed = 1e-9 * Math.max(scale, Math.abs(value));
      const same = isKnown(value) ? Math.abs(actual - value) <= allowed : Number.isNaN(actual);
      return same ? [] : [`output ${k} at ${index}: ${actual}, not ${value}`];
    }),
  );
}

test.each(texts)("%s agrees with its definition", (text) => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      expect(differences(text, bars)).toEqual([]);
    }),
  );
});

const everything = [...texts, ...CANDLESTICK_PATTERNS.map(({ name }) => name)];

test.each(everything)("%s starts over after an unknown price", (text) => {
  fc.assert(
    fc.property(
      anyBars,
      fc.nat(),
      fc.constantFrom("open", "high", "low", "close" as const),
      (bars, n, name) => {
        const at = n % bars.length;
        bars[name][at] = Number.NaN;
        const spec = parse(text);
        const whole = runKernel(spec, bars).map((column) => [...column.subarray(at)]);
        const after = runKernel(spec, sliceBars(bars, at + 1, bars.length));
        expect(whole).toEqual(after.map((column) => [Number.NaN, ...column]));
      },
    ),
    { numRuns: 30 },
  );
});

test.each(everything)("%s never looks ahead and may be fed from growing columns", (text) => {
  const spec = parse(text);
  fc.assert(
    fc.property(holedBars, holedBars, fc.nat(), (bars, other, n) => {
      const cut = n % (bars.length + 1);
      const batch = runKernel(spec, bars);
      const kernel = spec.create();
      const rows = Array.from({ length: cut }, (_, index) => {
        const grown = makeBars(bars.intervalMs, bars.length + 3);
        for (const name of ["open", "high", "low", "close", "volume"] as const) {
          grown[name].fill(other[name][0] as number);
          grown[name].set(bars[name].subarray(0, index + 1));
        }
        kernel.next({ ...grown, length: index + 1 }, index);
        return [...kernel.out];
      });
      expect(rows).toEqual(rows.map((_, index) => batch.map((column) => column[index])));
    }),
    { numRuns: 20 },
  );
});

const defaults = BRIDGED_INDICATORS.map(({ name }) => name);
test.each([...texts, ...defaults])("%s has its first values at its warm-up", (text) => {
  const spec = parse(text);
  fc.assert(
    fc.property(calmBars(spec.warmup + 2, spec.warmup + 10), (bars) => {
      const columns = runKernel(spec, bars);
      const range = (index: number): number =>
        (bars.high[index] as number) - (bars.low[index] as number);
      const known = [...bars.close.keys()].filter((index) =>
        columns.every((column) => !Number.isNaN(column[index])),
      );
      const due = [...bars.close.keys()].filter(
        (index) => index >= spec.warmup && (text !== "williamsR(1)" || range(index) > 0),
      );
      expect(known).toEqual(due);
    }),
    { numRuns: 20 },
  );
});

test("williamsR gives Tulip's values", () => {
  // TulipCharts/tulipindicators, tests/untest.txt.
  const published = [
    -7.477, -23.006, -40.927, -15.5, -11.417, -23.704, -10.278, -0.935, -3.051, -5.793, -17.884,
  ];
  const column = runKernel(parse("williamsR(5)"), toBars(TULIP))[0]?.subarray(4);
  expect(column?.length).toBe(published.length);
  expect(
    published.filter((value, i) => Math.abs(value - (column?.[i] as number)) > 0.00051),
  ).toEqual([]);
});

test("trix and kst are 0, not unknown, where the price stands still", () => {
  const flat = Array.from({ length: 60 }, () => 1.1);
  const bars = toBars({ high: flat, low: flat, close: flat });
  expect(runKernel(parse("trix(5)"), bars)[0]?.[59]).toBe(0);
  expect(runKernel(parse("kst"), bars).map((column) => column[59])).toEqual([0, 0]);
  expect(runKernel(parse("williamsR"), bars)[0]?.[59]).toBeNaN();
});

type Candle = readonly [open: number, high: number, low: number, close: number];

const toCandles = (candles: readonly Candle[]): BarColumns =>
  toBars({
    open: candles.map(([open]) => open),
    high: candles.map(([, high]) => high),
    low: candles.map(([, , low]) => low),
    close: candles.map(([, , , close]) => close),
  });

const examples: Readonly<Record<string, readonly Candle[]>> = {
  doji: [[100, 103, 97, 100]],
  dragonflyDoji: [[100, 100, 95, 100]],
  gravestoneDoji: [[100, 105, 100, 100]],
  bullishMarubozu: [[100, 110, 100, 110]],
  bearishMarubozu: [[110, 110, 100, 100]],
  bullishEngulfing: [
    [105, 106, 99, 100],
    [98, 109, 97, 108],
  ],
  bearishEngulfing: [
    [100, 106, 99, 105],
    [107, 108, 96, 97],
  ],
  bullishHarami: [
    [110, 111, 99, 100],
    [103, 107, 102, 106],
  ],
  bearishHarami: [
    [100, 111, 99, 110],
    [106, 107, 102, 103],
  ],
  bullishHaramiCross: [
    [110, 111, 99, 100],
    [105, 107, 103, 105],
  ],
  bearishHaramiCross: [
    [100, 111, 99, 110],
    [105, 107, 103, 105],
  ],
  darkCloudCover: [
    [100, 111, 99, 110],
    [112, 113, 101, 102],
  ],
  piercingLine: [
    [110, 111, 99, 100],
    [98, 109, 97, 108],
  ],
  downsideTasukiGap: [
    [120, 121, 109, 110],
    [105, 106, 99, 100],
    [103, 108, 102, 107],
  ],
  abandonedBaby: [
    [110, 111, 104, 105],
    [100, 101, 99, 100],
    [103, 109, 102, 108],
  ],
  morningStar: [
    [110, 111, 104, 105],
    [101, 102, 99, 100],
    [103, 109, 102.5, 108],
  ],
  morningDojiStar: [
    [110, 111, 104, 105],
    [100, 101, 99, 100],
    [103, 109, 102, 108],
  ],
  eveningStar: [
    [100, 106, 99, 105],
    [109, 111, 108, 110],
    [107, 107.5, 101, 102],
  ],
  eveningDojiStar: [
    [100, 106, 99, 105],
    [110, 111, 109, 110],
    [108, 108.5, 101, 102],
  ],
  threeBlackCrows: [
    [110, 111, 104, 105],
    [108, 109, 101, 102],
    [104, 105, 97, 98],
  ],
  threeWhiteSoldiers: [
    [100, 106, 99, 105],
    [102, 110, 101, 109],
    [106, 114, 105, 113],
  ],
};

test("every pattern has an example here", () => {
  expect(Object.keys(examples)).toEqual(CANDLESTICK_PATTERNS.map(({ name }) => name));
});

/** A rising candle with long shadows, which is part of none of the patterns. */
const PLAIN: Candle = [100, 106, 98, 104];

test.each(Object.entries(examples))(
  "%s is seen when it is complete, and only then",
  (name, candles) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const bars = toCandles([PLAIN, PLAIN, PLAIN, ...candles, PLAIN, PLAIN]);
    const warmup = candles.length - 1;
    const column = [...(runKernel(parse(name), bars)[0] ?? [])];
    const wanted = column.map((_, index) =>
      index < warmup ? Number.NaN : Number(index === 2 + candles.length),
    );
    expect(column).toEqual(wanted);
    // The package warns when it is given fewer candles than the rule wants.
    expect(warn).not.toHaveBeenCalled();
  },
);

test("the bridge is part of the catalogue and of the language", () => {
  const added = indicatorCatalogue().slice(-BRIDGED_INDICATORS.length);
  expect(added.map(({ name }) => name)).toEqual(BRIDGED_INDICATORS.map(({ name }) => name));
  for (const { name, outputs, arguments: args, doc } of BRIDGED_INDICATORS) {
    const spec = parse(name);
    expect(spec.outputs).toEqual(outputs);
    expect(spec.create().out.length).toBe(outputs.length);
    expect(parse(spec.key).key).toBe(spec.key);
    expect(args.every((argument) => argument.default !== undefined)).toBe(true);
    expect(doc).toMatch(/^[A-Z][^\n]*[^.\n]$/);
  }
  expect(columnNames(parse("heikinAshi"))).toContain("heikinAshi.close");
  expect(parse("crossOver(close,psar)").key).toBe("crossOver(close,psar(0.02,0.2))");
  expect(() => parse("williamsR(0)")).toThrow("must be a whole number");
});
