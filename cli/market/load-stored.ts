import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { type ColumnCache, loadBars, loadFunding } from "#data/store/column-cache.ts";
import { instrumentFingerprints } from "#data/store/instrument-table.ts";
import type { MarketStore } from "#data/store/market-store.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import { DrydockError } from "#engine/errors.ts";
import { closestName } from "#engine/indicators/closest-name.ts";
import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { canResample, resample } from "#engine/market/resample.ts";
import {
  type BarsInput,
  buildMarket,
  cannotGive,
  isoTime,
  type SymbolInput,
} from "./build-market.ts";
import { type DetailWish, findDetail } from "./find-detail.ts";
import { firstFunding } from "./funding-stamps.ts";
import { isPerpetual, storedInstrument } from "./infer-instrument.ts";
import type { LoadedMarket } from "./loaded-market.ts";
import type { MarketRequest } from "./market-request.ts";
import { type RunWindow, runWindow } from "./run-window.ts";

interface Source {
  readonly store: MarketStore;
  readonly cache: ColumnCache;
  readonly stored: readonly StoredSeries[];
  readonly notice: (text: string) => void;
}

/**
 * Loads the market of a run from the store.
 * @throws E_DATA_MISSING, E_DATA_INTERVAL, E_DATA_PERIOD, E_FUNDING_MISSING, E_DATA_GAP and the store's own errors
 */
export async function loadStoredMarket(
  store: MarketStore,
  cache: ColumnCache,
  request: MarketRequest,
  notice: (text: string) => void,
): Promise<LoadedMarket> {
  const source: Source = { store, cache, stored: await store.listSeries(), notice };
  const interval = request.interval ?? "1h";
  const bases = request.symbols.map((symbol) =>
    chooseBase(source.stored, request, symbol, interval),
  );
  const window = periodOf(bases, request, interval);
  const inputs: BarsInput[] = [];
  for (const { key } of bases) {
    const base = await readBars(source, key, window);
    if (base.bars.length === 0) throw noRows(key, window);
    inputs.push(base);
  }
  const wishes = inputs.map((base) => detailWish(base, interval, window));
  const read = async (key: SeriesKey): Promise<BarsInput> =>
    inputs.find((base) => seriesLabel(base.key) === seriesLabel(key)) ??
    readBars(source, key, window);
  const found = await findDetail(wishes, source.stored, request, interval, read);
  const symbols: SymbolInput[] = [];
  for (const [at, base] of inputs.entries()) {
    const detail = found.detail[at] ?? null;
    symbols.push({ ...(await loadSymbol(source, base, request, window)), detail });
  }
  return buildMarket(
    {
      exchange: request.exchange,
      interval,
      symbols,
      from: window.from,
      diagnostics: found.diagnostics,
      isSynthetic: bases.some(({ imports }) => imports.some((one) => one.source === "synthetic")),
    },
    request,
  );
}

/** The stored candles of the interval, else the longest that add up to it; of those that have rows in the period. */
function chooseBase(
  stored: readonly StoredSeries[],
  request: MarketRequest,
  symbol: string,
  interval: string,
): StoredSeries {
  const candles = stored.filter(
    ({ key }) =>
      key.kind === "candles" && key.exchange === request.exchange && key.symbol === symbol,
  );
  if (candles.length === 0) throw noCandles(stored, request.exchange, symbol);
  const wanted = parseInterval(interval);
  const usable = candles
    .filter(
      ({ key }) => key.interval === interval || canResample(parseInterval(key.interval), wanted),
    )
    .sort((a, b) => parseInterval(b.key.interval) - parseInterval(a.key.interval));
  const [longest] = usable;
  if (longest !== undefined) return usable.find((one) => touches(one, request)) ?? longest;
  const known = candles.map(({ key }) => key.interval).join(", ");
  throw new DrydockError(
    "E_DATA_INTERVAL",
    `${request.exchange} ${symbol} has no candles that give ${interval} bars: stored are ${known}`,
    {
      while: `loading --interval ${interval}`,
      hint: `Choose a multiple of a stored interval (${known}), or import candles of ${interval} or shorter`,
    },
  );
}

