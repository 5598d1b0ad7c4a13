/** One state of the market. All symbols are in the same state at the same time. */
export interface Regime {
  readonly name: string;
  /** Mean time in the state; stays are exponential. */
  readonly meanDays: number;
  /** Drift of the log price per year, in units of the symbol's annual volatility: 2 at 50 % is +100 % a year. */
  readonly drift: number;
  /** Multiplies the volatility. */
  readonly vol: number;
  /** Half-life of the pull back to the price at which the state began; 0 for none. */
  readonly revertHalfLifeDays: number;
  /** Multiplies the rate of jumps. */
  readonly jumps: number;
  /** Share of the distance to 1 by which each symbol's correlation with the market factor grows. */
  readonly contagion: number;
  /** Shifts the mean premium of the perpetual over the index, as a fraction. */
  readonly premium: number;
  /** Probability of each state as the next one, in the order of the model; its own is 0. */
  readonly next: readonly number[];
}

/** A Markov chain in continuous time. The first state at `from` is drawn by the share of time of each. */
export type RegimeModel = readonly Regime[];

/** Calm up-trend, range, volatile down-trend, crash, recovery. */
export const MARKET_REGIMES: RegimeModel = [
  {
    name: "up",
    meanDays: 24,
    drift: 2.1,
    vol: 0.8,
    revertHalfLifeDays: 0,
    jumps: 0.7,
    contagion: 0,
    premium: 1.5e-4,
    next: [0, 0.58, 0.34, 0.08, 0],
  },
  {
    name: "range",
    meanDays: 11,
    drift: 0,
    vol: 0.8,
    revertHalfLifeDays: 6,
    jumps: 0.7,
    contagion: 0,
    premium: 0,
    next: [0.56, 0, 0.4, 0.04, 0],
  },
  {
    name: "down",
    meanDays: 11,
    drift: -3,
    vol: 1.25,
    revertHalfLifeDays: 0,
    jumps: 1.5,
    contagion: 0.2,
    premium: -0.5e-4,
    next: [0.3, 0.5, 0, 0.2, 0],
  },
  {
    name: "crash",
    meanDays: 1.2,
    drift: -50,
    vol: 2.6,
    revertHalfLifeDays: 0,
    jumps: 8,
    contagion: 0.6,
    premium: -3e-4,
    next: [0, 0, 0.35, 0, 0.65],
  },
  {
    name: "recovery",
    meanDays: 6,
    drift: 7,
    vol: 1.5,
    revertHalfLifeDays: 0,
    jumps: 1.5,
    contagion: 0.3,
    premium: 0.5e-4,
    next: [0.5, 0.5, 0, 0, 0],
  },
];

/** One state that changes nothing. */
export const NO_REGIMES: RegimeModel = [
  {
    name: "steady",
    meanDays: 1,
    drift: 0,
    vol: 1,
    revertHalfLifeDays: 0,
    jumps: 1,
    contagion: 0,
    premium: 0,
    next: [0],
  },
];

const ROUNDS = 400;

/** Share of the time that the chain spends in each state in the long run. */
export function regimeShares(model: RegimeModel): readonly number[] {
  if (model.length === 1) return [1];
  // Power iteration over the chain of visits; averaging two neighbours makes periodic chains settle too.
  let visits = model.map(() => 1 / model.length);
  for (let round = 0; round < ROUNDS; round++) {
    const before = visits;
    visits = model.map((_, to) => {
      let arriving = 0;
      for (const [from, share] of before.entries()) {
        arriving += share * (model[from]?.next[to] ?? 0);
      }
      return ((before[to] ?? 0) + arriving) / 2;
    });
  }
  const time = model.map((regime, at) => (visits[at] ?? 0) * regime.meanDays);
  const total = time.reduce((sum, part) => sum + part, 0);
  return time.map((part) => part / total);
}
