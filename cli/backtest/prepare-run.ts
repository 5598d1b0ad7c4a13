import { join } from "node:path";

import { buildId } from "#cli/backtest/build-id.ts";
import { runHash, strategyHash } from "#cli/backtest/run-identity.ts";
import { plainRules, type RunConfig } from "#cli/backtest/run-plan.ts";
import { loadFileMarket } from "#cli/market/load-files.ts";
import { loadStoredMarket } from "#cli/market/load-stored.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { FileRequest, MarketRequest } from "#cli/market/market-request.ts";
import { packageInfo } from "#cli/package-info.ts";
import { type LoadedStrategy, loadStrategy } from "#cli/strategy-loader.ts";
import { openMarketStore } from "#data/store/market-store.ts";
import { type AgedConfig, type AgedParams, resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import { checkRiskLimits, type RiskLimits } from "#engine/risk/risk-limits.ts";
import { checkExitRules, type ExitRules } from "#engine/rules/exit-rules.ts";
import { type ParamValue, resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals, strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

type MarketWishes = Omit<MarketRequest, "higher" | "warmup" | "exchange" | "symbols" | "detail">;

/** A run as it was asked for, from a command line or from the record of an earlier run. */
export interface RunRequest extends MarketWishes {
  /** A built-in name or a file. */
  readonly strategy: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Base of relative paths. */
  readonly folder: string;
  /** Folder of the stores. */
  readonly dataDir: string;
  readonly files: FileRequest | null;
  readonly exchange: string | null;
  readonly symbols: readonly string[];
  readonly intrabar: VenueSettings["intrabar"] | null;
  /** Interval of the finer candles to look into; null: the finest that serves. */
  readonly detailInterval: string | null;
  readonly rules: ExitRules | null;
  /** What the account may risk; null: no limit. */
  readonly risk: RiskLimits | null;
  /** Null: off. */
  readonly aged: AgedParams | null;
  /** Minutes between two comparisons of the books with the exchange; 0: none. */
  readonly reconcileMinutes: number;
  readonly settings: (exchange: string, hasDetail: boolean) => VenueSettings;
  readonly costs: "venue" | "none";
  readonly balance: number;
  readonly leverage: number;
  readonly seed: number;
  readonly gates: boolean;
}

export interface PreparedRun {
  readonly loaded: LoadedStrategy;
  readonly market: LoadedMarket;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly rules: ExitRules;
  readonly aged: AgedConfig | null;
  readonly settings: VenueSettings;
  readonly config: RunConfig;
  readonly identity: {
    readonly engineVersion: string;
    readonly build: string;
    readonly node: string;
    readonly strategyHash: string;
  };
  readonly runHash: string;
}

/**
 * Loads strategy and market and fills in every default: what is left is a run that depends on nothing outside.
 * @throws every error of strategies, parameters, data and stores
 */
export async function prepareRun(
  request: RunRequest,
  signal: AbortSignal,
  notice: (text: string) => void,
): Promise<PreparedRun> {
  const loaded = await loadStrategy({
    wanted: request.strategy,
    builtIns: BUILT_IN,
    folder: request.folder,
  });
  const { strategy } = loaded;
  const params = resolveParams(strategy.name, strategy.params, request.params);
  const rules = plainRules({ ...strategy.rules({ params }), ...plainRules(request.rules ?? {}) });
  checkExitRules(rules);
  checkRiskLimits(request.risk ?? {});
  const market = await loadMarket(request, loaded, params, signal, notice);
  checkSymbolCount(strategy.name, strategy.symbolCount, market.symbols.length);
  checkLeverage(request.leverage, market);
  const hasDetail = market.matchedOn !== market.interval;
  const settings = request.settings(market.exchange, hasDetail);
  const aged = request.aged === null ? null : resolveAgedConfig(request.aged, settings.takerPct);
  const plain = runConfig(request, strategy.name, params, rules, market, settings);
  const config = aged === null ? plain : { ...plain, aged };
  const identity = {
    engineVersion: packageInfo().version,
    build: buildId(),
    node: process.version,
    strategyHash: strategyHash(strategy.name, loaded.sources),
  };
  return {
    loaded,
    market,
    params,
    rules,
    aged,
    settings,
    config,
    identity,
    runHash: runHash({
      ...identity,
      config,
      seed: config.seed,
      dataFingerprint: market.fingerprint,
    }),
  };
}

async function loadMarket(
  request: RunRequest,
  { strategy }: LoadedStrategy,
  params: Readonly<Record<string, ParamValue>>,
  signal: AbortSignal,
  notice: (text: string) => void,
): Promise<LoadedMarket> {
  const { detailInterval } = request;
  const isRequired = request.intrabar === "detail" || detailInterval !== null;
  const detail = isRequired ? "required" : request.intrabar === null ? "auto" : "off";
  const wishes = {
    interval: request.interval,
    higher: strategyIntervals(strategy, params),
    warmup: strategyWarmup(strategy, params),
    from: request.from,
    to: request.to,
    readFrom: request.readFrom,
    detail,
    detailInterval,
    funding: request.costs === "none" ? "none" : request.funding,
    fundingMissing: request.fundingMissing,
    gaps: request.gaps,
  } as const;
  if (request.files !== null) {
    const symbol = request.symbols[0] ?? null;
    return loadFileMarket(request.files, { ...wishes, exchange: request.exchange, symbol, signal });
  }
  const store = await openMarketStore(join(request.dataDir, "market.duckdb"), { mode: "read" });
  try {
    const exchange = request.exchange ?? (await onlyExchange(store, request.symbols));
    const cache = { folder: join(request.dataDir, "cache") };
    const full = { ...wishes, exchange, symbols: request.symbols };
    return await loadStoredMarket(store, cache, full, notice);
  } finally {
    await store.close();
  }
}

/** The exchange that has the symbols, when there is just one. @throws E_USAGE */
async function onlyExchange(
  store: Awaited<ReturnType<typeof openMarketStore>>,
  symbols: readonly string[],
): Promise<string> {
  const stored = await store.listSeries();
  const names = new Set(
    stored
      .filter(({ key }) => key.kind === "candles" && symbols.includes(key.symbol))
      .map(({ key }) => key.exchange),
  );
  const [first, second] = [...names].sort();
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new DrydockError(
      "E_DATA_MISSING",
      `The store has no candles of "${symbols.join(", ")}"`,
      {
        hint: "drydock data ls shows what there is",
        or: `drydock data import <file> --symbol ${symbols[0] ?? ""}`,
      },
    );
  }
  throw new DrydockError(
    "E_USAGE",
    `Several exchanges have "${symbols.join(", ")}": ${[...names].sort().join(", ")}`,
    {
      hint: `--exchange ${first}`,
    },
  );
}

function checkSymbolCount(name: string, wanted: number | null, given: number): void {
  if (wanted === null || wanted === given) return;
  throw new DrydockError("E_USAGE", `Strategy "${name}" needs ${wanted} symbols, not ${given}`, {
    hint: `Give --symbol ${wanted} times, such as --symbol BTCUSDT --symbol ETHUSDT`,
  });
}

function checkLeverage(leverage: number, market: LoadedMarket): void {
  for (const { instrument } of market.symbols) {
    if (leverage <= instrument.maxLeverage) continue;
    throw new DrydockError(
      "E_USAGE",
      `Leverage ${leverage} is above the ${instrument.maxLeverage} of "${instrument.symbol}"`,
      { hint: `--leverage ${instrument.maxLeverage}` },
    );
  }
}

function runConfig(
  request: RunRequest,
  strategy: string,
  params: Readonly<Record<string, ParamValue>>,
  rules: ExitRules,
  market: LoadedMarket,
  settings: VenueSettings,
): RunConfig {
  const { makerPct, takerPct, liquidationPct, marginMode, ...venue } = settings;
  const hasFunding = market.symbols.some((one) => one.funding !== null);
  return {
    strategy,
    params,
    exchange: market.exchange,
    symbols: market.symbols.map((one) => one.instrument.symbol),
    interval: market.interval,
    from: new Date(market.from).toISOString(),
    to: new Date(market.to).toISOString(),
    dataFrom: new Date(market.dataFrom).toISOString(),
    matchedOn: market.matchedOn,
    balance: request.balance,
    leverage: request.leverage,
    margin: marginMode,
    costs: request.costs,
    fees: { makerPct, takerPct, liquidationPct },
    ...venue,
    funding: hasFunding ? (request.files === null ? "stored" : "file") : "none",
    fundingMissing: request.fundingMissing,
    gaps: request.gaps,
    rules,
    ...(request.risk === null ? {} : { risk: request.risk }),
    reconcile: { everyMinutes: request.reconcileMinutes },
    seed: request.seed,
    gates: request.gates,
  };
}