/** Whether a series has something of the period; a distance such as 90d is counted from the end of any data. */
function touches(stored: StoredSeries, { from, to }: MarketRequest): boolean {
  const end = stored.lastTime + parseInterval(stored.key.interval);
  if (from?.kind === "at" && from.ms >= end) return false;
  return !(to?.kind === "at" && to.ms <= stored.firstTime);
}

function noCandles(
  stored: readonly StoredSeries[],
  exchange: string,
  symbol: string,
): DrydockError {
  const candles = stored.filter(({ key }) => key.kind === "candles");
  const here = candles.filter(({ key }) => key.exchange === exchange).map(({ key }) => key.symbol);
  const near = closestName(symbol, here);
  const elsewhere = candles.find(({ key }) => key.symbol === symbol)?.key.exchange;
  return new DrydockError("E_DATA_MISSING", `The store has no candles of "${exchange} ${symbol}"`, {
    hint:
      elsewhere !== undefined
        ? `It has them of "${elsewhere}": --exchange ${elsewhere}`
        : near !== undefined
          ? `Did you mean "${near}"?`
          : `drydock data import <file> --exchange ${exchange} --symbol ${symbol}`,
    or: "drydock data ls",
  });
}

/** The period that all symbols have, cut to what was asked for. */
function periodOf(
  bases: readonly StoredSeries[],
  request: MarketRequest,
  interval: string,
): RunWindow {
  const first = Math.max(...bases.map((base) => base.firstTime));
  const end = Math.min(...bases.map((base) => base.lastTime + parseInterval(base.key.interval)));
  // Bars that are stored as they are used stand where their source stamps them: weeks may begin on any day.
  const origin = bases.find(({ key }) => key.interval === interval)?.firstTime;
  return runWindow({ first, end, origin }, request, interval);
}

/** What finer candles have to cover: the strategy's own bars that lie in the period. @throws E_DATA_PERIOD */
function detailWish(base: BarsInput, interval: string, window: RunWindow): DetailWish {
  const wanted = parseInterval(interval);
  if (base.bars.intervalMs > wanted) throw cannotGive(base, interval);
  const { bars } = wanted === base.bars.intervalMs ? base : resample(base.bars, wanted);
  const row = lowerBound(bars.time, bars.length, window.from);
  if (row === bars.length) throw noRows(base.key, window);
  return {
    key: base.key,
    first: bars.time[row] as number,
    end: (bars.time[bars.length - 1] as number) + wanted,
    hasBarBefore: row > 0 && (bars.time[row - 1] as number) + wanted === bars.time[row],
  };
}

/**
 * Whether stored longer bars are all there that the base would give. If not, the base gives them: longer bars of a
 * piece of the period would leave the strategy without any in the rest.
 */
function coversBase(stored: BarColumns, base: BarColumns): boolean {
  if (!canResample(base.intervalMs, stored.intervalMs)) return stored.length > 0;
  const made = resample(base, stored.intervalMs).bars;
  let row = 0;
  for (let at = 0; at < made.length; at++) {
    while (row < stored.length && (stored.time[row] as number) < (made.time[at] as number)) row++;
    if (row >= stored.length || stored.time[row] !== made.time[at]) return false;
  }
  return true;
}

