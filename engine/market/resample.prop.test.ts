import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BarColumns, makeBars } from "./bars.ts";
import { resample } from "./resample.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;
const MONDAY = Date.UTC(2025, 9, 6);

interface Row {
  readonly slot: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const price = fc.integer({ min: 1, max: 1_000 }).map((n) => n / 8);
/** Eighths add up without rounding, so the sum of all volumes can be compared in any order. */
const volume = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 4_000 }).map((n) => n / 8) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);
const row = fc.record({
  slot: fc.integer({ min: -60, max: 60 }),
  open: price,
  high: price,
  low: price,
  close: price,
  volume,
});
const series = fc
  .uniqueArray(row, { selector: ({ slot }) => slot, maxLength: 100 })
  .map((rows) => rows.toSorted((a, b) => a.slot - b.slot));
/** Source interval and how many of them make the target. */
const grid = fc.constantFrom([MINUTE, 2], [MINUTE, 5], [MINUTE, 60], [DAY, 3], [DAY, 7], [WEEK, 2]);

function toBars(rows: readonly Row[], sourceMs: number): BarColumns {
  const bars = makeBars(sourceMs, rows.length);
  rows.forEach((source, index) => {
    bars.time[index] = MONDAY + source.slot * sourceMs;
    bars.open[index] = source.open;
    bars.high[index] = source.high;
    bars.low[index] = source.low;
    bars.close[index] = source.close;
    bars.volume[index] = source.volume;
  });
  return bars;
}

/** The obvious way: look up every slot of every longer bar by its time. */
function naive(rows: readonly Row[], sourceMs: number, perBar: number): object {
  const targetMs = sourceMs * perBar;
  const origin = targetMs % WEEK === 0 ? 4 * DAY : 0;
  const byTime = new Map(rows.map((source) => [MONDAY + source.slot * sourceMs, source]));
  const starts = [...byTime.keys()].map(
    (time) => time - ((((time - origin) % targetMs) + targetMs) % targetMs),
  );
  const bars = [];
  const incomplete = [];
  for (const time of [...new Set(starts)].sort((a, b) => a - b)) {
    const slots = Array.from({ length: perBar }, (_, index) => byTime.get(time + index * sourceMs));
    const found = slots.filter((slot) => slot !== undefined);
    if (found.length < perBar) {
      incomplete.push({ time, missing: perBar - found.length });
      continue;
    }
    bars.push({
      time,
      open: found[0]?.open,
      high: Math.max(...found.map(({ high }) => high)),
      low: Math.min(...found.map(({ low }) => low)),
      close: found.at(-1)?.close,
      volume: found.map((slot) => slot.volume).reduce((sum, next) => sum + next),
    });
  }
  return { bars, incomplete };
}

test("resample() agrees with looking up every source bar by its time", () => {
  fc.assert(
    fc.property(series, grid, (rows, [sourceMs, perBar]) => {
      const { bars, incomplete } = resample(
        toBars(rows, sourceMs as number),
        (sourceMs as number) * (perBar as number),
      );
      const listed = Array.from({ length: bars.length }, (_, index) => ({
        time: bars.time[index],
        open: bars.open[index],
        high: bars.high[index],
        low: bars.low[index],
        close: bars.close[index],
        volume: bars.volume[index],
      }));
      expect({ bars: listed, incomplete }).toEqual(
        naive(rows, sourceMs as number, perBar as number),
      );
    }),
  );
});

test("resample() in two steps is resample() in one, where all bars are complete", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 60, maxLength: 60 }), (rows) => {
      const whole = rows.map((source, slot) => ({ ...source, slot, volume: source.volume || 0 }));
      const bars = toBars(whole, MINUTE);
      const direct = resample(bars, 60 * MINUTE);
      const stepped = resample(resample(bars, 5 * MINUTE).bars, 60 * MINUTE);
      expect(stepped).toEqual(direct);
      expect(direct.bars.length).toBe(1);
    }),
  );
});
