import { RandomStream } from "#data/synthetic/random-stream.ts";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";

const STEPS_PER_BAR = 60;

/** The market that a good generator must not be: a random walk with normal steps and volume that knows nothing of it. */
export function makeGaussianWalk(
  seed: bigint,
  setup: { readonly bars: number; readonly intervalMs: number; readonly annualVol: number },
): BarColumns {
  const { bars: length, intervalMs, annualVol } = setup;
  const bars = makeBars(intervalMs, length);
  const steps = new Float64Array(length * STEPS_PER_BAR);
  new RandomStream(seed, "walk").fillNormal(steps, steps.length);
  new RandomStream(seed, "volume").fillUniform(bars.volume, length);
  const yearMs = 365 * 86_400_000;
  const deviation = annualVol * Math.sqrt(intervalMs / STEPS_PER_BAR / yearMs);
  let price = 100;
  for (let row = 0; row < length; row++) {
    bars.time[row] = row * intervalMs;
    bars.open[row] = price;
    let [high, low] = [price, price];
    for (let step = row * STEPS_PER_BAR; step < (row + 1) * STEPS_PER_BAR; step++) {
      price *= Math.exp(deviation * (steps[step] as number));
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    bars.high[row] = high;
    bars.low[row] = low;
    bars.close[row] = price;
  }
  return bars;
}
