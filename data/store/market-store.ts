import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { hashMonths } from "#data/hashes/month-hashes.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { type Database, type OpenMode, openDatabase } from "./database.ts";
import { type InstrumentRecord, readInstruments, writeInstruments } from "./instrument-table.ts";
import {
  MARKET_MIGRATIONS,
  type Migration,
  migrate,
  newerSchema,
  newestVersion,
  readSchemaVersion,
} from "./market-schema.ts";
import { monthsWithin, readMonths, type StoredMonth } from "./month-table.ts";
import type { Provenance } from "./provenance.ts";
import { readRows } from "./read-rows.ts";
import {
  barColumns,
  fundingColumns,
  type SeriesColumns,
  tableOf,
  toBars,
  toFunding,
} from "./series-columns.ts";
import { findSeriesId, listSeries, requireSeriesId, type StoredSeries } from "./series-table.ts";
import { miscounted } from "./store-errors.ts";
import { type WriteCounts, writeSeries } from "./write-series.ts";

/** Open times `[from, to)` in epoch ms UTC; without a bound, all there is. */
export interface Period {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface WriteOptions {
  /** What happens when a stored row has other values; `refuse` unless said otherwise. */
  readonly onConflict?: "refuse" | "replace" | undefined;
}

/** Rows of a series with all its months, read at one moment. */
export interface SeriesRows {
  readonly rows: SeriesColumns;
  readonly months: readonly StoredMonth[];
}

export interface OpenOptions {
  readonly mode: OpenMode;
  /** For tests of migrations. */
  readonly migrations?: readonly Migration[] | undefined;
}

/** So many rows are read at a time; a result is held by DuckDB and by us until it is copied. */
const PIECE_ROWS = 500_000;

/**
 * Opens `.drydock/market.duckdb`. For writing it is created and its schema brought up to date; for reading it has to
 * exist. Any number of processes may read at a time; while one writes, no other can open it, not even for reading.
 *
 * @throws E_DATA_MISSING when there is no store to read.
 * @throws E_STORE_LOCKED, E_STORE_CORRUPT, E_STORE_VERSION, E_NOT_WRITABLE, E_DISK_FULL
 */
export async function openMarketStore(path: string, options: OpenOptions): Promise<MarketStore> {
  const migrations = options.migrations ?? MARKET_MIGRATIONS;
  const isNew = !existsSync(path);
  if (isNew && options.mode === "read") throw missingStore(path);
  let database = await openDatabase(path, options.mode);
  try {
    if (options.mode === "write") {
      await migrate(database, migrations);
      if (isNew) syncFolder(dirname(path));
    } else {
      const version = await readSchemaVersion(database);
      const newest = newestVersion(migrations);
      if (version > newest) throw newerSchema(path, version, newest);
      if (version === 0) throw missingStore(path);
      if (version < newest) {
        await database.close();
        await upgrade(path, migrations);
        database = await openDatabase(path, "read");
      }
    }
    return new MarketStore(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Candles, mark and index prices, funding rates and instruments of one `market.duckdb`. */
export class MarketStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get path(): string {
    return this.#database.path;
  }

  /**
   * Stores bars in one transaction: all of them or none.
   *
   * @throws E_DATA_CONFLICT, E_DATA_FORMAT, E_DISK_FULL
   */
  writeBars(
    key: SeriesKey,
    bars: BarColumns,
    provenance: Provenance,
    options: WriteOptions = {},
  ): Promise<WriteCounts> {
    const intervalMs = parseInterval(key.interval);
    assert(key.kind !== "funding", () => "Funding rates are no bars");
    assert(bars.intervalMs === intervalMs, () => `Bars of ${seriesLabel(key)}: ${bars.intervalMs}`);
    return this.#write(key, intervalMs, barColumns(bars), provenance, options);
  }

  /** Stores funding rates in one transaction, as `writeBars` does. */
  writeFunding(
    key: SeriesKey,
    funding: FundingColumns,
    provenance: Provenance,
    options: WriteOptions = {},
  ): Promise<WriteCounts> {
    assert(key.kind === "funding", () => `Not a funding series: ${seriesLabel(key)}`);
    assert(key.interval === "", () => `Funding has no interval: ${seriesLabel(key)}`);
    return this.#write(key, 0, fundingColumns(funding), provenance, options);
  }

  /** All series, sorted by exchange, symbol, kind and length of the interval. */
  listSeries(): Promise<StoredSeries[]> {
    return this.#database.read("listing the stored series", listSeries);
  }

  /** @throws E_DATA_UNKNOWN_SERIES */
  async readBars(key: SeriesKey, period: Period = {}): Promise<BarColumns> {
    assert(key.kind !== "funding", () => "Funding rates are no bars");
    const { rows } = await this.readSeries(key, period);
    return toBars(rows, parseInterval(key.interval));
  }

  /** @throws E_DATA_UNKNOWN_SERIES */
  async readFunding(key: SeriesKey, period: Period = {}): Promise<FundingColumns> {
    assert(key.kind === "funding", () => `Not a funding series: ${seriesLabel(key)}`);
    return toFunding((await this.readSeries(key, period)).rows);
  }

  /**
   * The months of a series, with the hashes computed when it was written.
   *
   * @throws E_DATA_UNKNOWN_SERIES
   */
  readMonths(key: SeriesKey): Promise<StoredMonth[]> {
    return this.#database.read(`reading the months of ${seriesLabel(key)}`, async (connection) =>
      readMonths(connection, await requireSeriesId(connection, key)),
    );
  }

  /**
   * Rows as columns in shared memory, sorted by time, with the months of the whole series.
   *
   * @throws E_DATA_UNKNOWN_SERIES
   */
  readSeries(key: SeriesKey, period: Period = {}): Promise<SeriesRows> {
    const label = seriesLabel(key);
    const from = period.from ?? -Infinity;
    const to = period.to ?? Infinity;
    return this.#database.read(`reading ${label}`, async (connection) => {
      // One snapshot for rows and months, should somebody in this process be writing.
      await connection.run("BEGIN TRANSACTION READ ONLY");
      const seriesId = await requireSeriesId(connection, key);
      const months = await readMonths(connection, seriesId);
      const touched = monthsWithin(months, from, to);
      const capacity = touched.reduce((sum, month) => sum + month.rows, 0);
      const table = tableOf(key.kind);
      const cuts = pieceCuts(touched);
      const read = { table, seriesId, label, from, to, capacity, cuts };
      const rows = await readRows(connection, read);
      await connection.run("COMMIT");
      const isWhole = touched.every(
        ({ firstTime, lastTime }) => firstTime >= from && lastTime < to,
      );
      if (isWhole && rows.length !== capacity) throw miscounted(label, "fewer rows than it counts");
      return { rows, months };
    });
  }

