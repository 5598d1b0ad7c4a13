import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { fingerprint } from "#data/hashes/data-fingerprint.ts";
import type { MonthSummary } from "#data/hashes/month-hashes.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { assert } from "#engine/assert.ts";
import { type BarColumns, type FundingColumns, lowerBound } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { readCacheFile, writeCacheFile } from "./cache-file.ts";
import type { MarketStore, Period } from "./market-store.ts";
import { monthsWithin, type StoredMonth, usedMonths } from "./month-table.ts";
import { type SeriesColumns, sliceColumns, tableOf, toBars, toFunding } from "./series-columns.ts";

/**
 * Columns of stored series as Arrow files under `.drydock/cache`, each a whole series in one version. The name holds
 * the hash of the month hashes, so a file is either right or not found; nothing has to be invalidated. Files are
 * read into shared memory, from where workers use them without copying. The cache may be deleted at any time.
 */
export interface ColumnCache {
  readonly folder: string;
  /** Bytes of all files together; the least recently used go first. */
  readonly bytesMax?: number | undefined;
  /** Loads of fewer rows leave no file behind. */
  readonly rowsMin?: number | undefined;
}

/** What a load came to, besides the rows. */
export interface Loaded {
  /** Hashes of the rows used, for the data fingerprint. */
  readonly months: readonly MonthSummary[];
  readonly source: "cache" | "store";
  /** What the user should hear of: a damaged cache file, a cache that cannot be written. */
  readonly notices: readonly string[];
}

export interface LoadedBars extends Loaded {
  readonly bars: BarColumns;
}

export interface LoadedFunding extends Loaded {
  readonly funding: FundingColumns;
}

const BYTES_MAX = 4 * 1_073_741_824;
/** Fewer rows come from DuckDB about as fast, and are not worth a file of the whole series. */
const ROWS_MIN = 200_000;
/** A temporary file older than this was left by a process that died. */
const STALE_MS = 3_600_000;

/** @throws E_DATA_UNKNOWN_SERIES */
export async function loadBars(
  store: MarketStore,
  cache: ColumnCache,
  key: SeriesKey,
  period: Period = {},
): Promise<LoadedBars> {
  assert(key.kind !== "funding", () => "Funding rates are no bars");
  const { rows, ...loaded } = await loadColumns(store, cache, key, period);
  return { bars: toBars(rows, parseInterval(key.interval)), ...loaded };
}

/** @throws E_DATA_UNKNOWN_SERIES */
export async function loadFunding(
  store: MarketStore,
  cache: ColumnCache,
  key: SeriesKey,
  period: Period = {},
): Promise<LoadedFunding> {
  assert(key.kind === "funding", () => `Not a funding series: ${seriesLabel(key)}`);
  const { rows, ...loaded } = await loadColumns(store, cache, key, period);
  return { funding: toFunding(rows), ...loaded };
}

/**
 * Loads the rows of a period from the cache, else from the store, leaving a cache file behind for the next time.
 *
 * @throws E_DATA_UNKNOWN_SERIES
 */
export async function loadColumns(
  store: MarketStore,
  cache: ColumnCache,
  key: SeriesKey,
  period: Period = {},
): Promise<Loaded & { readonly rows: SeriesColumns }> {
  const months = await store.readMonths(key);
  const wanted = { from: period.from ?? -Infinity, to: period.to ?? Infinity };
  const touched = monthsWithin(months, wanted.from, wanted.to);
  const notices: string[] = [];
  const file = cachePath(cache.folder, key, months);
  const cached = await readCached(file, key, months, touched, notices);
  if (cached !== undefined) {
    touch(file);
    const rows = cutPeriod(cached, wanted);
    return { rows, months: usedMonths(months, rows), source: "cache", notices };
  }
  const rowsTouched = touched.reduce((sum, month) => sum + month.rows, 0);
  const isWorthIt = rowsTouched >= (cache.rowsMin ?? ROWS_MIN);
  const read = await store.readSeries(key, isWorthIt ? {} : period);
  if (isWorthIt) await keep(cache, key, read.rows, read.months, notices);
  const rows = cutPeriod(read.rows, wanted);
  return { rows, months: usedMonths(read.months, rows), source: "store", notices };
}

