import { type BarColumns, type FundingColumns, makeBars } from "#engine/market/bars.ts";

/** A small generator of 32-bit numbers (xorshift), the same on every machine. */
function makeNoise(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

export interface SampleOptions {
  readonly start?: number;
  readonly intervalMs?: number;
  readonly seed?: number;
  /** Every so many bars the volume is unknown; never unless given. */
  readonly unknownVolumeEvery?: number;
}

const START = Date.UTC(2025, 8, 20);

/** A random walk at one decimal with volumes at three, without gaps. */
export function sampleBars(length: number, options: SampleOptions = {}): BarColumns {
  const { start = START, intervalMs = 60_000, seed = 7, unknownVolumeEvery = 0 } = options;
  const noise = makeNoise(seed);
  const bars = makeBars(intervalMs, length);
  let price = 30_000;
  for (let row = 0; row < length; row++) {
    const close = Math.max(100, tenths(price + (noise() - 0.5) * 40));
    bars.time[row] = start + row * intervalMs;
    bars.open[row] = price;
    bars.high[row] = tenths(Math.max(price, close) + noise() * 10);
    bars.low[row] = tenths(Math.min(price, close) - noise() * 10);
    bars.close[row] = close;
    const isUnknown = unknownVolumeEvery > 0 && row % unknownVolumeEvery === 0;
    bars.volume[row] = isUnknown ? NaN : Math.round(noise() * 1e6) / 1_000;
    price = close;
  }
  return bars;
}

/** Rates at the eight-hour stamps, each some milliseconds late as venues are. */
export function sampleFunding(length: number, start = START): FundingColumns {
  const noise = makeNoise(11);
  const time = new Float64Array(length);
  const rate = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    time[row] = start + row * 8 * 3_600_000 + Math.floor(noise() * 20);
    rate[row] = Math.round((noise() - 0.5) * 1e5) / 1e8;
  }
  return { length, time, rate };
}

/** A copy that can be changed without touching the original. */
export function copyBars(bars: BarColumns): BarColumns {
  return {
    intervalMs: bars.intervalMs,
    length: bars.length,
    time: bars.time.slice(0, bars.length),
    open: bars.open.slice(0, bars.length),
    high: bars.high.slice(0, bars.length),
    low: bars.low.slice(0, bars.length),
    close: bars.close.slice(0, bars.length),
    volume: bars.volume.slice(0, bars.length),
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
