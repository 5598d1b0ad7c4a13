import type { BarColumns } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import { CandleWriter } from "./candle-writer.ts";
import { FundingClock, type SyntheticFunding } from "./funding-clock.ts";
import { MarketFactor } from "./market-factor.ts";
import type { SyntheticOptions } from "./options.ts";
import { applyOutages } from "./outages.ts";
import { PremiumPath } from "./premium-path.ts";
import { PriceWalk } from "./price-walk.ts";
import { resolveSettings, type SyntheticSettings } from "./settings.ts";
import { makeStepGrid, type StepGrid } from "./step-grid.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";
import { TurnoverPath } from "./turnover-path.ts";

/** The exchange id under which synthetic series are stored, so that no list shows them as a venue's. */
export const SYNTHETIC_EXCHANGE = "synthetic";

export interface SyntheticSeries {
  readonly symbol: string;
  /** The instrument steps that the prices and volumes are multiples of. */
  readonly tick: number;
  readonly lot: number;
  readonly candles: BarColumns;
  /** Mark candles; volume is NaN. Complete also where the candles have gaps. */
  readonly mark: BarColumns;
  readonly funding: SyntheticFunding;
}

export interface SyntheticMarket {
  /** What reports and lists print beside these data: `synthetic (seed 7)`. */
  readonly label: string;
  readonly seed: bigint;
  readonly symbols: readonly SyntheticSeries[];
}

/**
 * Generates a market that behaves like crypto perpetuals in its statistics and is no record of any: regimes, clustered
 * volatility with long memory, fat tails, jumps, the rhythm of day and week, correlated symbols, premium, mark price
 * and funding. `describeMarket()` measures them.
 *
 * What is promised:
 * 1. The same options give the same columns byte for byte on every machine: randomness is integer arithmetic, and
 *    exponentials and logarithms are built from operations that IEEE 754 rounds in one way (`portable-exp.ts`).
 *    `Math.sqrt` is the one function used whose rounding the language leaves open; every engine hands it to the
 *    processor, which rounds correctly.
 * 2. A longer run begins with the shorter one of the same start.
 * 3. A symbol's series do not depend on the other symbols, nor bars on the gaps and silent bars around them.
 * 4. Intervals that are whole multiples of five minutes show the same path: bars of an hour are the resampled bars of
 *    five minutes. Shorter intervals have paths of their own, alike in their statistics, with regimes and common jumps
 *    at the same times. Where a minute and an hour must agree, generate the minute and resample.
 *
 * @throws E_USAGE when an option is out of its range.
 */
export function generateMarket(options: SyntheticOptions): SyntheticMarket {
  const settings = resolveSettings(options);
  const grid = makeStepGrid(settings.intervalMs);
  const market = new MarketFactor(settings, grid);
  const generators = settings.symbols.map(
    (one) => new SymbolGenerator(settings, one, grid, market),
  );
  for (let row = 0; row < settings.bars; row += grid.barsPerChunk) {
    const bars = Math.min(grid.barsPerChunk, settings.bars - row);
    const startMs = settings.from + row * settings.intervalMs;
    market.fill(bars * grid.stepsPerBar, startMs);
    for (const generator of generators) generator.fill(bars, startMs);
  }
  return {
    label: `${SYNTHETIC_EXCHANGE} (seed ${settings.seed})`,
    seed: settings.seed,
    symbols: generators.map((generator) => generator.finish()),
  };
}

/** The paths of one symbol and the columns they end up in. */
class SymbolGenerator {
  readonly #settings: SyntheticSettings;
  readonly #one: SyntheticSymbolSettings;
  readonly #grid: StepGrid;
  readonly #market: MarketFactor;
  readonly #walk: PriceWalk;
  readonly #premium: PremiumPath;
  readonly #turnover: TurnoverPath;
  readonly #funding: FundingClock;
  readonly #writer: CandleWriter;

  constructor(
    settings: SyntheticSettings,
    one: SyntheticSymbolSettings,
    grid: StepGrid,
    market: MarketFactor,
  ) {
    this.#settings = settings;
    this.#one = one;
    this.#grid = grid;
    this.#market = market;
    this.#walk = new PriceWalk(settings, one, grid, market);
    this.#premium = new PremiumPath(settings, one, grid);
    this.#turnover = new TurnoverPath(settings, one, grid);
    this.#funding = new FundingClock(settings, one);
    this.#writer = new CandleWriter(settings, one, grid);
  }

  fill(bars: number, startMs: number): void {
    const { stepMs, stepsPerBar } = this.#grid;
    const count = bars * stepsPerBar;
    this.#walk.fill(count);
    this.#premium.fill(count, this.#market, this.#walk);
    this.#turnover.fill(count, this.#walk);
    this.#funding.add(this.#premium.premium, count, startMs, stepMs);
    this.#writer.write(bars, {
      walk: this.#walk,
      premium: this.#premium,
      turnover: this.#turnover,
    });
  }

  finish(): SyntheticSeries {
    const { symbol, tick, lot } = this.#one;
    const { candles, mark } = this.#writer;
    const { intervalMs, markIntervalMs } = this.#settings;
    return {
      symbol,
      tick,
      lot,
      candles: applyOutages(candles, this.#settings, symbol),
      mark: markIntervalMs === intervalMs ? mark : resample(mark, markIntervalMs).bars,
      funding: this.#funding.finish(),
    };
  }
}