async function readCached(
  file: string,
  key: SeriesKey,
  months: readonly StoredMonth[],
  touched: readonly StoredMonth[],
  notices: string[],
): Promise<SeriesColumns | undefined> {
  const first = months.findIndex((month) => month === touched[0]);
  if (first < 0) return undefined;
  try {
    const rows = await readCacheFile(file, {
      fingerprint: fingerprint([{ key, months }]),
      columns: tableOf(key.kind).columns.length,
      months: { first, last: first + touched.length - 1 },
    });
    if (typeof rows === "object") return rows;
    if (rows === "damaged") notices.push(`Rebuilt the damaged cache file "${basename(file)}"`);
  } catch (error) {
    notices.push(`Cannot read the column cache: ${reason(error)}`);
  }
  return undefined;
}

async function keep(
  cache: ColumnCache,
  key: SeriesKey,
  rows: SeriesColumns,
  months: readonly StoredMonth[],
  notices: string[],
): Promise<void> {
  const file = cachePath(cache.folder, key, months);
  try {
    mkdirSync(cache.folder, { recursive: true });
    await writeCacheFile(file, {
      fingerprint: fingerprint([{ key, months }]),
      names: tableOf(key.kind).columns,
      label: seriesLabel(key),
      rows,
      months,
    });
    removeOldFiles(cache, file, seriesPrefix(key));
  } catch (error) {
    // The run has its rows; without a cache it starts more slowly the next time, which is no reason to stop.
    notices.push(`Cannot write the column cache: ${reason(error)}`);
  }
}

/** Removes other versions of the series, leftovers of dead processes, and what exceeds the limit, oldest first. */
function removeOldFiles(cache: ColumnCache, written: string, prefix: string): void {
  const now = Date.now();
  const files = readdirSync(cache.folder).flatMap((name) => {
    const path = join(cache.folder, name);
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts === undefined ? [] : [{ name, path, bytes: facts.size, usedAt: facts.mtimeMs }];
  });
  let bytes = 0;
  for (const file of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
    if (file.name.endsWith(".tmp")) {
      if (now - file.usedAt > STALE_MS) rmSync(file.path, { force: true });
      continue;
    }
    if (!file.name.endsWith(".arrow")) continue;
    bytes += file.bytes;
    if (file.path === written) continue;
    const isOldVersion = file.name.startsWith(prefix);
    if (isOldVersion || bytes > (cache.bytesMax ?? BYTES_MAX)) {
      rmSync(file.path, { force: true });
      bytes -= file.bytes;
    }
  }
}

function cachePath(folder: string, key: SeriesKey, months: readonly StoredMonth[]): string {
  return join(folder, `${seriesPrefix(key)}${fingerprint([{ key, months }]).slice(0, 32)}.arrow`);
}

/** The dot before the hash cannot stand in a name, so no series' prefix begins another's. */
function seriesPrefix(key: SeriesKey): string {
  const words = [key.exchange, key.symbol, key.interval, key.kind].filter((word) => word !== "");
  return `${words.map((word) => word.replaceAll(/[^A-Za-z0-9]/g, "_")).join("-")}.`;
}

function cutPeriod(
  rows: SeriesColumns,
  period: { readonly from: number; readonly to: number },
): SeriesColumns {
  const time = rows.columns[0] as Float64Array;
  const start = lowerBound(time, rows.length, period.from);
  const end = lowerBound(time, rows.length, period.to);
  return sliceColumns(rows, start, Math.max(start, end));
}

/** Marks the file as used now; when that fails, it only is removed earlier. */
function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch (error) {
    assert(error instanceof Error && "code" in error, () => `A file error: ${String(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
