import * as fc from "fast-check";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { checkBooks } from "#props/invariants/books.ts";
import {
  INVARIANTS,
  InvariantBroken,
  type InvariantName,
} from "#props/invariants/invariant-broken.ts";
import { inOtherSurroundings } from "#props/invariants/other-surroundings.ts";
import { checkPoisoned, checkPrefix } from "#props/invariants/past.ts";
import { type PlayedRun, playRun, type RunConfig } from "#props/invariants/played-run.ts";
import { checkFlatBy, checkNeverFlips, type Period } from "#props/invariants/position-history.ts";
import { type PositionTerms, watchPositions } from "#props/invariants/position-watch.ts";
import { checkReconciles } from "#props/invariants/reconciles.ts";
import { checkSameRun } from "#props/invariants/same-run.ts";
import { scenarioOf } from "#props/scenario-of.ts";
import { type CaseOptions, type StrategyCase, StrategyCases } from "#props/strategy-case.ts";
import { firstCommonClose } from "#sim/audit/growing-market.ts";
import { cutAt, noiseAfter } from "#sim/audit/market-variants.ts";

export interface InvariantOptions extends CaseOptions, PositionTerms {
  /** Whether no execution may turn a long position into a short one or back. */
  readonly neverFlips?: boolean | undefined;
  /** Flat at the end of each UTC day or week. */
  readonly flatBy?: Period | undefined;
  /** Markets to run on; default 100. */
  readonly runs?: number | undefined;
  /** Of the random markets; the same seed makes the same ones. Default 1, so that a red test stays red. */
  readonly seed?: number | undefined;
  /** From the message of a failure: begins with the case that failed. */
  readonly path?: string | undefined;
  /** Without it, a strategy that never trades on any of the markets fails: nothing was shown then. */
  readonly mayIdle?: boolean | undefined;
  /** Invariants that are not asked for. */
  readonly except?: readonly InvariantName[] | undefined;
}

/** What was run. */
export interface InvariantReport {
  readonly runs: number;
  readonly trades: number;
  readonly fills: number;
}

const RUNS = 100;

/**
 * Runs a strategy through the real backtest on random markets and venues, and checks on each that its books balance to
 * the exact fold of their fills, that it sees no future, that it does the same again whatever clock and chance say, that
 * reconciling changes nothing, and whatever the options ask for besides.
 * @throws an error that names the invariant, how it is broken, the seed, and the smallest market that shows it as a
 * scenario for `drydock scenario run`
 */
export function holdsInvariants(
  strategy: Strategy,
  options: InvariantOptions = {},
): InvariantReport {
  const cases = new StrategyCases(strategy, options);
  const report = { runs: 0, trades: 0, fills: 0 };
  const search = new Search();
  const property = fc.property(cases.arbitrary, (one) => {
    if (search.isOver) return;
    const run = search.noting(() => checkCase(cases, one, wantedOf(options, search.sought)));
    report.runs += 1;
    report.trades += run.backtest.engine.ledger.trades.closedCount;
    report.fills += run.backtest.engine.ledger.fills.length;
  });
  const { runs = RUNS, seed = fc.readConfigureGlobal()?.seed ?? 1, path } = options;
  const parameters = { numRuns: runs, seed, ...(path === undefined ? {} : { path }) };
  const details = fc.check(property, parameters);
  if (details.failed) throw failure(cases, details);
  if (report.fills === 0 && options.mayIdle !== true) {
    throw new Error(
      `${strategy.name} never traded on ${runs} random markets, so nothing was shown\n  fix    Give params with short periods or more bars (market: { maxBars: 300 }), or say mayIdle: true`,
    );
  }
  return report;
}

/** Cases tried on the way from the first one that fails to a small one. */
const SMALLER_MAX = 1_000;

/** After the first failure only what it broke is looked for, and no longer than it takes to read the result. */
class Search {
  sought: InvariantName | null = null;
  #tried = 0;

  get isOver(): boolean {
    return this.#tried > SMALLER_MAX;
  }

