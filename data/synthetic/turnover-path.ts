import { expInPlace, portableExp } from "./portable-exp.ts";
import type { PriceWalk } from "./price-walk.ts";
import { RandomStream } from "./random-stream.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { StepGrid } from "./step-grid.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Spread of the log of turnover around what the range explains: slow moods, and noise of each step. */
const MOOD_MS = 8 * HOUR_MS;
const MOOD = 0.25;
const NOISE = 0.3;
/** Keeps the mean of the noise at 1. */
const CENTRE = -0.5 * (MOOD * MOOD + NOISE * NOISE);
/** Turnover as a polynomial of the range: some comes without a move, and large moves draw more than in proportion. */
const QUIET = 0.07;
const LINEAR = 0.43;
const SQUARE = 0.21;
/** Mean of a step's range ÷ √(its long-run variance), measured: √(8/π) for constant variance, less here. */
const MEAN_RANGE = 1.15;

/**
 * Turnover in quote units: it grows with the range of the step, so it follows volatility, its rhythm over the week and
 * the size of the move itself, times log-normal noise.
 */
export class TurnoverPath {
  readonly turnover: Float64Array;
  readonly #rangeUnit: number;
  readonly #perStep: number;
  readonly #decay: number;
  readonly #moods: RandomStream;
  readonly #noises: RandomStream;
  readonly #mood: Float64Array;
  readonly #noise: Float64Array;
  #level = 0;

  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings, grid: StepGrid) {
    this.turnover = new Float64Array(grid.stepsMax);
    this.#mood = new Float64Array(grid.stepsMax);
    this.#noise = new Float64Array(grid.stepsMax);
    this.#moods = new RandomStream(settings.seed, `symbol/${one.symbol}/turnover/mood`);
    this.#noises = new RandomStream(settings.seed, `symbol/${one.symbol}/turnover/noise`);
    const days = grid.stepMs / DAY_MS;
    this.#rangeUnit = 1 / (MEAN_RANGE * one.annualVol * Math.sqrt(days / 365));
    this.#perStep = one.dailyTurnover * days;
    this.#decay = portableExp(-grid.stepMs / MOOD_MS);
  }

  fill(count: number, walk: PriceWalk): void {
    this.#moods.fillNormal(this.#mood, count);
    this.#noises.fillNormal(this.#noise, count);
    const noises = this.#noise;
    const decay = this.#decay;
    const change = MOOD * Math.sqrt(1 - decay * decay);
    let mood = this.#level;
    for (let at = 0; at < count; at++) {
      mood = mood * decay + change * (this.#mood[at] as number);
      noises[at] = mood + NOISE * (noises[at] as number) + CENTRE;
    }
    expInPlace(noises, count);
    for (let at = 0; at < count; at++) {
      const range = ((walk.high[at] as number) - (walk.low[at] as number)) * this.#rangeUnit;
      const activity = QUIET + LINEAR * range + SQUARE * range * range;
      this.turnover[at] = this.#perStep * activity * (noises[at] as number);
    }
    this.#level = mood;
  }
}