  /**
   * Reads a series and computes its month hashes again; returns the months whose rows are not what was written.
   *
   * @throws E_DATA_UNKNOWN_SERIES, E_STORE_CORRUPT
   */
  async verifySeries(key: SeriesKey): Promise<readonly string[]> {
    const { rows, months } = await this.readSeries(key);
    const [time, ...values] = rows.columns as [Float64Array, ...Float64Array[]];
    const found = new Map(
      hashMonths(time, rows.length, values).map(({ month, hash }) => [month, hash]),
    );
    const recorded = new Map(months.map(({ month, hash }) => [month, hash]));
    return [...new Set([...found.keys(), ...recorded.keys()])]
      .filter((month) => found.get(month) !== recorded.get(month))
      .sort();
  }

  /**
   * Removes a series with all that belongs to it and returns how many rows it had.
   *
   * @throws E_DATA_UNKNOWN_SERIES
   */
  async removeSeries(key: SeriesKey): Promise<number> {
    const doing = `removing ${seriesLabel(key)}`;
    const rows = await this.#database.transact(doing, async (connection) => {
      const id = await requireSeriesId(connection, key);
      const months = await readMonths(connection, id);
      for (const table of [tableOf(key.kind).table, "months", "imports", "series"]) {
        await connection.run(`DELETE FROM ${table} WHERE series_id = ${id}`);
      }
      return months.reduce((sum, month) => sum + month.rows, 0);
    });
    await this.#database.checkpoint("always");
    return rows;
  }

  /** Whether the store has the series. */
  hasSeries(key: SeriesKey): Promise<boolean> {
    return this.#database.read(`looking for ${seriesLabel(key)}`, async (connection) => {
      return (await findSeriesId(connection, key)) !== undefined;
    });
  }

  /** Stores instrument records, replacing those of the same exchange, symbol and validity. */
  writeInstruments(records: readonly InstrumentRecord[]): Promise<void> {
    return this.#database.transact("storing instruments", (connection) =>
      writeInstruments(connection, records),
    );
  }

  /** Instrument records sorted by exchange, symbol and validity; possibly none. */
  readInstruments(
    filter: { readonly exchange?: string | undefined; readonly symbol?: string | undefined } = {},
  ): Promise<InstrumentRecord[]> {
    return this.#database.read("reading instruments", (connection) =>
      readInstruments(connection, filter),
    );
  }

  /** Closes the store; the file is released when the last user in this process closes it. */
  close(): Promise<void> {
    return this.#database.close();
  }

  async #write(
    key: SeriesKey,
    intervalMs: number,
    rows: SeriesColumns,
    provenance: Provenance,
    options: WriteOptions,
  ): Promise<WriteCounts> {
    const onConflict = options.onConflict ?? "refuse";
    const counts = await this.#database.transact(`storing ${seriesLabel(key)}`, (connection) =>
      writeSeries(connection, { key, intervalMs, rows, provenance, onConflict }),
    );
    await this.#database.checkpoint("large");
    return counts;
  }
}

/** Times that cut a series into pieces of whole months and about as many rows as are read at once. */
function pieceCuts(months: readonly StoredMonth[]): number[] {
  const cuts: number[] = [];
  let rows = 0;
  for (const month of months) {
    if (rows > 0 && rows + month.rows > PIECE_ROWS) {
      cuts.push(month.firstTime);
      rows = 0;
    }
    rows += month.rows;
  }
  return cuts;
}

async function upgrade(path: string, migrations: readonly Migration[]): Promise<void> {
  const database = await openDatabase(path, "write");
  try {
    await migrate(database, migrations);
  } finally {
    await database.close();
  }
}

/** DuckDB syncs its file but not the folder, so a new file could be lost with the power. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function missingStore(path: string): DrydockError {
  return new DrydockError(
    "E_DATA_MISSING",
    `There is no market data yet: "${path}" does not exist`,
    {
      while: `opening ${path}`,
      hint: "drydock data import <file>, or drydock data generate for a synthetic market",
      or: "drydock data generate makes synthetic candles",
    },
  );
}