  noting<T>(check: () => T): T {
    if (this.sought !== null) this.#tried += 1;
    try {
      return check();
    } catch (error) {
      if (error instanceof InvariantBroken) this.sought ??= error.invariant;
      throw error;
    }
  }
}

/** What one case is asked for. */
interface Wanted extends PositionTerms {
  readonly names: ReadonlySet<InvariantName>;
  readonly period: Period;
}

const ALWAYS: readonly InvariantName[] = ["books", "deterministic", "noLookahead", "reconciles"];

function wantedOf(options: InvariantOptions, sought: InvariantName | null): Wanted {
  const {
    except = [],
    neverFlips = false,
    flatBy,
    isProtected,
    maxLeverage,
    maxNotional,
  } = options;
  const names = new Set(sought === null ? ALWAYS : [sought]);
  if (neverFlips && sought === null) names.add("neverFlips");
  if (flatBy !== undefined && sought === null) names.add("flatBy");
  for (const name of except) names.delete(name);
  return { names, period: flatBy ?? "day", isProtected, maxLeverage, maxNotional };
}

/** Everything that is asked of one case. The cheap checks come first, so that the plainest fault is told. */
function checkCase(cases: StrategyCases, one: StrategyCase, wanted: Wanted): PlayedRun {
  const { names, period } = wanted;
  const config = cases.configOf(one);
  const run = playRun(config, watchPositions(wanted));
  if (names.has("books")) checkBooks(run);
  if (names.has("neverFlips")) checkNeverFlips(run);
  if (names.has("flatBy")) checkFlatBy(run, period);
  if (names.has("deterministic")) {
    const again = inOtherSurroundings(() => playRun(config));
    checkSameRun("deterministic", run, again, "when it was run again, at another time");
  }
  if (names.has("noLookahead")) checkPast(config, run, one);
  if (names.has("reconciles")) checkReconciles(config, run);
  return run;
}

/** Cuts the data at one of the closes, and lets other prices follow it. */
function checkPast(config: RunConfig, run: PlayedRun, { moment, noiseSeed }: StrategyCase): void {
  const { symbols } = config;
  const earliest = firstCommonClose(symbols);
  const closes = symbols
    .flatMap(({ bars }) => Array.from(bars.time, (time) => time + bars.intervalMs))
    .filter((time) => time >= earliest);
  const time = closes[moment % closes.length];
  if (time === undefined) return;
  const clean = playRun({ ...config, symbols: cutAt(symbols, time) });
  checkPrefix(run, clean, time);
  for (const side of ["above", "below"] as const) {
    const poisoned = playRun({ ...config, symbols: noiseAfter(symbols, time, side, noiseSeed) });
    checkPoisoned(clean, poisoned, time);
  }
}

function failure(cases: StrategyCases, details: fc.RunDetails<[StrategyCase]>): Error {
  const { counterexample, errorInstance: cause, seed, numShrinks } = details;
  // The number of the first case that failed: from there the way to the small one is the same again.
  const path = details.counterexamplePath?.split(":")[0] ?? "";
  if (!(cause instanceof InvariantBroken) || counterexample === null) {
    if (cause instanceof Error) return cause;
    return new Error(`The property of ${cases.strategy.name} could not be run`, { cause });
  }
  const { invariant, message } = cause;
  const scenario = scenarioOf(cases.configOf(counterexample[0]), {
    name: `${cases.strategy.name} breaks ${invariant}`,
    source: `drydock/props, seed ${seed}, path ${path}`,
  });
  const lines = [
    `${cases.strategy.name} breaks ${invariant}: ${INVARIANTS[invariant]}`,
    message,
    "",
    `Again: holdsInvariants(strategy, { …, seed: ${seed}, path: "${path}" }); made smaller in ${numShrinks} steps`,
    "",
    "The market and what the strategy did on it, for drydock scenario run:",
    "",
    scenario,
  ];
  return new InvariantBroken(invariant, lines.join("\n"), { cause });
}
