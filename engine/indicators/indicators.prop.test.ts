import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BarColumns, makeBars, sliceBars } from "#engine/market/bars.ts";
import { type IndicatorSpec, runKernel } from "./kernel.ts";
import { indicatorCatalogue, parseIndicators } from "./registry.ts";
import { anyBars, calmBars, holedBars } from "./testing/arbitraries.ts";
import { CROSSINGS, INDICATOR_ORACLES } from "./testing/indicator-oracles.ts";
import { toColumns } from "./testing/oracles.ts";

const defined = Object.keys(INDICATOR_ORACLES);
const texts = [...defined, ...Object.keys(CROSSINGS)];
const parse = (text: string): IndicatorSpec => parseIndicators(text)[0] as IndicatorSpec;

test("every indicator of the catalogue has an oracle here", () => {
  const covered = new Set(texts.map((text) => parse(text).name));
  expect(indicatorCatalogue().map(({ name }) => name)).toEqual([...covered]);
});

/** Where an indicator differs from its definition by more than rounding explains. */
function differences(text: string, bars: BarColumns): readonly string[] {
  const slow = INDICATOR_ORACLES[text] as (typeof INDICATOR_ORACLES)[string];
  const wanted = slow(toColumns(bars));
  const got = runKernel(parse(text), bars);
  const largest = (column: Float64Array): number =>
    column.reduce((most, value) => (value < Infinity ? Math.max(most, value) : most), 0);
  const ofVolume = text.includes("volume") || text === "obv" || text === "adl";
  const weight = text.startsWith("force") ? largest(bars.volume) : 1;
  const scale = weight * largest(ofVolume ? bars.volume : bars.high);
  return got.flatMap((column, k) =>
    [...column].flatMap((actual, index) => {
      const value = wanted[k]?.[index] as number;
      const allowed = Math.max(1e-9 * Math.abs(value), toleranceOf(text, k, scale));
      const same = Number.isNaN(value) ? Number.isNaN(actual) : Math.abs(actual - value) <= allowed;
      return same ? [] : [`output ${k} at ${index}: ${actual}, not ${value}`];
    }),
  );
}

/** A share of the largest price or volume; for an oscillator, of 100. */
function toleranceOf(text: string, output: number, scale: number): number {
  // RSI agrees to 1e-12 and the range it is divided by may be 1e-9.
  if (text.startsWith("stochasticRsi")) return 0.1;
  if (/^(rsi|adx|stochastic|roc|mfi)/.test(text)) return 1e-7;
  // A quotient of differences between prices: what a price's last digit is, seen in units of the deviation.
  if (text.startsWith("cci") || (text.startsWith("bollinger") && output === 3)) {
    return 1e-7 + 1e-10 * scale;
  }
  if (text.startsWith("bollinger") && output === 4) return 1e-9;
  return 1e-12 * scale;
}

test.each(defined)("%s agrees with its definition on any bars", (text) => {
  fc.assert(
    fc.property(anyBars, (bars) => {
      expect(differences(text, bars)).toEqual([]);
    }),
  );
});

test.each(defined)("%s agrees with its definition around unknown values", (text) => {
  fc.assert(
    fc.property(holedBars, (bars) => {
      expect(differences(text, bars)).toEqual([]);
    }),
  );
});

test.each(Object.keys(CROSSINGS))(
  "%s says where the one column rises through the other",
  (text) => {
    const [a, b, sign] = CROSSINGS[text] as (typeof CROSSINGS)[string];
    fc.assert(
      fc.property(holedBars, (bars) => {
        const [above] = runKernel(parse(a), bars);
        const [below] = runKernel(parse(b), bars);
        const gap = (index: number): number =>
          sign * ((above?.[index] as number) - (below?.[index] as number));
        const wanted = Array.from(above ?? [], (_, index) => {
          const unknown = index === 0 || Number.isNaN(gap(index) + gap(index - 1));
          return unknown ? Number.NaN : Number(gap(index - 1) <= 0 && gap(index) > 0);
        });
        expect([...(runKernel(parse(text), bars)[0] ?? [])]).toEqual(wanted);
      }),
    );
  },
);

/** The same first rows in columns of another length, followed by rubbish. */
function regrow(bars: BarColumns, length: number, capacity: number): BarColumns {
  const grown = makeBars(bars.intervalMs, capacity);
  for (const name of ["time", "open", "high", "low", "close", "volume"] as const) {
    grown[name].fill(1e300);
    grown[name].set(bars[name].subarray(0, length));
  }
  return { ...grown, length };
}

