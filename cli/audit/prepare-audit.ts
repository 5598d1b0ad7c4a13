import { prepareRun, type RunRequest } from "#cli/backtest/prepare-run.ts";
import { plainRules, venueSettings } from "#cli/backtest/run-plan.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { ConfigValues } from "#cli/config/keys.ts";
import { buildMarket } from "#cli/market/build-market.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { MarketRequest } from "#cli/market/market-request.ts";
import { type LoadedStrategy, loadStrategy } from "#cli/strategy-loader.ts";
import {
  generateMarket,
  SYNTHETIC_EXCHANGE,
  type SyntheticSeries,
} from "#data/synthetic/generate-market.ts";
import { type AgedConfig, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import { type ParamValue, resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals, strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

/** What every run of an audit has in common. */
export interface PreparedAudit {
  readonly loaded: LoadedStrategy;
  readonly market: LoadedMarket;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly rules: ExitRules;
  readonly risk: RiskLimits | undefined;
  /** Null: off. */
  readonly aged: AgedConfig | null;
  readonly settings: VenueSettings;
  readonly balance: number;
  readonly leverage: number;
}

/** A market of its own, so that no leak is a habit of the demo's: a year of hours. */
export const SYNTHETIC_BARS = 8_760;
const SYNTHETIC_FROM = Date.UTC(2024, 0, 1);
const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOTUSDT"];

/** Loads strategy and data as a backtest does. @throws every error of strategies, parameters, data and stores */
export async function prepareAudit(
  context: CommandContext,
  request: RunRequest,
): Promise<PreparedAudit> {
  const notice = (message: string): void => context.warn({ code: "cache", message });
  const prepared = await prepareRun(request, context.signal, notice);
  const { loaded, market, params, rules, aged, settings } = prepared;
  const { balance, leverage } = request;
  const { risk } = prepared.config;
  return { loaded, market, params, rules, aged, risk, settings, balance, leverage };
}

export interface SyntheticSize {
  readonly seed: number;
  readonly bars: number;
}

/** The same with a synthetic market, made here and kept nowhere, for an audit that names no data. */
export async function prepareSyntheticAudit(
  request: Omit<RunRequest, "files" | "symbols" | "exchange">,
  values: ConfigValues,
  { seed, bars }: SyntheticSize,
): Promise<PreparedAudit> {
  const { folder, balance, leverage } = request;
  const loaded = await loadStrategy({ wanted: request.strategy, builtIns: BUILT_IN, folder });
  const { strategy } = loaded;
  const params = resolveParams(strategy.name, strategy.params, request.params);
  const rules = plainRules({ ...strategy.rules({ params }), ...plainRules(request.rules ?? {}) });
  checkExitRules(rules);
  const interval = request.interval ?? "1h";
  const count = Math.max(strategy.symbolCount ?? 2, 1);
  const generated = generateMarket({
    seed,
    symbols: Array.from({ length: count }, (_, at) => ({
      symbol: SYMBOLS[at] ?? `COIN${at}USDT`,
    })),
    from: SYNTHETIC_FROM,
    bars,
    intervalMs: parseInterval(interval),
  });
  const market = loadGenerated(generated.symbols, {
    symbols: generated.symbols.map(({ symbol }) => symbol),
    exchange: SYNTHETIC_EXCHANGE,
    interval: formatInterval(parseInterval(interval)),
    higher: strategyIntervals(strategy, params),
    warmup: strategyWarmup(strategy, params),
    from: null,
    to: null,
    readFrom: null,
    detail: "off",
    detailInterval: null,
    funding: "stored",
    fundingMissing: "zero",
    gaps: "skip",
  });
  const settings = venueSettings(SYNTHETIC_EXCHANGE, values, false);
  const risk = request.risk ?? undefined;
  const aged = request.aged === null ? null : resolveAgedConfig(request.aged, settings.takerPct);
  return { loaded, market, params, rules, aged, risk, settings, balance, leverage };
}

function loadGenerated(all: readonly SyntheticSeries[], request: MarketRequest): LoadedMarket {
  const interval = request.interval ?? "";
  const symbols = all.map((one) => {
    const key = { exchange: request.exchange, symbol: one.symbol };
    const source = "synthetic";
    const bars = { key: { ...key, kind: "candles", interval }, bars: one.candles, source } as const;
    const mark = { key: { ...key, kind: "mark", interval }, bars: one.mark, source } as const;
    const funding = {
      key: { ...key, kind: "funding", interval: "" },
      funding: one.funding,
      whole: one.funding,
      source,
    } as const;
    return {
      symbol: one.symbol,
      base: bars,
      detail: null,
      higher: new Map(),
      mark,
      index: null,
      funding,
      instrument: null,
      instrumentSeries: [],
    };
  });
  const from = all[0]?.candles.time[0] ?? SYNTHETIC_FROM;
  const { exchange } = request;
  return buildMarket({ exchange, interval, symbols, from, isSynthetic: true }, request);
}
