import type { MarketFactor } from "./market-factor.ts";
import { portableExp } from "./portable-exp.ts";
import type { PriceWalk } from "./price-walk.ts";
import { RandomStream } from "./random-stream.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { StepGrid } from "./step-grid.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

/** Perpetuals have traded a little below their index: then the rate's formula adds its 5 basis points. */
const MEAN_PREMIUM = -5.0e-4;
/** Demand for leverage follows the trend of the last days: premium per standard deviation of that trend, … */
const DEMAND = 1.4e-4;
/** … and more than in proportion when it is up. */
const GREED = 0.6;
const TREND_MS = 40 * HOUR_MS;
const SLOW_MS = 10 * HOUR_MS;
const SLOW_NOISE = 0.8e-4;
/** The perpetual moves this much further than its index at once, and gives it back within minutes. */
const OVERSHOOT = 0.05;
const FAST_MS = 4 * MINUTE_MS;
const FAST_NOISE = 0.2e-4;
/** The mark price follows the premium's moving average of about five minutes. */
const MARK_MS = 5 * MINUTE_MS;
/** The volatility at which the numbers above were set; premiums of wilder symbols are wider. */
const REFERENCE_VOL = 0.52;

/**
 * The premium of the perpetual (the last price) over its index. Slow part: mean-reverting around a level that rises
 * with the trend of the last days and with the regime. Fast part: the perpetual overshoots and calms down. The index
 * is last / (1 + premium) and the mark price index × (1 + smoothed premium), as on Bybit, where the mark adds a moving
 * average of the basis to the index; so, to first order, the mark differs from the last price by what the smoothing
 * has not followed yet.
 */
export class PremiumPath {
  /** Premium over each step, as a fraction. */
  readonly premium: Float64Array;
  /** Mark price relative to the last price at the end of each step: mark = last × (1 + it). */
  readonly markOffset: Float64Array;
  /** The same where the chunk begins. */
  startOffset = 0;
  readonly #scale: number;
  readonly #levels: Float64Array;
  readonly #trendUnit: number;
  readonly #decay: Readonly<Record<"trend" | "slow" | "fast" | "mark", number>>;
  readonly #fastKept: number;
  readonly #slowStream: RandomStream;
  readonly #fastStream: RandomStream;
  readonly #slowNormals: Float64Array;
  readonly #fastNormals: Float64Array;
  #trend = 0;
  #slow = Number.NaN;
  #fast = 0;
  #smooth = Number.NaN;
  #offset = 0;

  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings, grid: StepGrid) {
    const column = (): Float64Array => new Float64Array(grid.stepsMax);
    this.premium = column();
    this.markOffset = column();
    this.#slowNormals = column();
    this.#fastNormals = column();
    const { seed } = settings;
    this.#slowStream = new RandomStream(seed, `symbol/${one.symbol}/premium/slow`);
    this.#fastStream = new RandomStream(seed, `symbol/${one.symbol}/premium/fast`);
    this.#scale = one.annualVol / REFERENCE_VOL;
    this.#levels = Float64Array.from(settings.regimes, (regime) => regime.premium);
    this.#trendUnit = 1 / (one.annualVol * Math.sqrt(TREND_MS / (2 * YEAR_MS)));
    const decay = (timeMs: number): number => portableExp(-grid.stepMs / timeMs);
    this.#decay = {
      trend: decay(TREND_MS),
      slow: decay(SLOW_MS),
      fast: decay(FAST_MS),
      mark: decay(MARK_MS),
    };
    // A return is spread over its step, so what is left of its overshoot at the end is the mean of the decay.
    this.#fastKept = (1 - this.#decay.fast) * (FAST_MS / grid.stepMs) * OVERSHOOT;
  }

  fill(count: number, market: MarketFactor, walk: PriceWalk): void {
    this.#slowStream.fillNormal(this.#slowNormals, count);
    this.#fastStream.fillNormal(this.#fastNormals, count);
    const { trend: trendDecay, slow: slowDecay, fast: fastDecay, mark: markDecay } = this.#decay;
    const scale = this.#scale;
    const slowNoise = scale * SLOW_NOISE * Math.sqrt(1 - slowDecay * slowDecay);
    const fastNoise = scale * FAST_NOISE * Math.sqrt(1 - fastDecay * fastDecay);
    let trend = this.#trend;
    let slow = this.#slow;
    let fast = this.#fast;
    let smooth = this.#smooth;
    this.startOffset = this.#offset;
    for (let at = 0; at < count; at++) {
      const move = walk.move[at] as number;
      trend = trend * trendDecay + move * this.#trendUnit;
      const demand = DEMAND * trend * (1 + GREED * Math.max(0, trend));
      const target = scale * ((this.#levels[market.regime[at] as number] as number) + demand);
      if (Number.isNaN(slow)) slow = target;
      slow = target + (slow - target) * slowDecay + slowNoise * (this.#slowNormals[at] as number);
      fast =
        fast * fastDecay + this.#fastKept * move + fastNoise * (this.#fastNormals[at] as number);
      const premium = MEAN_PREMIUM + slow + fast;
      if (Number.isNaN(smooth)) smooth = premium;
      smooth = premium + (smooth - premium) * markDecay;
      this.premium[at] = premium;
      this.markOffset[at] = smooth - premium;
    }
    this.#trend = trend;
    this.#slow = slow;
    this.#fast = fast;
    this.#smooth = smooth;
    this.#offset = this.markOffset[count - 1] as number;
  }
}
