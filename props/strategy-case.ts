import * as fc from "fast-check";
import { type AgedParams, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals, strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import { type MarketTerms, markets, type RandomSymbol } from "#props/arbitraries/markets.ts";
import { venueSettings } from "#props/arbitraries/venue-settings.ts";
import type { RunConfig } from "#props/invariants/played-run.ts";
import { backtestSymbols } from "#props/market/backtest-symbols.ts";
import { MARKET_START } from "#props/market/candle-walk.ts";
import { type VenueSettings, venueProfile } from "#sim/venue-settings.ts";

/** On what a strategy is run. */
export interface CaseOptions {
  /** Of the strategy; absent ones have their defaults. Short periods make it trade more often. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Exits without code; default: those of the strategy. */
  readonly rules?: ExitRules | undefined;
  /** The aged rules, with any parameter; absent: off. */
  readonly aged?: AgedParams | undefined;
  readonly risk?: RiskLimits | undefined;
  /** Length of a bar; default 1h. */
  readonly interval?: string | undefined;
  /** How markets look: how many bars and symbols, with jumps, missing bars, funding and so on. */
  readonly market?: Omit<MarketTerms, "intervalMs"> | undefined;
  /** What is not left to chance about the venue: fees, latency, the path inside a bar … */
  readonly venue?: Partial<VenueSettings> | undefined;
  /** Quote units; default 10,000. */
  readonly balance?: number | undefined;
  /** Of the account; default 1. */
  readonly leverage?: number | undefined;
}

/** One market, one venue, and a moment to cut the data at. */
export interface StrategyCase {
  readonly market: readonly RandomSymbol[];
  readonly settings: Partial<VenueSettings>;
  /** Of the closes of the bars, in turn. */
  readonly moment: number;
  readonly noiseSeed: number;
}

/** Bars that a strategy sees after its warm-up, at least and at most. */
const DECIDED_MIN = 8;
const DECIDED_MAX = 60;
const BALANCE = 10_000;

/** How a strategy is run on random cases. */
export class StrategyCases {
  readonly strategy: Strategy;
  readonly arbitrary: fc.Arbitrary<StrategyCase>;
  readonly #options: CaseOptions;
  readonly #params: Readonly<Record<string, unknown>>;
  readonly #rules: ExitRules;
  readonly #intervals: readonly string[];

  /** @throws E_UNKNOWN_PARAM, E_PARAM_RANGE, E_CONFIG, E_USAGE */
  constructor(strategy: Strategy, options: CaseOptions) {
    this.strategy = strategy;
    this.#options = options;
    this.#params = resolveParams(strategy.name, strategy.params, options.params ?? {});
    this.#rules = options.rules ?? strategy.rules({ params: this.#params });
    checkExitRules(this.#rules);
    this.#intervals = strategyIntervals(strategy, this.#params);
    const intervalMs = parseInterval(options.interval ?? "1h");
    this.arbitrary = fc.record({
      market: markets({ ...this.#marketTerms(intervalMs), intervalMs }),
      settings: venueSettings({ intervalMs, hasDetail: false }),
      moment: fc.nat(DECIDED_MAX),
      noiseSeed: fc.nat(1_000),
    });
  }

  /** A case as a backtest takes it. */
  configOf({ market, settings }: StrategyCase): RunConfig {
    const { aged, risk, venue, balance = BALANCE, leverage = 1 } = this.#options;
    const all = { ...venueProfile("bybit"), ...settings, ...venue };
    return {
      symbols: backtestSymbols(market, this.#intervals),
      strategy: this.strategy,
      params: this.#params,
      rules: this.#rules,
      risk,
      aged: aged === undefined ? null : resolveAgedConfig(aged, all.takerPct),
      settings: all,
      startBalance: balance,
      leverage,
      from: MARKET_START,
    };
  }

  /** Long enough that every indicator has values and something is decided after that. */
  #marketTerms(intervalMs: number): Omit<MarketTerms, "intervalMs"> {
    const { market = {} } = this.#options;
    const { strategy } = this;
    const warmup = this.#warmupBars(intervalMs);
    const minBars = market.minBars ?? warmup + DECIDED_MIN;
    const maxBars = market.maxBars ?? Math.max(minBars, 2 * warmup + DECIDED_MAX);
    if (minBars > maxBars) {
      throw new DrydockError(
        "E_USAGE",
        `${minBars} bars at least are more than ${maxBars} at most`,
        {
          hint: "Choose market.minBars and market.maxBars so that the first is the smaller one",
        },
      );
    }
    return { symbols: strategy.symbolCount ?? 1, ...market, minBars, maxBars };
  }

  #warmupBars(intervalMs: number): number {
    let bars = 0;
    for (const [word, count] of strategyWarmup(this.strategy, this.#params)) {
      const ms = word === "" ? intervalMs : parseInterval(word);
      if (ms % intervalMs !== 0) {
        throw new DrydockError(
          "E_USAGE",
          `Bars of ${formatInterval(intervalMs)} make no bars of ${word}`,
          { hint: `Choose an interval that divides ${word}` },
        );
      }
      bars = Math.max(bars, count * (ms / intervalMs));
    }
    return bars;
  }
}
