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
  readonly #opens: RandomStream;
  /** Exact prices and turnover of the bars of one chunk, before rounding. */
  readonly #bounce: Float64Array;
  readonly #open: Float64Array;
  readonly #high: Float64Array;
  readonly #low: Float64Array;
  readonly #close: Float64Array;
  readonly #traded: Float64Array;
  #row = 0;
  #price: number;

  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings, grid: StepGrid) {
    const column = (): Float64Array => new Float64Array(grid.barsPerChunk);
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
    this.#opens = new RandomStream(settings.seed, `symbol/${one.symbol}/open`);
    this.#bounce = column();
    this.#open = column();
    this.#high = column();
    this.#low = column();
    this.#close = column();
    this.#traded = column();
    this.#price = one.startPrice;
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
    this.#opens.fillUniform(this.#bounce, bars);
    this.#gather(bars, paths.walk, paths.turnover.turnover);
    this.#writeCandles(bars);
    this.#writeMark(bars, paths.premium);
    this.#row += bars;
  }

  /** Gathers the steps of each bar. */
  #gather(bars: number, walk: PriceWalk, turnover: Float64Array): void {
    const { stepsPerBar } = this.#grid;
    for (let bar = 0; bar < bars; bar++) {
      const first = bar * stepsPerBar;
      const end = first + stepsPerBar;
      let high = walk.high[first] as number;
      let low = walk.low[first] as number;
      let traded = turnover[first] as number;
      for (let at = first + 1; at < end; at++) {
        high = Math.max(high, walk.high[at] as number);
        low = Math.min(low, walk.low[at] as number);
        traded += turnover[at] as number;
      }
      this.#open[bar] = this.#price;
      this.#high[bar] = portableExp(high);
      this.#low[bar] = portableExp(low);
      this.#price = portableExp(walk.end[end - 1] as number);
      this.#close[bar] = this.#price;
      this.#traded[bar] = traded;
    }
  }

  #writeCandles(bars: number): void {
    const { candles } = this;
    const tick = this.#tick;
    const lot = this.#lot;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      const price = this.#close[bar] as number;
      const bounce = toBounce(this.#bounce[bar] as number);
      const open = Math.max(1, toUnits(tick, this.#open[bar] as number) + bounce);
      const close = Math.max(1, toUnits(tick, price));
      const high = Math.max(toUnits(tick, this.#high[bar] as number), open, close);
      const low = Math.min(Math.max(1, toUnits(tick, this.#low[bar] as number)), open, close);
      candles.open[row] = fromUnits(tick, open);
      candles.high[row] = fromUnits(tick, high);
      candles.low[row] = fromUnits(tick, low);
      candles.close[row] = fromUnits(tick, close);
      const lots = Math.max(1, toUnits(lot, (this.#traded[bar] as number) / price));
      candles.volume[row] = fromUnits(lot, lots);
    }
  }

  #writeMark(bars: number, premium: PremiumPath): void {
    const { mark } = this;
    const tick = this.#tick;
    const { stepsPerBar } = this.#grid;
    let offset = premium.startOffset;
    for (let bar = 0; bar < bars; bar++) {
      const row = this.#row + bar;
      const lastOpen = this.#open[bar] as number;
      const lastClose = this.#close[bar] as number;
      const open = lastOpen * (1 + offset);
      offset = premium.markOffset[(bar + 1) * stepsPerBar - 1] as number;
      const close = lastClose * (1 + offset);
      const above = (this.#high[bar] as number) - Math.max(lastOpen, lastClose);
      const below = Math.min(lastOpen, lastClose) - (this.#low[bar] as number);
      const openTicks = Math.max(1, toUnits(tick, open));
      const closeTicks = Math.max(1, toUnits(tick, close));
      const high = toUnits(tick, Math.max(open, close) + MARK_WICK * above);
      const low = Math.max(1, toUnits(tick, Math.min(open, close) - MARK_WICK * below));
      mark.open[row] = fromUnits(tick, openTicks);
      mark.high[row] = fromUnits(tick, Math.max(high, openTicks, closeTicks));
      mark.low[row] = fromUnits(tick, Math.min(low, openTicks, closeTicks));
      mark.close[row] = fromUnits(tick, closeTicks);
    }
  }
}

/** Ticks between a close and the next open for a uniform draw: none for half of the bars, one for most others. */
function toBounce(draw: number): number {
  if (draw < 0.5) return 0;
  if (draw < 0.96) return draw < 0.73 ? -1 : 1;
  return draw < 0.98 ? -2 : 2;
}
