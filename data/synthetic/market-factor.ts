import { JumpClock } from "./jump-clock.ts";
import { LogVariance, type VarianceFactor } from "./log-variance.ts";
import { portableLn } from "./portable-ln.ts";
import { RandomStream } from "./random-stream.ts";
import { RegimeClock } from "./regime-clock.ts";
import { regimeShares } from "./regime-model.ts";
import { makeSeasonalLogVariance, SEASON_SLOT_MS, seasonSlot } from "./seasonality.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { StepGrid } from "./step-grid.ts";
import { VarianceMix } from "./variance-mix.ts";

const MINUTE_MS = 60_000;

/** Time scales and sizes were set by the autocorrelation of |returns| and the kurtosis of BTC and ETH in 2024/25. */
const COMMON_VARIANCE: readonly VarianceFactor[] = [
  { timeScaleMs: 10 * MINUTE_MS, variance: 0.3 },
  { timeScaleMs: 180 * MINUTE_MS, variance: 0.33 },
  { timeScaleMs: 36 * 60 * MINUTE_MS, variance: 0.2 },
  { timeScaleMs: 20 * 1_440 * MINUTE_MS, variance: 0.15 },
];
const LEVERAGE = -0.15;

/**
 * What all symbols share, one chunk of steps at a time: the regime, the common shock and its fat-tailed variance, the
 * common part of the log-variance with the rhythm of the week, common jumps. It reads no symbol, so a symbol more or
 * less changes nothing here, and its streams carry the prefix `market/`.
 */
export class MarketFactor {
  readonly regime: Uint8Array;
  /** Standard normal; times √mix it is the Student-t shock. */
  readonly shock: Float64Array;
  readonly mix: Float64Array;
  readonly logVariance: Float64Array;
  /** In standard deviations of a day. */
  readonly jump: Float64Array;
  readonly #grid: StepGrid;
  readonly #regimes: RegimeClock;
  readonly #shocks: RandomStream;
  readonly #mixes: VarianceMix;
  readonly #variance: LogVariance;
  readonly #jumps: JumpClock;
  readonly #regimeLogVariance: Float64Array;
  readonly #seasonalTable = makeSeasonalLogVariance();

  constructor(settings: SyntheticSettings, grid: StepGrid) {
    const { seed, regimes } = settings;
    const stream = (name: string): RandomStream => new RandomStream(seed, `market/${name}`);
    this.#grid = grid;
    this.regime = new Uint8Array(grid.stepsMax);
    this.shock = new Float64Array(grid.stepsMax);
    this.mix = new Float64Array(grid.stepsMax);
    this.logVariance = new Float64Array(grid.stepsMax);
    this.jump = new Float64Array(grid.stepsMax);
    this.#regimes = new RegimeClock(regimes, stream("regime"), settings.from);
    this.#shocks = stream("shock");
    this.#mixes = new VarianceMix(settings.tails, {
      normal: stream("mix/normal"),
      uniform: stream("mix/uniform"),
    });
    this.#variance = new LogVariance(COMMON_VARIANCE, {
      seed,
      name: "market/variance",
      stepMs: grid.stepMs,
      countMax: grid.stepsMax,
      leverage: LEVERAGE,
    });
    this.#jumps = new JumpClock(settings.jumps, settings.jumps.commonPerYear, {
      multipliers: regimes.map((regime) => regime.jumps),
      stream: stream("jump"),
    });
    const shares = regimeShares(regimes);
    const mean = regimes.reduce(
      (sum, each, at) => sum + each.vol * each.vol * (shares[at] ?? 0),
      0,
    );
    this.#regimeLogVariance = Float64Array.from(regimes, (each) =>
      portableLn((each.vol * each.vol) / mean),
    );
  }

  /** Fills the columns for the next `count` steps, the first of which begins at `startMs`. */
  fill(count: number, startMs: number): void {
    const { stepMs } = this.#grid;
    this.#regimes.fill(this.regime, count, startMs, stepMs);
    this.#shocks.fillNormal(this.shock, count);
    this.#mixes.fill(this.mix, count);
    this.#jumps.fill(this.jump, count, this.regime, stepMs);
    this.#variance.fill(this.logVariance, count, { shocks: this.shock, jumps: this.jump });
    let season = 0;
    let seasonEnd = startMs;
    for (let at = 0; at < count; at++) {
      const time = startMs + at * stepMs;
      if (time >= seasonEnd) {
        season = this.#seasonalTable[seasonSlot(time)] as number;
        seasonEnd = (Math.floor(time / SEASON_SLOT_MS) + 1) * SEASON_SLOT_MS;
      }
      this.logVariance[at] =
        (this.logVariance[at] as number) +
        season +
        (this.#regimeLogVariance[this.regime[at] as number] as number);
    }
  }
}
