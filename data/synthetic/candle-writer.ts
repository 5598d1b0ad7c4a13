import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { fromUnits, type Grid, makeGrid, toUnits } from "#engine/model/grid.ts";
import { portableExp } from "./portable-exp.ts";
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
  /** Prices of the steps of one chunk, not rounded. */
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  #row = 0;
  #price: number;
  #nextPrice: number;

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
    this.#price = one.startPrice;
    this.#nextPrice = one.startPrice;
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
    this.#bounces.fillUniform(this.#bounce, count);
    toPrices(paths.walk.high, this.#high, count);
    toPrices(paths.walk.low, this.#low, count);
    toPrices(paths.walk.end, this.#close, count);
    this.#price = this.#nextPrice;
    this.#nextPrice = this.#close[count - 1] as number;
    this.#writeCandles(bars, paths.turnover.turnover);
    this.#writeMark(bars, paths.premium);
    this.#row += bars;
  }

  #writeCandles(bars: number, turnover: Float64Array): void {
    const { candles } = this;
    const { stepsPerBar } = this.#grid;
    const tick = this.#tick;
    const lot = this.#lot;
    let price = this.#price;
    let step = 0;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      const open = Math.max(1, toUnits(tick, price) + toBounce(this.#bounce[step] as number));
      let high = open;
      let low = open;
      let lots = 0;
      for (const end = step + stepsPerBar; step < end; step++) {
        // The first trade of each step, which is a bar of its own at the shortest interval of this path.
        const first = toUnits(tick, price) + toBounce(this.#bounce[step] as number);
        price = this.#close[step] as number;
        high = Math.max(high, first, toUnits(tick, this.#high[step] as number));
        low = Math.min(low, first, toUnits(tick, this.#low[step] as number));
        lots += Math.max(1, toUnits(lot, (turnover[step] as number) / price));
      }
      const close = Math.max(1, toUnits(tick, price));
      candles.open[row] = fromUnits(tick, open);
      candles.high[row] = fromUnits(tick, Math.max(high, close));
      candles.low[row] = fromUnits(tick, Math.max(1, Math.min(low, close)));
      candles.close[row] = fromUnits(tick, close);
      candles.volume[row] = fromUnits(lot, lots);
    }
  }

  #writeMark(bars: number, premium: PremiumPath): void {
    const { mark } = this;
    const { stepsPerBar } = this.#grid;
    const tick = this.#tick;
    let price = this.#price;
    let open = price * (1 + premium.startOffset);
    let step = 0;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      mark.open[row] = fromUnits(tick, Math.max(1, toUnits(tick, open)));
      let high = open;
      let low = open;
      for (const end = step + stepsPerBar; step < end; step++) {
        const next = this.#close[step] as number;
        const close = next * (1 + (premium.markOffset[step] as number));
        const above = (this.#high[step] as number) - Math.max(price, next);
        const below = Math.min(price, next) - (this.#low[step] as number);
        high = Math.max(high, Math.max(open, close) + MARK_WICK * above);
        low = Math.min(low, Math.min(open, close) - MARK_WICK * below);
        price = next;
        open = close;
      }
      mark.high[row] = fromUnits(tick, Math.max(1, toUnits(tick, high)));
      mark.low[row] = fromUnits(tick, Math.max(1, toUnits(tick, low)));
      mark.close[row] = fromUnits(tick, Math.max(1, toUnits(tick, open)));
    }
  }
}

function toPrices(logs: Float64Array, prices: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) prices[at] = portableExp(logs[at] as number);
}

/** Ticks between a close and the next open for a uniform draw: none for half of the bars, one for most others. */
function toBounce(draw: number): number {
  if (draw < 0.5) return 0;
  if (draw < 0.96) return draw < 0.73 ? -1 : 1;
  return draw < 0.98 ? -2 : 2;
}