test.each(texts)("%s gives the same bits bar by bar from growing columns as in a batch", (text) => {
  const spec = parse(text);
  fc.assert(
    fc.property(holedBars, fc.array(fc.nat({ max: 9 }), { minLength: 1 }), (bars, grows) => {
      const batch = runKernel(spec, bars);
      const kernel = spec.create();
      expect([...kernel.out]).toEqual(spec.outputs.map(() => Number.NaN));
      const rows = Array.from({ length: bars.length }, (_, index) => {
        const extra = grows[index % grows.length] as number;
        kernel.next(regrow(bars, index + 1, index + 1 + extra), index);
        return [...kernel.out];
      });
      expect(rows).toEqual(rows.map((_, index) => batch.map((column) => column[index])));
    }),
    { numRuns: 30 },
  );
});

test.each(texts)("%s never looks ahead: later bars change nothing before them", (text) => {
  const spec = parse(text);
  fc.assert(
    fc.property(anyBars, holedBars, fc.nat(), (bars, other, at) => {
      const cut = at % (bars.length + 1);
      const changed = regrow(bars, bars.length, bars.length);
      for (let index = cut; index < bars.length; index++) {
        for (const name of ["open", "high", "low", "close", "volume"] as const) {
          changed[name][index] = other[name][index % other.length] as number;
        }
      }
      const before = runKernel(spec, bars).map((column) => [...column.subarray(0, cut)]);
      const after = runKernel(spec, changed).map((column) => [...column.subarray(0, cut)]);
      expect(after).toEqual(before);
    }),
    { numRuns: 50 },
  );
});

test.each(texts)("%s may begin at any bar of the columns", (text) => {
  const spec = parse(text);
  fc.assert(
    fc.property(anyBars, fc.nat(), (bars, at) => {
      const first = at % bars.length;
      const whole = runKernel(spec, sliceBars(bars, first, bars.length));
      const kernel = spec.create();
      const rows = Array.from({ length: bars.length - first }, (_, index) => {
        kernel.next(bars, first + index);
        return [...kernel.out];
      });
      expect(rows).toEqual(rows.map((_, index) => whole.map((column) => column[index])));
    }),
    { numRuns: 30 },
  );
});

const defaults = indicatorCatalogue()
  .filter((definition) => definition.arguments.every((argument) => argument.default !== undefined))
  .map((definition) => definition.name);

test.each([...texts, ...defaults])(
  "%s has every value from its warm-up on and not before",
  (text) => {
    const spec = parse(text);
    fc.assert(
      fc.property(calmBars(spec.warmup + 5, spec.warmup + 40), (bars) => {
        const columns = runKernel(spec, bars);
        const known = (index: number): boolean =>
          columns.every((column) => Number.isFinite(column[index]));
        const places = Array.from(bars.close.subarray(0, bars.length), (_, index) => index);
        expect(places.filter((index) => index < spec.warmup && known(index))).toEqual([]);
        // Calm bars can still stand still through a short window, where a quotient has no value.
        const due = places.filter((index) => index >= spec.warmup && moves(bars, index));
        expect(due.filter((index) => !known(index))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  },
);

/** Whether the last closes went up and down: none like its neighbour, no three moves in one direction. */
function moves(bars: BarColumns, index: number): boolean {
  const closes = bars.close.subarray(Math.max(0, index - 8), index + 1);
  const signs = [...closes].slice(1).map((close, i) => Math.sign(close - (closes[i] as number)));
  return signs.every(
    (sign, i) => sign !== 0 && Math.abs(sign + (signs[i + 1] ?? 0) + (signs[i + 2] ?? 0)) < 3,
  );
}

test.each([...texts, ...defaults])("%s recovers from an unknown bar within its warm-up", (text) => {
  const spec = parse(text);
  const column = fc.constantFrom("open", "high", "low", "close", "volume" as const);
  fc.assert(
    fc.property(calmBars(2 * spec.warmup + 30, 2 * spec.warmup + 40), column, (bars, name) => {
      const at = spec.warmup + 4;
      bars[name][at] = Number.NaN;
      // The session form of vwap waits for the next day, three bars of eight hours at most.
      const healed = at + 1 + Math.max(spec.warmup, text === "vwap" ? 3 : 0);
      const unknown = runKernel(spec, bars).flatMap((values) =>
        [...values.keys()].filter(
          (index) => index >= healed && moves(bars, index) && Number.isNaN(values[index]),
        ),
      );
      expect(unknown).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
