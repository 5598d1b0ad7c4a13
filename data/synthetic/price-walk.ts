import { JumpClock } from "./jump-clock.ts";
import { LogVariance, type VarianceFactor } from "./log-variance.ts";
import type { MarketFactor } from "./market-factor.ts";
import { expInPlace, portableExp } from "./portable-exp.ts";
import { lnInPlace, portableLn } from "./portable-ln.ts";
import { RandomStream } from "./random-stream.ts";
import { RegimeRates } from "./regime-rates.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { StepGrid } from "./step-grid.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";
import { VarianceMix } from "./variance-mix.ts";

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 1_440 * MINUTE_MS;

const OWN_VARIANCE: readonly VarianceFactor[] = [
  { timeScaleMs: 10 * MINUTE_MS, variance: 0.25 },
  { timeScaleMs: 360 * MINUTE_MS, variance: 0.12 },
];
const LEVERAGE = -0.1;
/** ln 8: outside a factor of 8 around the start price … */
const FREE_RANGE = 2.0794415416798357;
/** … the log price is pulled back at this rate per year, which keeps decades within about a factor of 30. */
const PULL_PER_YEAR = 3;

/**
 * The log price of one symbol, one chunk of steps at a time.
 *
 * A step's return is drift + √variance × (load × common shock + rest × own shock) + jumps, both shocks Student-t. Given
 * its variance a step is a Brownian motion in two halves, and the highest and lowest point of each half is drawn from
 * the exact law of a Brownian bridge's maximum and minimum: (x ± √(x² − 2·v·ln u)) / 2 for a move x with variance v.
 * Drawing the two extremes of a half independently makes the mean of range² 0.4 % too large. Jumps fall between the
 * halves, so a bar's high and low contain both of their ends.
 */
export class PriceWalk {
  /** Log price at the end of each step, its highest and lowest in the step, and its change over it. */
  readonly end: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly move: Float64Array;
  readonly #market: MarketFactor;
  readonly #rates: RegimeRates;
  readonly #stepMs: number;
  readonly #origin: number;
  readonly #pull: number;
  readonly #jumpScale: number;
  #level: number;
  #anchor: number;
  #regime = -1;
  readonly #shocks: RandomStream;
  readonly #mixes: VarianceMix;
  readonly #middles: RandomStream;
  readonly #extremes: RandomStream;
  readonly #jumps: JumpClock;
  readonly #volatility: LogVariance;
  readonly #shock: Float64Array;
  readonly #mix: Float64Array;
  readonly #middle: Float64Array;
  readonly #reach: Float64Array;
  readonly #jump: Float64Array;
  readonly #variance: Float64Array;

