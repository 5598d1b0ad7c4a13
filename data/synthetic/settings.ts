import { DrydockError } from "#engine/errors.ts";
import { floorToInterval, formatInterval, MONTH_MS } from "#engine/market/interval.ts";
import { canResample } from "#engine/market/resample.ts";
import type { JumpOptions, SymbolOptions, SyntheticOptions } from "./options.ts";
import { MARKET_REGIMES, NO_REGIMES, type RegimeModel } from "./regime-model.ts";
import { type SyntheticSymbolSettings, withSymbolDefaults } from "./symbol-defaults.ts";

/** The options with every default set and every limit checked. */
export interface SyntheticSettings {
  readonly seed: bigint;
  readonly symbols: readonly SyntheticSymbolSettings[];
  readonly from: number;
  readonly bars: number;
  readonly intervalMs: number;
  readonly markIntervalMs: number;
  readonly fundingIntervalMs: number;
  readonly gaps: number;
  readonly zeroVolume: number;
  readonly regimes: RegimeModel;
  readonly jumps: JumpOptions;
  readonly tails: number;
}

const MARKET_JUMPS: JumpOptions = {
  commonPerYear: 12,
  ownPerYear: 8,
  meanSize: 0.3,
  downShare: 0.58,
};
const MARKET_TAILS = 6;

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const INTERVAL_MAX_MS = 28 * 24 * HOUR_MS;
/** 38 years of minutes; candles and mark candles of one symbol then take two gigabytes. */
const BARS_MAX = 20_000_000;
/** The last moment of a JavaScript date. */
const TIME_MAX = 8.64e15;
const SEED_END = 1n << 64n;
/** A slash would let the names of two random streams meet. */
const SYMBOL = /^[\w:.-]{1,40}$/;
const START_TICKS_MIN = 100;
const START_TICKS_MAX = 1e12;

/** @throws E_USAGE when an option is out of its range or contradicts another one. */
export function resolveSettings(options: SyntheticOptions): SyntheticSettings {
  const intervalMs = readInterval(options.intervalMs ?? 60_000);
  const markIntervalMs = options.markIntervalMs ?? intervalMs;
  if (!canResample(intervalMs, markIntervalMs) || markIntervalMs === MONTH_MS) {
    fail(
      `Mark candles of ${formatInterval(markIntervalMs)} cannot be built from bars of ${formatInterval(intervalMs)}`,
    );
  }
  const { from } = options;
  if (!Number.isSafeInteger(from) || floorToInterval(from, intervalMs) !== from) {
    fail(`The start ${from} is not the open time of a ${formatInterval(intervalMs)} bar`);
  }
  const hours = options.fundingIntervalHours ?? 8;
  if (!Number.isSafeInteger(hours) || hours < 1 || 24 % hours !== 0) {
    fail(`The funding interval is a divisor of 24 hours, not ${hours}`);
  }
  const tails = options.tails ?? MARKET_TAILS;
  if (!(tails >= 3)) fail(`The degrees of freedom are at least 3, not ${tails}`);
  return {
    seed: readSeed(options.seed),
    symbols: readSymbols(options.symbols),
    from,
    bars: readBars(options, intervalMs),
    intervalMs,
    markIntervalMs,
    fundingIntervalMs: hours * HOUR_MS,
    gaps: readShare("gaps", options.gaps ?? 0, 0.5),
    zeroVolume: readShare("zeroVolume", options.zeroVolume ?? 0, 0.5),
    regimes: readRegimes(options.regimes ?? MARKET_REGIMES),
    jumps: readJumps(options.jumps ?? MARKET_JUMPS),
    tails,
  };
}

function readInterval(intervalMs: number): number {
  const isWhole = Number.isSafeInteger(intervalMs);
  if (!isWhole || intervalMs < SECOND_MS || intervalMs > INTERVAL_MAX_MS) {
    fail(`The interval is 1s to 4w, not ${intervalMs} ms`);
  }
  return intervalMs;
}

