import { DrydockError } from "#engine/errors.ts";
import { portableExp } from "./portable-exp.ts";
import { regimeShares } from "./regime-model.ts";
import type { SyntheticSettings } from "./settings.ts";
import type { SyntheticSymbolSettings } from "./symbol-defaults.ts";

const DAY_MS = 86_400_000;
const DAYS_PER_YEAR = 365;
const LN2 = 0.6931471805599453;
/** Jumps may carry at most this share of the whole variance. */
const JUMP_SHARE_MAX = 0.8;

/** What the regimes mean for one symbol, per step and by index of the regime. */
export class RegimeRates {
  /** Log drift of a step, the mean of the jumps taken off so that both together drift as the regime says. */
  readonly drifts: Float64Array;
  /** Share of the distance to the anchor that a step takes back. */
  readonly reverts: Float64Array;
  /** Weight of the common shock, and of the symbol's own; their squares add up to 1. */
  readonly loads: Float64Array;
  readonly rests: Float64Array;
  /** Long-run variance of a step's diffusion: the annual one without the part that jumps carry. */
  readonly variance: number;

  /** @throws E_USAGE when the jumps alone make the symbol nearly as volatile as it is to be. */
  constructor(settings: SyntheticSettings, one: SyntheticSymbolSettings, stepMs: number) {
    const { regimes, jumps } = settings;
    const years = stepMs / (DAYS_PER_YEAR * DAY_MS);
    const jumpsPerYear = jumps.commonPerYear + jumps.ownPerYear;
    const jumpMean =
      (jumps.meanSize * (1 - 2 * jumps.downShare) * one.annualVol) / Math.sqrt(DAYS_PER_YEAR);
    this.drifts = Float64Array.from(
      regimes,
      (each) => years * (each.drift * one.annualVol - jumpsPerYear * each.jumps * jumpMean),
    );
    this.reverts = Float64Array.from(regimes, (each) =>
      each.revertHalfLifeDays > 0
        ? 1 - portableExp((-LN2 * stepMs) / (each.revertHalfLifeDays * DAY_MS))
        : 0,
    );
    this.loads = Float64Array.from(
      regimes,
      (each) => one.correlation + (1 - one.correlation) * each.contagion,
    );
    this.rests = this.loads.map((load) => Math.sqrt(1 - load * load));
    const shares = regimeShares(regimes);
    const meanRate = regimes.reduce((sum, each, at) => sum + each.jumps * (shares[at] ?? 0), 0);
    // The second moment of an exponential size is twice the square of its mean.
    const jumpShare =
      (jumpsPerYear * meanRate * 2 * jumps.meanSize * jumps.meanSize) / DAYS_PER_YEAR;
    if (jumpShare > JUMP_SHARE_MAX) {
      throw new DrydockError(
        "E_USAGE",
        `The jumps carry ${Math.round(jumpShare * 100)} % of the variance, which leaves too little for the rest`,
        { while: "generating a synthetic market", hint: "Make the jumps fewer or smaller" },
      );
    }
    this.variance = one.annualVol * one.annualVol * (1 - jumpShare) * years;
  }
}