  constructor(
    settings: SyntheticSettings,
    one: SyntheticSymbolSettings,
    grid: StepGrid,
    market: MarketFactor,
  ) {
    const { seed, regimes, jumps } = settings;
    const stream = (name: string): RandomStream =>
      new RandomStream(seed, `symbol/${one.symbol}/${name}`);
    const column = (): Float64Array => new Float64Array(grid.stepsMax);
    this.end = column();
    this.high = column();
    this.low = column();
    this.move = column();
    this.#shock = column();
    this.#mix = column();
    this.#middle = column();
    this.#reach = new Float64Array(4 * grid.stepsMax);
    this.#jump = column();
    this.#variance = column();
    this.#market = market;
    this.#stepMs = grid.stepMs;
    this.#rates = new RegimeRates(settings, one, grid.stepMs);
    this.#origin = portableLn(one.startPrice);
    this.#pull = 1 - portableExp((-PULL_PER_YEAR * grid.stepMs) / YEAR_MS);
    this.#jumpScale = one.annualVol / Math.sqrt(365);
    this.#level = this.#origin;
    this.#anchor = this.#origin;
    this.#shocks = stream("shock");
    this.#middles = stream("middle");
    this.#extremes = stream("extremes");
    this.#mixes = new VarianceMix(settings.tails, {
      normal: stream("mix/normal"),
      uniform: stream("mix/uniform"),
    });
    this.#jumps = new JumpClock(jumps, jumps.ownPerYear, {
      multipliers: regimes.map((regime) => regime.jumps),
      stream: stream("jump"),
    });
    this.#volatility = new LogVariance(OWN_VARIANCE, {
      seed,
      name: `symbol/${one.symbol}/variance`,
      stepMs: grid.stepMs,
      countMax: grid.stepsMax,
      leverage: LEVERAGE,
    });
  }

  /** Walks `count` steps along the market factor's chunk. */
  fill(count: number): void {
    const { regime } = this.#market;
    this.#shocks.fillNormal(this.#shock, count);
    this.#mixes.fill(this.#mix, count);
    this.#middles.fillNormal(this.#middle, count);
    this.#extremes.fillUniform(this.#reach, 4 * count);
    lnInPlace(this.#reach, 4 * count);
    this.#jumps.fill(this.#jump, count, regime, this.#stepMs);
    this.#volatility.fill(this.#variance, count, { shocks: this.#shock, jumps: this.#jump });
    this.#toMoves(count);
    this.#toPath(count);
  }

  /** Turns the draws into the diffusive move of each step (in `move`) and its variance (in `#variance`). */
  #toMoves(count: number): void {
    const { regime, shock, mix, logVariance } = this.#market;
    const { loads, rests, variance } = this.#rates;
    const scales = this.#variance;
    for (let at = 0; at < count; at++) {
      scales[at] = (scales[at] as number) + (logVariance[at] as number);
    }
    expInPlace(scales, count);
    for (let at = 0; at < count; at++) {
      const state = regime[at] as number;
      const scale = variance * (scales[at] as number);
      const load = loads[state] as number;
      const rest = rests[state] as number;
      const commonMix = mix[at] as number;
      const ownMix = this.#mix[at] as number;
      const common = load * Math.sqrt(commonMix) * (shock[at] as number);
      const own = rest * Math.sqrt(ownMix) * (this.#shock[at] as number);
      this.move[at] = Math.sqrt(scale) * (common + own);
      scales[at] = scale * (load * load * commonMix + rest * rest * ownMix);
    }
  }

  #toPath(count: number): void {
    const { regime, jump } = this.#market;
    const { drifts, reverts } = this.#rates;
    const { end, high, low, move } = this;
    const reach = this.#reach;
    const [origin, pull, jumpScale] = [this.#origin, this.#pull, this.#jumpScale];
    let level = this.#level;
    let anchor = this.#anchor;
    let last = this.#regime;
    for (let at = 0; at < count; at++) {
      const state = regime[at] as number;
      if (state !== last) anchor = level;
      last = state;
      const distance = origin - level;
      const drift =
        (drifts[state] as number) +
        (reverts[state] as number) * (anchor - level) +
        pull * (Math.max(0, distance - FREE_RANGE) + Math.min(0, distance + FREE_RANGE));
      const jumped = ((jump[at] as number) + (this.#jump[at] as number)) * jumpScale;
      const step = (move[at] as number) + drift;
      const variance = this.#variance[at] as number;
      const first = 0.5 * (step + Math.sqrt(variance) * (this.#middle[at] as number));
      const second = step - first;
      const spread = first * first;
      const firstHigh = 0.5 * (first + Math.sqrt(spread - variance * (reach[4 * at] as number)));
      const firstLow = 0.5 * (first - Math.sqrt(spread - variance * (reach[4 * at + 1] as number)));
      const rest = second * second;
      const base = first + jumped;
      const lastHigh =
        base + 0.5 * (second + Math.sqrt(rest - variance * (reach[4 * at + 2] as number)));
      const lastLow =
        base + 0.5 * (second - Math.sqrt(rest - variance * (reach[4 * at + 3] as number)));
      high[at] = level + (firstHigh > lastHigh ? firstHigh : lastHigh);
      low[at] = level + (firstLow < lastLow ? firstLow : lastLow);
      move[at] = base + second;
      level += base + second;
      end[at] = level;
    }
    this.#level = level;
    this.#anchor = anchor;
    this.#regime = last;
  }
}
