import { type BarColumns, makeBars } from "#engine/market/bars.ts";

/** Price at which walks begin, ticks: one tick is a hundredth of a percent of it. */
export const FIRST_TICKS = 10_000;
/** No walk goes below this, ticks. */
export const LEAST_TICKS = 1_000;
/** 2024-01-01T00:00Z: the first bar of every market that says nothing else. */
export const MARKET_START = 1_704_067_200_000;

/** One bar as steps in ticks from the close before it, so that every candle is valid by construction. */
export interface BarStep {
  /** From the close before to the open. */
  readonly gap: number;
  /** From the open to the close. */
  readonly body: number;
  /** Wicks beyond the body. */
  readonly up: number;
  readonly down: number;
  /** Volume in steps of ten lots. */
  readonly lots: number;
  /** No candle: the market did not trade, or its data have a hole. */
  readonly isMissing: boolean;
}

/** `[open, high, low, close, volume?]`, or "gap" for a missing bar. */
export type Candle = readonly number[] | "gap";

/** A way to look at the same walk: on another grid, multiplied, or turned upside down. */
export interface MarketView {
  /** Quote units of a tick and base units of a lot. */
  readonly tick: number;
  readonly lot: number;
  /** Multiplies every price and the tick. */
  readonly priceScale: number;
  /** Multiplies every quantity. */
  readonly sizeScale: number;
  /** Prices become this many ticks less the price, and buying becomes selling; null: as it is. */
  readonly mirrorTicks: number | null;
}

export const PLAIN: MarketView = {
  tick: 0.01,
  lot: 0.001,
  priceScale: 1,
  sizeScale: 1,
  mirrorTicks: null,
};

/** Decimals to which prices and volumes are rounded: those of the finest grid there is. */
const DECIMALS = 12;

/** The candles of a walk, every price a whole number of ticks. */
export function candlesOf(walk: readonly BarStep[], view: MarketView = PLAIN): readonly Candle[] {
  const { mirrorTicks } = view;
  const unit = view.tick * view.priceScale;
  const price = (ticks: number): number =>
    rounded((mirrorTicks === null ? ticks : mirrorTicks - ticks) * unit);
  let close = FIRST_TICKS;
  return walk.map((one, at): Candle => {
    const open = Math.max(LEAST_TICKS, close + one.gap);
    close = Math.max(LEAST_TICKS, open + one.body);
    if (one.isMissing && at > 0) return "gap";
    const high = Math.max(open, close) + one.up;
    const low = Math.max(LEAST_TICKS, Math.min(open, close) - one.down);
    const [top, bottom] = mirrorTicks === null ? [high, low] : [low, high];
    const volume = rounded(one.lots * 10 * view.lot);
    return [price(open), price(top), price(bottom), price(close), volume];
  });
}

/** How much of a candle's wicks its mark and index leave out, ticks. */
const INNER_TICKS = 50;

/** Mark or index candles beside the prices: shifted by a few ticks, with shorter wicks, missing where the bar is. */
export function marksOf(
  walk: readonly BarStep[],
  shiftTicks: number,
  view: MarketView = PLAIN,
): readonly Candle[] {
  const unit = view.tick * view.priceScale;
  const inner = INNER_TICKS * unit;
  return candlesOf(walk, view).map((candle): Candle => {
    if (candle === "gap") return candle;
    const shifted = candle.slice(0, 4).map((price) => price + shiftTicks * unit);
    const [open, high, low, close] = shifted as [number, number, number, number];
    const marks = [
      open,
      Math.max(open, close, high - inner),
      Math.min(open, close, low + inner),
      close,
    ];
    return marks.map(rounded);
  });
}

/** Candles as columns; missing bars are rows that are not there, an absent volume is NaN. */
export function barColumns(
  candles: readonly Candle[],
  intervalMs: number,
  start: number = MARKET_START,
): BarColumns {
  const rows = candles.flatMap((candle, at) => (candle === "gap" ? [] : [{ candle, at }]));
  const bars = makeBars(intervalMs, rows.length);
  rows.forEach(({ candle, at }, row) => {
    bars.time[row] = start + at * intervalMs;
    bars.open[row] = candle[0] as number;
    bars.high[row] = candle[1] as number;
    bars.low[row] = candle[2] as number;
    bars.close[row] = candle[3] as number;
    bars.volume[row] = candle[4] ?? Number.NaN;
  });
  return bars;
}

function rounded(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
