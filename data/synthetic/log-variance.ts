import { portableExp } from "./portable-exp.ts";
import { RandomStream } from "./random-stream.ts";

/** One component of the log-variance: a mean-reverting (Ornstein–Uhlenbeck) process. */
export interface VarianceFactor {
  /** Time after which its autocorrelation has fallen to 1/e. */
  readonly timeScaleMs: number;
  /** Its variance in the long run. */
  readonly variance: number;
}

/** What a jump adds to the fastest component, per standard deviation of a day. */
const EXCITEMENT = 2;

interface Factor {
  readonly stream: RandomStream;
  readonly decay: number;
  readonly noise: number;
  /** Variance of the process averaged over one step, relative to that at one moment. */
  readonly averaging: number;
}

/**
 * The logarithm of a variance as a sum of mean-reverting processes with time scales from minutes to weeks. The sum
 * decays like a power of time over that range, which is the long memory of volatility that one GARCH(1,1) lacks (the
 * superposition of O. E. Barndorff-Nielsen and N. Shephard, JRSS B 63, 2001). Its mean is such that the variance
 * itself has mean 1, and because each process is moved by its exact law over a step, the steps may have any length.
 */
export class LogVariance {
  readonly #factors: readonly Factor[];
  readonly #levels: Float64Array;
  readonly #leverage: number;
  readonly #normals: Float64Array;
  /** −½ of the variance of the sum, which keeps the mean of its exponential at 1. */
  readonly #centre: number;

  /**
   * `leverage` in [−1, 1] is the correlation of a move of the log-variance with the return of the same step: below 0,
   * volatility rises when prices fall.
   */
  constructor(
    factors: readonly VarianceFactor[],
    setup: {
      readonly seed: bigint;
      readonly name: string;
      readonly stepMs: number;
      readonly countMax: number;
      readonly leverage: number;
    },
  ) {
    this.#leverage = setup.leverage;
    this.#normals = new Float64Array(setup.countMax);
    this.#factors = factors.map((factor, at) =>
      makeFactor(factor, setup.stepMs, new RandomStream(setup.seed, `${setup.name}/${at}`)),
    );
    this.#levels = new Float64Array(factors.length);
    let spread = 0;
    for (const [at, factor] of factors.entries()) {
      const averaged = factor.variance * (this.#factors[at] as Factor).averaging;
      spread += averaged;
      new RandomStream(setup.seed, `${setup.name}/${at}/start`).fillNormal(this.#normals, 1);
      this.#levels[at] = (this.#normals[0] as number) * Math.sqrt(averaged);
    }
    this.#centre = -spread / 2;
  }

  /**
   * Writes the log-variance of each of `count` steps. `shocks` are the standard normal parts of their returns; a jump
   * lifts the fastest component by `EXCITEMENT` times its size, so that volatility is high after it.
   */
  fill(
    target: Float64Array,
    count: number,
    moves: { readonly shocks: Float64Array; readonly jumps: Float64Array },
  ): void {
    const { shocks, jumps } = moves;
    target.fill(this.#centre, 0, count);
    const own = Math.sqrt(1 - this.#leverage * this.#leverage);
    const normals = this.#normals;
    for (let at = 0; at < this.#factors.length; at++) {
      const { stream, decay, noise } = this.#factors[at] as Factor;
      stream.fillNormal(normals, count);
      const scaled = noise * own;
      const pushed = noise * this.#leverage;
      const lift = at === 0 ? EXCITEMENT : 0;
      let level = this.#levels[at] as number;
      for (let step = 0; step < count; step++) {
        target[step] = (target[step] as number) + level;
        level =
          level * decay +
          scaled * (normals[step] as number) +
          pushed * (shocks[step] as number) +
          lift * Math.abs(jumps[step] as number);
      }
      this.#levels[at] = level;
    }
  }
}

function makeFactor(factor: VarianceFactor, stepMs: number, stream: RandomStream): Factor {
  const ratio = stepMs / factor.timeScaleMs;
  const decay = portableExp(-ratio);
  const averaging = (2 / ratio) * (1 - (1 - decay) / ratio);
  const noise = Math.sqrt(factor.variance * averaging * (1 - decay * decay));
  return { stream, decay, noise, averaging };
}
