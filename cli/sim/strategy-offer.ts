import { type BacktestArgs, backtestRequest } from "#cli/backtest/backtest-command.ts";
import { prepareRun, type RunRequest } from "#cli/backtest/prepare-run.ts";
import {
  configuredAged,
  configuredRisk,
  configuredRules,
  plainRules,
  venueSettings,
} from "#cli/backtest/run-plan.ts";
import { withUserPlace } from "#cli/backtest/strategy-fault.ts";
import type { CommandContext } from "#cli/command-context.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ConfigValues } from "#cli/config/keys.ts";
import { syntheticMarkets } from "#cli/sim/synthetic-markets.ts";
import { type LoadedStrategy, loadStrategy } from "#cli/strategy-loader.ts";
import { type AgedConfig, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import { EXCHANGES, type TargetKey } from "#engine/model/target.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import { type ParamValue, resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals, strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import type { StrategyTerms } from "#live/faults/batch/strategy-plan.ts";
import type { WorldMarket } from "#live/faults/world/venue-matcher.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

/** What a thread needs to run a strategy: plain data and typed arrays, no code. */
export interface StrategyOffer {
  /** A built-in name or a file. */
  readonly wanted: string;
  readonly folder: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly rules: ExitRules;
  readonly aged: AgedConfig | null;
  /** Null: no limits. */
  readonly risk: RiskLimits | null;
  readonly history: number;
  readonly settings: Partial<VenueSettings>;
  readonly markets: readonly WorldMarket[];
}

export interface PreparedStrategy {
  readonly offer: StrategyOffer;
  readonly terms: Omit<StrategyTerms, "profile" | "tieBreak" | "lengthMs">;
  /** For the result. */
  readonly about: StrategyAbout;
}

export interface StrategyAbout {
  readonly name: string;
  readonly file: string | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly rules: ExitRules;
  readonly aged: AgedConfig | null;
  readonly hasState: boolean;
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly matchedOn: string;
  readonly isSynthetic: boolean;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly balance: number;
  readonly leverage: number;
}

export interface StrategyArgs {
  readonly strategy: string | undefined;
  readonly data: string | undefined;
  readonly file: string | undefined;
  readonly funding: string | undefined;
  readonly mark: string | undefined;
}

/** Candles before the first decision besides the warm-up. */
const HISTORY = 50;
const SYNTHETIC = "synthetic";
const SERIES = /^([a-z][a-z0-9-]*):([^:]+):([^:]+)$/;

/**
 * Loads strategy, settings and candles as a backtest would. Null when no strategy is asked for.
 *
 * @throws every error of strategies, parameters, data and stores
 */
export async function prepareStrategy(
  context: CommandContext,
  args: StrategyArgs & Readonly<Record<string, unknown>>,
): Promise<PreparedStrategy | null> {
  if (args.strategy === undefined) {
    refuseStray(args);
    return null;
  }
  const { values } = await context.loadConfig(flagsOf(args));
  try {
    return args.data === SYNTHETIC
      ? await onDrawn(values, args.strategy)
      : await onStored(context, values, args);
  } catch (error) {
    throw withUserPlace(error, args.strategy);
  }
}

function refuseStray({ data, file }: StrategyArgs): void {
  const stray = data !== undefined ? "--data" : file !== undefined ? "--file" : null;
  if (stray === null) return;
  throw new DrydockError("E_USAGE", `${stray} goes with --strategy`, {
    hint: "drydock sim run --strategy ./my.ts --data synthetic",
  });
}

/** `--data bybit:BTCUSDT:1h` says what `--exchange`, `--symbol` and `--interval` do. The seed is that of the faults. */
function flagsOf(
  args: StrategyArgs & Readonly<Record<string, unknown>>,
): ReturnType<typeof configFlags> {
  const { seed: _seed, ...rest } = args;
  const flags = configFlags(rest);
  if (args.data === undefined || args.data === SYNTHETIC) return flags;
  const match = SERIES.exec(args.data);
  if (match === null) {
    throw new DrydockError("E_USAGE", `--data "${args.data}" names no candles`, {
      hint: "--data synthetic, or a stored series such as bybit:BTCUSDT:1h",
      or: "--exchange, --symbol and --interval, or --file candles.csv",
    });
  }
  const [, exchange, symbol, interval] = match as unknown as [string, string, string, string];
  return { ...flags, exchange, symbols: [symbol], interval };
}

async function onStored(
  context: CommandContext,
  values: ConfigValues,
  args: StrategyArgs,
): Promise<PreparedStrategy> {
  const { strategy, file, funding, mark } = args;
  const own = { journal: false, "no-report": true, "no-gates": true } as const;
  const wanted: BacktestArgs = { name: undefined, strategy, file, funding, mark, ...own };
  const request: RunRequest = backtestRequest(values, wanted, process.cwd());
  context.progress.start("loading", null);
  const notice = (text: string): void => context.warn({ code: "cache", message: text });
  const prepared = await prepareRun(request, context.signal, notice);
  context.progress.done();
  const { loaded, market, params, rules, aged, settings } = prepared;
  const markets = market.symbols.map(({ instrument, bars, strategyBars, funding: rates }) => ({
    instrument,
    bars,
    candles: strategyBars,
    funding: rates,
  }));
  return assemble({
    loaded,
    params,
    rules,
    aged,
    settings,
    markets,
    wanted: request.strategy,
    exchange: market.exchange,
    from: market.from,
    to: market.to,
    values,
    isSynthetic: market.isSynthetic,
  });
}

async function onDrawn(values: ConfigValues, wanted: string): Promise<PreparedStrategy> {
  const loaded = await loadStrategy({ wanted, builtIns: BUILT_IN, folder: process.cwd() });
  const { strategy } = loaded;
  const params = resolveParams(strategy.name, strategy.params, values.params ?? {});
  const configured = plainRules(configuredRules(values) ?? {});
  const rules = plainRules({ ...strategy.rules({ params }), ...configured });
  checkExitRules(rules);
  const exchange = values.exchange ?? "bybit";
  const settings = venueSettings(exchange, values, true);
  const wishes = configuredAged(values);
  const aged = wishes === null ? null : resolveAgedConfig(wishes, settings.takerPct);
  const candleMs = parseInterval(values.interval ?? "1m");
  const symbols = values.symbols ?? ["BTCUSDT"];
  const history = HISTORY + (strategyWarmup(strategy, params).get("") ?? 0);
  const drawn = syntheticMarkets({ exchange, symbols, candleMs, history });
  return assemble({
    loaded,
    params,
    rules,
    aged,
    settings,
    ...drawn,
    wanted,
    exchange,
    values,
    isSynthetic: true,
  });
}

interface Assembly {
  readonly loaded: LoadedStrategy;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly rules: ExitRules;
  readonly aged: AgedConfig | null;
  readonly settings: VenueSettings;
  readonly markets: readonly WorldMarket[];
  readonly wanted: string;
  readonly exchange: string;
  readonly from: number;
  readonly to: number;
  readonly values: ConfigValues;
  readonly isSynthetic: boolean;
}

function assemble(parts: Assembly): PreparedStrategy {
  const { loaded, params, rules, aged, settings, exchange, from, to, values } = parts;
  const { strategy, file } = loaded;
  refuseFurtherIntervals(strategy.name, strategyIntervals(strategy, params));
  const markets = parts.markets.toSorted((a, b) =>
    a.instrument.symbol < b.instrument.symbol ? -1 : 1,
  );
  const symbols = markets.map(({ instrument }) => instrument.symbol);
  const candleMs = (markets[0]?.candles ?? markets[0]?.bars)?.intervalMs ?? 0;
  const barMs = markets[0]?.bars.intervalMs ?? 0;
  const { balance, leverage } = values;
  const { positionMode, marginMode } = settings;
  const span = { from, to };
  return {
    offer: {
      wanted: parts.wanted,
      folder: process.cwd(),
      params,
      rules,
      aged,
      risk: configuredRisk(values),
      history: HISTORY + (strategyWarmup(strategy, params).get("") ?? 0),
      settings: tradingTerms(settings),
      markets,
    },
    terms: {
      key: targetOf(exchange),
      symbols,
      candleMs,
      barMs,
      positionMode,
      marginMode,
      leverage,
      balance,
      hasAged: aged !== null,
      span,
    },
    about: {
      name: strategy.name,
      file,
      params,
      rules,
      aged,
      hasState: strategy.scope === "symbol" && strategy.state() !== undefined,
      exchange,
      symbols,
      interval: formatInterval(candleMs),
      matchedOn: formatInterval(barMs),
      isSynthetic: parts.isSynthetic,
      from,
      to,
      balance,
      leverage,
    },
  };
}

/** The live driver feeds one interval so far. */
function refuseFurtherIntervals(name: string, words: readonly string[]): void {
  if (words.length === 0) return;
  throw new DrydockError(
    "E_USAGE",
    `Strategy "${name}" reads candles of ${words.join(", ")} besides its own, which the fault simulator does not feed`,
    { hint: "Try a strategy of one interval, or compute the longer candles from the own ones" },
  );
}

/** What is charged and how orders fill; latency is that of the simulated network. */
function tradingTerms(settings: VenueSettings): Partial<VenueSettings> {
  const {
    latencyMs: _latency,
    amendLatencyMs: _amend,
    cancelLatencyMs: _cancel,
    participationPct: _participation,
    positionMode: _position,
    marginMode: _margin,
    ...terms
  } = settings;
  return terms;
}

/** A venue that drydock does not trade on is simulated on Bybit's terms, as in a backtest. */
function targetOf(exchange: string): TargetKey {
  const known = EXCHANGES.find((name) => name === exchange) ?? "bybit";
  return `${known}:paper`;
}
