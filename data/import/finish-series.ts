/**
 * From the rows of a file to a named series: order, interval, open times, and which exchange and symbol it is. Every
 * conclusion that a person might want to check becomes a note.
 */
import { normalizeSymbol, type SeriesKind } from "#data/series.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { floorToMonth, formatInterval, MONTH_MS, parseInterval } from "#engine/market/interval.ts";
import { formatFault } from "./data-fault.ts";
import { findInterval } from "./find-interval.ts";
import type { ParsedBars, ParsedFunding, ParsedSeries, ReadHints } from "./parsed-series.ts";
import type { PathHints } from "./path-hints.ts";
import type { Market, RawSeries, RowColumns } from "./row-columns.ts";
import { sortRows } from "./sort-rows.ts";

export interface SeriesSource {
  readonly path: string;
  readonly writtenAt: number;
  readonly fromPath: PathHints;
  readonly hints: ReadHints;
}

/** @throws E_DATA_FORMAT when the content contradicts what it is said to be; E_DATA_INTERVAL. */
export function finishSeries(raw: RawSeries, source: SeriesSource): ParsedSeries {
  const notes = [...raw.notes];
  const { rows } = raw;
  sortRows(rows, notes, raw.unit);
  const names = nameSeries(raw, source, notes);
  const facts = {
    path: source.path,
    ...names,
    format: raw.format,
    rows: rows.length,
    notes,
    where: (index: number): string => `${raw.unit} ${rows.place[index] ?? 0}`,
    fileOrder: (index: number): number => rows.place[index] ?? 0,
    writtenAt: source.writtenAt,
  };
  const kind = decideKind(raw, source, notes);
  if (kind === "funding") {
    return {
      ...facts,
      kind,
      intervalMs: null,
      funding: {
        length: rows.length,
        time: rows.time.slice(0, rows.length),
        rate: rows.open.slice(0, rows.length),
      },
    } satisfies ParsedFunding;
  }
  const times = decideTimes(raw, rows, source, notes);
  const bars = toBars(rows, kind, times.intervalMs ?? 0, notes);
  const last = bars.time[bars.length - 1] ?? 0;
  const isLastOpen = [...raw.openTimes].some((time) => time + times.shift === last);
  return { ...facts, kind, intervalMs: times.intervalMs, bars, isLastOpen } satisfies ParsedBars;
}

function decideKind(raw: RawSeries, source: SeriesSource, notes: string[]): SeriesKind {
  const said = source.hints.kind;
  if (raw.content === "rate") {
    if (said !== undefined && said !== "funding") {
      throw formatFault(source.path, `holds funding rates, not ${said}`, "Leave the kind out");
    }
    return "funding";
  }
  const holdsRates = isRateColumn(raw.rows);
  if (said === "funding" && !holdsRates) {
    throw formatFault(source.path, "holds prices, not funding rates", "Leave the kind out");
  }
  if (holdsRates && (said === undefined || said === "funding")) {
    notes.push("The rate stands in the column open, as freqtrade writes it");
    return "funding";
  }
  if (said !== undefined) return said;
  const named = source.fromPath.kind;
  if (named === "funding") {
    notes.push("The name says funding, the rows are prices: read as candles");
    return "candles";
  }
  if (named !== null) return named;
  if (raw.kind !== null)
    notes.push(`Rows without volume from this venue: read as ${raw.kind} prices`);
  return raw.kind ?? "candles";
}

/** freqtrade stores a funding rate as `open` and zeros in the other columns. */
function isRateColumn(rows: RowColumns): boolean {
  for (let index = 0; index < rows.length; index++) {
    if (!(Math.abs(rows.open[index] as number) < 1)) return false;
    for (const column of [rows.high, rows.low, rows.close]) {
      const value = column[index] as number;
      if (value !== 0 && !Number.isNaN(value)) return false;
    }
  }
  return true;
}

interface Times {
  readonly intervalMs: number | null;
  /** What was added to the stamps to get open times; of months, only the nominal length. */
  readonly shift: number;
}

