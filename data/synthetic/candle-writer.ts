import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { type Grid, makeGrid } from "#engine/model/grid.ts";
import { expInPlace } from "./portable-exp.ts";
import type { PremiumPath } from "./premium-path.ts";
import type { PriceWalk } from "./price-walk.ts";
import { RandomStream } from "./random-stream.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { StepGrid } from "./step-grid.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";
import type { TurnoverPath } from "./turnover-path.ts";

/** Part of a wick of the last price that the mark price, an average over venues, shows too. */
const MARK_WICK = 0.95;

/**
 * Turns steps into candles of the last and of the mark price, on the symbol's tick and lot. A bar opens at the close
 * before it or, as bid and ask take turns, a tick or two beside it. Mark candles have no volume (NaN).
 */
export class CandleWriter {
  readonly candles: BarColumns;
  readonly mark: BarColumns;
  readonly #tick: Grid;
  readonly #lot: Grid;
  readonly #grid: StepGrid;
  readonly #bounces: RandomStream;
  readonly #bounce: Float64Array;
  /** Prices of the steps of one chunk in ticks, not rounded. */
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  #row = 0;
  /** The price where the chunk begins, in ticks, not rounded; in an array so that loops do not box it. */
  readonly #start: Float64Array;

  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings, grid: StepGrid) {
    this.candles = makeBars(settings.intervalMs, settings.bars);
    this.mark = makeBars(settings.intervalMs, settings.bars);
    for (let row = 0; row < settings.bars; row++) {
      this.candles.time[row] = settings.from + row * settings.intervalMs;
    }
    this.mark.time.set(this.candles.time);
    this.mark.volume.fill(Number.NaN);
    this.#tick = makeGrid(one.tick);
    this.#lot = makeGrid(one.lot);
    this.#grid = grid;
    this.#bounces = new RandomStream(settings.seed, `symbol/${one.symbol}/bounce`);
    this.#bounce = new Float64Array(grid.stepsMax);
    this.#high = new Float64Array(grid.stepsMax);
    this.#low = new Float64Array(grid.stepsMax);
    this.#close = new Float64Array(grid.stepsMax);
    this.#start = Float64Array.of((one.startPrice * this.#tick.denominator) / this.#tick.numerator);
  }

  /** Appends the next `bars` bars from the chunk that the paths hold. */
  write(
    bars: number,
    paths: {
      readonly walk: PriceWalk;
      readonly premium: PremiumPath;
      readonly turnover: TurnoverPath;
    },
  ): void {
    const count = bars * this.#grid.stepsPerBar;
    const perPrice = this.#tick.denominator / this.#tick.numerator;
    this.#bounces.fillUniform(this.#bounce, count);
    toBounces(this.#bounce, count);
    toTicks(paths.walk.high, this.#high, count, perPrice);
    toTicks(paths.walk.low, this.#low, count, perPrice);
    toTicks(paths.walk.end, this.#close, count, perPrice);
    this.#writeCandles(bars, paths.turnover.turnover);
    this.#writeMark(bars, paths.premium);
    this.#start[0] = this.#close[count - 1] as number;
    this.#row += bars;
  }

  #writeCandles(bars: number, turnover: Float64Array): void {
    const { candles } = this;
    const { stepsPerBar } = this.#grid;
    const { numerator, denominator } = this.#tick;
    const lot = this.#lot;
    const lotsPerTurnover = lot.denominator / lot.numerator / this.#tick.step;
    const [highs, lows, closes, bounces] = [this.#high, this.#low, this.#close, this.#bounce];
    let last = Math.floor(0.5 + (this.#start[0] as number));
    let step = 0;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      const open = Math.max(1, last + (bounces[step] as number));
      let high = open;
      let low = open;
      let lots = 0;
      for (const end = step + stepsPerBar; step < end; step++) {
        // The first trade of each step, which is a bar of its own at the shortest interval of this path.
        const first = last + (bounces[step] as number);
        const price = closes[step] as number;
        last = Math.floor(0.5 + price);
        high = Math.max(high, first, Math.floor(0.5 + (highs[step] as number)));
        low = Math.min(low, first, Math.floor(0.5 + (lows[step] as number)));
        lots += Math.max(
          1,
          Math.floor(0.5 + ((turnover[step] as number) / price) * lotsPerTurnover),
        );
      }
      const close = Math.max(1, last);
      candles.open[row] = (open * numerator) / denominator;
      candles.high[row] = (Math.max(high, close) * numerator) / denominator;
      candles.low[row] = (Math.max(1, Math.min(low, close)) * numerator) / denominator;
      candles.close[row] = (close * numerator) / denominator;
      candles.volume[row] = (lots * lot.numerator) / lot.denominator;
    }
  }

  #writeMark(bars: number, premium: PremiumPath): void {
    const { mark } = this;
    const { stepsPerBar } = this.#grid;
    const { numerator, denominator } = this.#tick;
    const [highs, lows, closes, offsets] = [this.#high, this.#low, this.#close, premium.markOffset];
    let price = this.#start[0] as number;
    let open = price * (1 + premium.startOffset);
    let step = 0;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      const first = Math.max(1, Math.floor(0.5 + open));
      let high = open;
      let low = open;
      for (const stop = step + stepsPerBar; step < stop; step++) {
        const next = closes[step] as number;
        const end = next * (1 + (offsets[step] as number));
        const above = (highs[step] as number) - Math.max(price, next);
        const below = Math.min(price, next) - (lows[step] as number);
        const top = Math.max(open, end) + MARK_WICK * above;
        if (top > high) high = top;
        const bottom = Math.min(open, end) - MARK_WICK * below;
        if (bottom < low) low = bottom;
        price = next;
        open = end;
      }
      const close = Math.max(1, Math.floor(0.5 + open));
      mark.open[row] = (first * numerator) / denominator;
      mark.high[row] = (Math.max(1, Math.floor(0.5 + high)) * numerator) / denominator;
      mark.low[row] = (Math.max(1, Math.floor(0.5 + low)) * numerator) / denominator;
      mark.close[row] = (close * numerator) / denominator;
    }
  }
}

/** Turns log prices into ticks, not rounded. */
function toTicks(logs: Float64Array, ticks: Float64Array, count: number, perPrice: number): void {
  for (let at = 0; at < count; at++) ticks[at] = logs[at] as number;
  expInPlace(ticks, count);
  for (let at = 0; at < count; at++) ticks[at] = (ticks[at] as number) * perPrice;
}

/**
 * Turns uniform draws in place into ticks between a close and the next open: none for half of the steps, one for most
 * others, two for 4 %.
 */
function toBounces(draws: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) {
    const draw = draws[at] as number;
    const size = draw < 0.5 ? 0 : draw < 0.96 ? 1 : 2;
    draws[at] = draw < 0.73 || (draw > 0.96 && draw < 0.98) ? -size : size;
  }
}
