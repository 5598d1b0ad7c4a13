import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { type ColumnCache, loadBars, loadFunding } from "#data/store/column-cache.ts";
import { instrumentFingerprints } from "#data/store/instrument-table.ts";
import type { MarketStore } from "#data/store/market-store.ts";
import type { StoredSeries } from "#data/store/series-table.ts";
import { DrydockError } from "#engine/errors.ts";
import { closestName } from "#engine/indicators/closest-name.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { canResample } from "#engine/market/resample.ts";
import {
  type BarsInput,
  buildMarket,
  cannotGive,
  isoTime,
  type SymbolInput,
} from "./build-market.ts";
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
  const symbols: SymbolInput[] = [];
  for (const base of bases) symbols.push(await loadSymbol(source, base, request, interval, window));
  return buildMarket(
    {
      exchange: request.exchange,
      interval,
      symbols,
      from: window.from,
      isSynthetic: bases.some(({ imports }) => imports.some((one) => one.source === "synthetic")),
    },
    request,
  );
}

/** The stored candles of the interval, or the longest ones that add up to it. */
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
  const exact = candles.find(({ key }) => key.interval === interval);
  if (exact !== undefined) return exact;
  const wanted = parseInterval(interval);
  const usable = candles
    .filter(({ key }) => canResample(parseInterval(key.interval), wanted))
    .sort((a, b) => parseInterval(b.key.interval) - parseInterval(a.key.interval));
  const [longest] = usable;
  if (longest !== undefined) return longest;
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
  return runWindow({ first, end }, request, interval);
}

async function loadSymbol(
  source: Source,
  stored: StoredSeries,
  request: MarketRequest,
  interval: string,
  window: RunWindow,
): Promise<SymbolInput> {
  const { key } = stored;
  const base = await readBars(source, key, window);
  if (base.bars.intervalMs > parseInterval(interval)) throw cannotGive(base, interval);
  const higher = new Map<string, BarsInput>();
  for (const word of request.higher) {
    const wanted: SeriesKey = { ...key, interval: word };
    if (has(source, wanted)) higher.set(word, await readBars(source, wanted, window));
  }
  const instruments = await source.store.readInstruments({
    exchange: key.exchange,
    symbol: key.symbol,
  });
  const valid = instruments.filter((one) => one.validFrom <= window.from).at(-1) ?? instruments[0];
  return {
    symbol: key.symbol,
    base,
    detail: await findDetail(source, key, request, interval, window),
    higher,
    mark: await findMark(source, key, base.bars, window),
    funding: await findFunding(source, key, request, window),
    instrument: valid === undefined ? null : storedInstrument(valid),
    instrumentSeries: valid === undefined ? [] : instrumentFingerprints([valid]),
  };
}

/** The finest candles that cover the period without a hole. */
async function findDetail(
  source: Source,
  key: SeriesKey,
  request: MarketRequest,
  interval: string,
  window: RunWindow,
): Promise<BarsInput | null> {
  if (request.detail === "off") return null;
  const wanted = parseInterval(interval);
  const finer = source.stored
    .filter((one) => isOf(one.key, key, "candles") && parseInterval(one.key.interval) < wanted)
    .filter((one) => canResample(parseInterval(one.key.interval), wanted))
    .sort((a, b) => parseInterval(a.key.interval) - parseInterval(b.key.interval));
  for (const one of finer) {
    const stepMs = parseInterval(one.key.interval);
    if (one.firstTime > window.readFrom && one.firstTime > window.from) continue;
    if (one.lastTime + stepMs < window.to) continue;
    const detail = await readBars(source, one.key, window);
    const { time, length } = detail.bars;
    const rows = ((time[length - 1] as number) - (time[0] as number)) / stepMs + 1;
    if (rows === length) return detail;
  }
  if (request.detail === "auto") return null;
  throw new DrydockError(
    "E_DATA_MISSING",
    `The store has no finer candles of "${key.exchange} ${key.symbol}" that cover the period without a hole`,
    {
      while: "loading --intrabar detail",
      hint: "Import candles of a shorter interval",
      or: "--intrabar worst",
    },
  );
}

/** Mark candles as fine as the candles, else the next finer ones, else the next coarser. */
async function findMark(
  source: Source,
  key: SeriesKey,
  bars: BarColumns,
  window: RunWindow,
): Promise<BarsInput | null> {
  const marks = source.stored
    .filter((one) => isOf(one.key, key, "mark"))
    .map((one) => ({ key: one.key, ms: parseInterval(one.key.interval) }));
  const finer = marks.filter(({ ms }) => ms <= bars.intervalMs).sort((a, b) => b.ms - a.ms);
  const coarser = marks.filter(({ ms }) => ms > bars.intervalMs).sort((a, b) => a.ms - b.ms);
  const chosen = finer[0] ?? coarser[0];
  if (chosen === undefined) return null;
  // A coarse candle that began before the period still says what the mark did in it.
  const mark = await readBars(source, chosen.key, {
    ...window,
    readFrom: window.readFrom - chosen.ms + 1,
  });
  return mark.bars.length === 0 ? null : mark;
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
  const { funding, months, notices } = await loadFunding(source.store, source.cache, wanted, {
    from: window.readFrom,
    to: window.to,
  });
  notices.forEach(source.notice);
  return { key: wanted, funding, months, source: "store" };
}

async function readBars(source: Source, key: SeriesKey, window: RunWindow): Promise<BarsInput> {
  const { bars, months, notices } = await loadBars(source.store, source.cache, key, {
    from: window.readFrom,
    to: window.to,
  });
  notices.forEach(source.notice);
  if (bars.length === 0 && key.kind === "candles") {
    throw new DrydockError(
      "E_DATA_PERIOD",
      `${seriesLabel(key)} has no rows from ${isoTime(window.from)} to ${isoTime(window.to)}`,
      {
        hint: "drydock data ls shows what there is",
      },
    );
  }
  return { key, bars, months, source: "store" };
}

function has(source: Source, key: SeriesKey): boolean {
  return source.stored.some((one) => seriesLabel(one.key) === seriesLabel(key));
}

function isOf(key: SeriesKey, like: SeriesKey, kind: SeriesKey["kind"]): boolean {
  return key.kind === kind && key.exchange === like.exchange && key.symbol === like.symbol;
}
