import * as fc from "fast-check";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";

/** How one bar follows from the last: moves in ticks, so that ties and flat stretches are common. */
interface Step {
  readonly move: number;
  readonly above: number;
  readonly below: number;
  readonly volume: number;
}

const calm: fc.Arbitrary<Step> = fc.record({
  move: fc.integer({ min: -50, max: 50 }),
  above: fc.integer({ min: 0, max: 30 }),
  below: fc.integer({ min: 0, max: 30 }),
  volume: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
});
const flat: fc.Arbitrary<Step> = fc.record({
  move: fc.constant(0),
  above: fc.constant(0),
  below: fc.constant(0),
  volume: fc.constantFrom(0, 1),
});
const jump: fc.Arbitrary<Step> = fc.record({
  move: fc.integer({ min: -4_000, max: 1_000_000_000 }),
  above: fc.integer({ min: 0, max: 1_000_000 }),
  below: fc.integer({ min: 0, max: 10 }),
  volume: fc.double({ min: 1e6, max: 1e12, noNaN: true }),
});

const stretch = (step: fc.Arbitrary<Step>, maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(step, { minLength: 1, maxLength });

/** Prices on a grid of 0.01, at least 0.01; consistent highs and lows; 8-hour bars, so that days end in between. */
function toBars(first: number, steps: readonly Step[]): BarColumns {
  const bars = makeBars(8 * 3_600_000, steps.length);
  let ticks = first;
  steps.forEach(({ move, above, below, volume }, index) => {
    const open = ticks;
    ticks = Math.max(1, ticks + move);
    bars.time[index] = index * bars.intervalMs;
    bars.open[index] = open / 100;
    bars.close[index] = ticks / 100;
    bars.high[index] = (Math.max(open, ticks) + above) / 100;
    bars.low[index] = Math.max(1, Math.min(open, ticks) - below) / 100;
    bars.volume[index] = volume;
  });
  return bars;
}

/** Bars that move, without jumps and flat stretches; at least `minLength` of them. */
export const calmBars = (minLength: number, maxLength: number): fc.Arbitrary<BarColumns> =>
  fc
    .tuple(fc.integer({ min: 10_000, max: 10_000_000 }), fc.array(calm, { minLength, maxLength }))
    .map(([first, steps]) => toBars(first, steps));

/** Bars of any temper: calm, flat and jumping stretches in any order. */
export const anyBars: fc.Arbitrary<BarColumns> = fc
  .tuple(
    fc.integer({ min: 1, max: 10_000_000 }),
    fc.array(fc.oneof(stretch(calm, 40), stretch(flat, 20), stretch(jump, 2)), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([first, stretches]) => toBars(first, stretches.flat()));

const COLUMNS = ["open", "high", "low", "close", "volume"] as const;

/** Bars of any temper with some values unknown. */
export const holedBars: fc.Arbitrary<BarColumns> = fc
  .tuple(
    anyBars,
    fc.array(fc.tuple(fc.constantFrom(...COLUMNS), fc.nat(), fc.constantFrom(NaN, Infinity)), {
      maxLength: 4,
    }),
  )
  .map(([bars, holes]) => {
    for (const [column, at, value] of holes) bars[column][at % bars.length] = value;
    return bars;
  });

/** Values of any temper for a value kernel: a level with small moves, equal stretches, now and then something huge. */
export const anyValues: fc.Arbitrary<number[]> = fc
  .tuple(
    fc.double({ min: -1e5, max: 1e5, noNaN: true }),
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.double({ min: -1e15, max: 1e15, noNaN: true }) },
      ),
      { minLength: 1, maxLength: 120 },
    ),
  )
  // Numbers whose squares would be too small for a double are 0.
  .map(([level, moves]) => moves.map((move) => chop(level) + chop(move)));

const chop = (value: number): number => (Math.abs(value) < 1e-12 ? 0 : value);