async function loadSymbol(
  source: Source,
  base: BarsInput,
  request: MarketRequest,
  window: RunWindow,
): Promise<Omit<SymbolInput, "detail">> {
  const { key } = base;
  const higher = new Map<string, BarsInput>();
  for (const word of request.higher) {
    const wanted: SeriesKey = { ...key, interval: word };
    if (!has(source, wanted)) continue;
    const stored = await readBars(source, wanted, window);
    if (coversBase(stored.bars, base.bars)) higher.set(word, stored);
    else if (!canResample(base.bars.intervalMs, parseInterval(word))) throw noRows(wanted, window);
  }
  const instruments = await source.store.readInstruments({
    exchange: key.exchange,
    symbol: key.symbol,
  });
  const valid = instruments.filter((one) => one.validFrom <= window.from).at(-1) ?? instruments[0];
  return {
    symbol: key.symbol,
    base,
    higher,
    mark: await findPrices(source, "mark", key, base.bars, window),
    index: await findPrices(source, "index", key, base.bars, window),
    funding: await findFunding(source, key, request, window),
    instrument: valid === undefined ? null : storedInstrument(valid),
    instrumentSeries: valid === undefined ? [] : instrumentFingerprints([valid]),
  };
}

/**
 * Mark or index candles as fine as the candles, else the next finer ones, else the next coarser; the first of them that reach
 * over the whole period, where any do.
 */
async function findPrices(
  source: Source,
  kind: "mark" | "index",
  key: SeriesKey,
  bars: BarColumns,
  window: RunWindow,
): Promise<BarsInput | null> {
  const series = source.stored
    .filter((one) => isOf(one.key, key, kind))
    .map((one) => ({ ...one, ms: parseInterval(one.key.interval) }));
  const finer = series.filter(({ ms }) => ms <= bars.intervalMs).sort((a, b) => b.ms - a.ms);
  const coarser = series.filter(({ ms }) => ms > bars.intervalMs).sort((a, b) => a.ms - b.ms);
  const inOrder = [...finer, ...coarser];
  const whole = inOrder.find(
    ({ firstTime, lastTime, ms }) => firstTime <= window.from && lastTime + ms >= window.to,
  );
  const chosen = whole ?? inOrder[0];
  if (chosen === undefined) return null;
  // A coarse candle that began before the period still says what the mark did in it.
  return readBars(source, chosen.key, { ...window, readFrom: window.readFrom - chosen.ms + 1 });
}

async function findFunding(
  source: Source,
  key: SeriesKey,
  request: MarketRequest,
  window: RunWindow,
): Promise<SymbolInput["funding"]> {
  if (request.funding === "none" || !isPerpetual(key.exchange)) return null;
  const wanted: SeriesKey = { ...key, kind: "funding", interval: "" };
  if (!has(source, wanted)) {
    throw new DrydockError(
      "E_FUNDING_MISSING",
      `The store has no funding rates of "${key.exchange} ${key.symbol}"`,
      {
        while: "loading funding rates of a perpetual",
        hint: `drydock data import <file> --kind funding --exchange ${key.exchange} --symbol ${key.symbol}`,
        or: "--funding none (stamps the report)",
      },
    );
  }
  const whole = await source.store.readFunding(wanted);
  const { funding, months, notices } = await loadFunding(source.store, source.cache, wanted, {
    from: firstFunding(whole, request, window.readFrom),
    to: window.to,
  });
  notices.forEach(source.notice);
  return { key: wanted, funding, whole, months, source: "store" };
}

async function readBars(source: Source, key: SeriesKey, window: RunWindow): Promise<BarsInput> {
  const { bars, months, notices } = await loadBars(source.store, source.cache, key, {
    from: window.readFrom,
    to: window.to,
  });
  notices.forEach(source.notice);
  return { key, bars, months, source: "store" };
}

function noRows(key: SeriesKey, window: RunWindow): DrydockError {
  return new DrydockError(
    "E_DATA_PERIOD",
    `${seriesLabel(key)} has no rows from ${isoTime(window.from)} to ${isoTime(window.to)}`,
    {
      hint: "drydock data ls shows what there is",
    },
  );
}

function has(source: Source, key: SeriesKey): boolean {
  return source.stored.some((one) => seriesLabel(one.key) === seriesLabel(key));
}

function isOf(key: SeriesKey, like: SeriesKey, kind: SeriesKey["kind"]): boolean {
  return key.kind === kind && key.exchange === like.exchange && key.symbol === like.symbol;
}