/** Finds the interval and turns close stamps into open times, in place. */
function decideTimes(
  raw: RawSeries,
  rows: RowColumns,
  source: SeriesSource,
  notes: string[],
): Times {
  const named = raw.interval ?? source.fromPath.interval;
  const told = source.hints.interval;
  const { intervalMs, note } = findInterval(
    rows.time,
    rows.length,
    named === null ? null : safeInterval(named),
    told === undefined ? null : parseInterval(told),
  );
  if (note !== null) notes.push(note);
  const endsAt999 = everyTime(rows, (time) => (time + 1) % 1_000 === 0);
  const said = source.hints.stamp ?? (raw.stamp === "close" || endsAt999 ? "close" : "open");
  if (said === "open") return { intervalMs, shift: 0 };
  if (intervalMs === null) {
    throw formatFault(
      source.path,
      "is stamped with close times and too short to show its interval",
      "Name the interval",
    );
  }
  const shift = (endsAt999 ? 1 : 0) - intervalMs;
  for (let index = 0; index < rows.length; index++) {
    const close = rows.time[index] as number;
    // The last instant of a month lies in it, whether the stamp is 23:59:59.999, the last day or the next first.
    rows.time[index] = intervalMs === MONTH_MS ? floorToMonth(close - 1) : close + shift;
  }
  notes.push(`Stamped with close times: moved back by ${formatInterval(intervalMs)} to open times`);
  return { intervalMs, shift };
}

function everyTime(rows: RowColumns, holds: (time: number) => boolean): boolean {
  for (let index = 0; index < rows.length; index++) {
    if (!holds(rows.time[index] as number)) return false;
  }
  return rows.length > 0;
}

/** An interval out of a file, which may be no word of ours (`15min`, `4`, `1y`). */
function safeInterval(text: string): number | null {
  const match = /^(?:(\d{1,4})(?:min)?|([1-9]\d{0,3}[smhdw]|1M))$/.exec(text);
  if (match === null) return null;
  // As long as what stands for a calendar month, and no month.
  if (match[2] === "30d" || match[2] === "720h") return null;
  // Bybit and Kraken name intervals by minutes.
  return match[2] === undefined ? Number(match[1]) * 60_000 : parseInterval(match[2]);
}

function toBars(
  rows: RowColumns,
  kind: "candles" | "mark" | "index",
  intervalMs: number,
  notes: string[],
): BarColumns {
  const { length } = rows;
  const cut = (column: Float64Array): Float64Array => column.slice(0, length);
  const volume = cut(rows.volume);
  if (kind !== "candles") {
    // A mark or index price is not traded; sources write 0, null or nothing.
    volume.fill(Number.NaN);
  } else if (volume.every((value) => value === 0) && !isFlat(rows)) {
    volume.fill(Number.NaN);
    notes.push("The volume is 0 in all rows although prices move: stored as unknown");
  }
  return {
    intervalMs,
    length,
    time: cut(rows.time),
    open: cut(rows.open),
    high: cut(rows.high),
    low: cut(rows.low),
    close: cut(rows.close),
    volume,
  };
}

function isFlat(rows: RowColumns): boolean {
  for (let index = 0; index < rows.length; index++) {
    if (rows.high[index] !== rows.low[index]) return false;
  }
  return true;
}

interface Names {
  readonly exchange: string | null;
  readonly symbol: string | null;
}

function nameSeries(raw: RawSeries, source: SeriesSource, notes: string[]): Names {
  const { hints, fromPath } = source;
  const written = hints.symbol ?? raw.symbol ?? fromPath.symbol;
  const venue = raw.exchange ?? fromPath.exchange;
  const exchange =
    hints.exchange ?? (venue === null ? null : withMarket(venue, written, source, raw, notes));
  const symbol = written === null ? null : normalizeSymbol(written, exchange ?? undefined);
  if (hints.symbol === undefined && raw.symbol !== null && fromPath.symbol !== null) {
    const named = normalizeSymbol(fromPath.symbol, exchange ?? undefined);
    if (named !== symbol)
      notes.push(`The name says ${named}, the rows say ${symbol}: read as ${symbol}`);
  }
  return { exchange, symbol };
}

/** Venues that list USD pairs only as coin-margined contracts, beside their spot markets. */
const INVERSE_USD: ReadonlySet<string> = new Set([
  "bybit",
  "binance",
  "okx",
  "bitget",
  "gate",
  "huobi",
  "htx",
]);

function withMarket(
  venue: string,
  symbol: string | null,
  source: SeriesSource,
  raw: RawSeries,
  notes: string[],
): string {
  if (venue === "hyperliquid")
    return (raw.market ?? source.fromPath.market) === "spot" ? "hyperliquid-spot" : venue;
  const market: Market | null = raw.market ?? source.fromPath.market;
  if (market === "spot") return `${venue}-spot`;
  if (market === "inverse") return `${venue}-inverse`;
  const isUsdPair = symbol !== null && /^[A-Z0-9]{2,}USD$/.test(normalizeSymbol(symbol));
  if (isUsdPair && INVERSE_USD.has(venue)) {
    notes.push(`A ${venue} contract quoted in USD is coin-margined: read as ${venue}-inverse`);
    return `${venue}-inverse`;
  }
  if (market === null) {
    notes.push(
      `Neither path nor content names the market: read as linear perpetual of ${venue}; name the exchange ${venue}-spot if it is spot`,
    );
  }
  return venue;
}