function readSeed(seed: number | bigint): bigint {
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    fail(`The seed is a whole number, not ${seed}`);
  }
  const value = BigInt(seed);
  if (value < 0n || value >= SEED_END) fail(`The seed is 0 to 2^64 - 1, not ${value}`);
  return value;
}

function readBars(options: SyntheticOptions, intervalMs: number): number {
  const { from, to, bars } = options;
  if ((to === undefined) === (bars === undefined)) {
    fail("A synthetic market ends with either a time or a number of bars");
  }
  const count = bars ?? Math.floor(((to ?? from) - from) / intervalMs);
  if (!Number.isSafeInteger(count) || count < 1 || count > BARS_MAX) {
    fail(`A synthetic series has 1 to ${BARS_MAX} bars, not ${count}`);
  }
  if (Math.abs(from) > TIME_MAX || from + count * intervalMs > TIME_MAX) {
    fail(`A synthetic series of ${count} bars from ${from} leaves the range of time`);
  }
  return count;
}

function readSymbols(symbols: readonly SymbolOptions[]): readonly SyntheticSymbolSettings[] {
  if (symbols.length === 0) fail("A synthetic market has at least one symbol");
  const seen = new Set<string>();
  return symbols.map((options) => {
    const one = withSymbolDefaults(options);
    const { symbol } = one;
    if (!SYMBOL.test(symbol)) fail(`"${symbol}" is not a symbol`);
    if (seen.has(symbol)) fail(`The symbol "${symbol}" is given twice`);
    seen.add(symbol);
    for (const key of ["tick", "lot", "annualVol", "dailyTurnover", "fundingCap"] as const) {
      if (!(one[key] > 0 && one[key] < Number.POSITIVE_INFINITY)) {
        fail(`"${key}" of "${symbol}" is positive, not ${one[key]}`);
      }
    }
    const ticks = one.startPrice / one.tick;
    if (!(ticks >= START_TICKS_MIN && ticks <= START_TICKS_MAX)) {
      fail(
        `The start price of "${symbol}" is ${START_TICKS_MIN} to ${START_TICKS_MAX} ticks, not ${ticks}`,
      );
    }
    if (one.annualVol > 5) fail(`"annualVol" of "${symbol}" is at most 5, not ${one.annualVol}`);
    readShare(`correlation of ${symbol}`, one.correlation, 1);
    return one;
  });
}

function readRegimes(regimes: RegimeModel | "none"): RegimeModel {
  if (regimes === "none") return NO_REGIMES;
  if (regimes.length === 0) fail("A regime model has at least one state");
  for (const regime of regimes) {
    const total = regime.next.reduce((sum, share) => sum + share, 0);
    const isChain = regimes.length === 1 || Math.abs(total - 1) < 1e-9;
    if (regime.next.length !== regimes.length || !isChain) {
      fail(`The next states of the regime "${regime.name}" are ${regimes.length} shares of 1`);
    }
    if (!(regime.meanDays > 0.01 && regime.vol > 0 && regime.jumps >= 0)) {
      fail(`The regime "${regime.name}" lasts over 0.01 days, with a positive volatility`);
    }
    readShare(`contagion of the regime ${regime.name}`, regime.contagion, 1);
  }
  return regimes;
}

function readJumps(jumps: JumpOptions | "none"): JumpOptions {
  if (jumps === "none") return { ...MARKET_JUMPS, commonPerYear: 0, ownPerYear: 0 };
  readShare("downShare", jumps.downShare, 1);
  for (const key of ["commonPerYear", "ownPerYear", "meanSize"] as const) {
    if (!(jumps[key] >= 0 && jumps[key] <= 10_000)) {
      fail(`"${key}" of the jumps is 0 to 10000, not ${jumps[key]}`);
    }
  }
  return jumps;
}

function readShare(name: string, value: number, max: number): number {
  if (!(value >= 0 && value <= max)) fail(`The share "${name}" is 0 to ${max}, not ${value}`);
  return value;
}

function fail(message: string): never {
  throw new DrydockError("E_USAGE", message, { while: "generating a synthetic market" });
}
