import type { DuckDBConnection } from "@duckdb/node-api";
import { type SeriesKey, type SeriesKind, seriesLabel } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import { type ImportRecord, parseImport } from "./provenance.ts";

/** A series as `data ls` shows it. Times are open times of bars or stamps of funding, epoch ms UTC. */
export interface StoredSeries {
  readonly key: SeriesKey;
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
  /** Bars missing between the first and the last; null for funding, whose interval a venue may change. */
  readonly missingBars: number | null;
  /** Decimals that the prices need; null for funding. */
  readonly priceDecimals: number | null;
  /** Oldest first. */
  readonly imports: readonly ImportRecord[];
}

export async function findSeriesId(
  connection: DuckDBConnection,
  key: SeriesKey,
): Promise<number | undefined> {
  const reader = await connection.runAndReadAll(
    `SELECT series_id FROM series
     WHERE kind = $1 AND exchange = $2 AND symbol = $3 AND "interval" = $4`,
    [key.kind, key.exchange, key.symbol, key.interval],
  );
  const id = reader.getRows()[0]?.[0];
  return id === undefined || id === null ? undefined : Number(id);
}

/** @throws E_DATA_UNKNOWN_SERIES, naming what the store has instead. */
export async function requireSeriesId(
  connection: DuckDBConnection,
  key: SeriesKey,
): Promise<number> {
  const id = await findSeriesId(connection, key);
  if (id === undefined) throw unknownSeries(key, await listSeries(connection));
  return id;
}

/** Enters a series, within the transaction of the connection, and returns its number. */
export async function insertSeries(
  connection: DuckDBConnection,
  key: SeriesKey,
  intervalMs: number,
): Promise<number> {
  const reader = await connection.runAndReadAll(
    `INSERT INTO series
     SELECT coalesce(max(series_id), 0) + 1, $1, $2, $3, $4, $5::BIGINT FROM series
     RETURNING series_id`,
    [key.kind, key.exchange, key.symbol, key.interval, BigInt(intervalMs)],
  );
  return Number(reader.getRows()[0]?.[0]);
}

/** All series, sorted by exchange, symbol, kind and length of the interval. */
export async function listSeries(connection: DuckDBConnection): Promise<StoredSeries[]> {
  const imports = await importsBySeries(connection);
  const reader = await connection.runAndReadAll(
    `SELECT s.series_id, s.kind, s.exchange, s.symbol, s."interval", s.interval_ms,
       sum(m.rows)::DOUBLE, min(m.first_time), max(m.last_time), max(m.price_decimals)
     FROM series s JOIN months m USING (series_id)
     GROUP BY ALL ORDER BY s.exchange, s.symbol, s.kind, s.interval_ms, s.series_id`,
  );
  return reader.getRows().map((row) => {
    const [id, kind, exchange, symbol, interval, intervalMs, rows, first, last, decimals] = row;
    const [firstTime, lastTime] = [Number(first), Number(last)];
    const bars = Math.round((lastTime - firstTime) / Number(intervalMs)) + 1;
    return {
      key: {
        kind: String(kind) as SeriesKind,
        exchange: String(exchange),
        symbol: String(symbol),
        interval: String(interval),
      },
      rows: Number(rows),
      firstTime,
      lastTime,
      missingBars: kind === "funding" ? null : Math.max(0, bars - Number(rows)),
      priceDecimals: decimals === null || decimals === undefined ? null : Number(decimals),
      imports: imports.get(Number(id)) ?? [],
    };
  });
}

async function importsBySeries(connection: DuckDBConnection): Promise<Map<number, ImportRecord[]>> {
  const reader = await connection.runAndReadAll(
    `SELECT series_id, imported_at, source, files, inserted, replaced, unchanged
     FROM imports ORDER BY series_id, imported_at, rowid`,
  );
  const imports = new Map<number, ImportRecord[]>();
  for (const [id, ...row] of reader.getRows()) {
    const list = imports.get(Number(id)) ?? [];
    list.push(parseImport(row));
    imports.set(Number(id), list);
  }
  return imports;
}

function unknownSeries(key: SeriesKey, stored: readonly StoredSeries[]): DrydockError {
  const similar = stored.filter((series) => series.key.symbol === key.symbol);
  const names = (similar.length > 0 ? similar : stored).map((series) => seriesLabel(series.key));
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : "";
  return new DrydockError(
    "E_DATA_UNKNOWN_SERIES",
    `The store has no series "${seriesLabel(key)}"`,
    {
      hint: names.length > 0 ? `It has ${shown}${more}` : "Run drydock data import <file>",
      ...(names.length > 0 ? { or: "import or fetch it: drydock data import <file>" } : {}),
    },
  );
}

const NAMES_SHOWN = 6;
