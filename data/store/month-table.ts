import type { DuckDBConnection } from "@duckdb/node-api";
import { hashMonths, type MonthSummary } from "#data/hashes/month-hashes.ts";
import { monthEnd, monthStart, splitMonths } from "#data/hashes/utc-month.ts";
import { priceDecimals } from "./price-decimals.ts";
import { type SeriesColumns, type SeriesTable, sliceColumns } from "./series-columns.ts";

/** One UTC month of a stored series, computed when it was written. */
export interface StoredMonth extends MonthSummary {
  /** Decimals that the prices of the month need; null for funding. */
  readonly priceDecimals: number | null;
}

/** The months of a series in order of time. */
export async function readMonths(
  connection: DuckDBConnection,
  seriesId: number,
): Promise<StoredMonth[]> {
  const reader = await connection.runAndReadAll(
    `SELECT month, hash, rows, first_time, last_time, price_decimals
     FROM months WHERE series_id = ${seriesId} ORDER BY month`,
  );
  return reader.getRows().map(([month, hash, rows, first, last, decimals]) => ({
    month: String(month),
    hash: String(hash),
    rows: Number(rows),
    firstTime: Number(first),
    lastTime: Number(last),
    priceDecimals: decimals === null ? null : Number(decimals),
  }));
}

/** Summarises whole months of rows. */
export function summarizeMonths(table: SeriesTable, rows: SeriesColumns): StoredMonth[] {
  const [time, ...values] = rows.columns as [Float64Array, ...Float64Array[]];
  let start = 0;
  return hashMonths(time, rows.length, values).map((month) => {
    const end = start + month.rows;
    const prices = sliceColumns(rows, start, end).columns.slice(1, 5);
    start = end;
    return { ...month, priceDecimals: table.table === "bars" ? priceDecimals(prices) : null };
  });
}

/** Replaces the entries of the given months, within the transaction of the connection. */
export async function replaceMonths(
  connection: DuckDBConnection,
  seriesId: number,
  months: readonly StoredMonth[],
): Promise<void> {
  const first = months[0];
  const last = months.at(-1);
  if (first === undefined || last === undefined) return;
  await connection.run("DELETE FROM months WHERE series_id = $1 AND month BETWEEN $2 AND $3", [
    seriesId,
    first.month,
    last.month,
  ]);
  const appender = await connection.createAppender("months");
  for (const month of months) {
    appender.appendInteger(seriesId);
    appender.appendVarchar(month.month);
    appender.appendBigInt(BigInt(month.rows));
    appender.appendBigInt(BigInt(month.firstTime));
    appender.appendBigInt(BigInt(month.lastTime));
    appender.appendVarchar(month.hash);
    if (month.priceDecimals === null) appender.appendNull();
    else appender.appendInteger(month.priceDecimals);
    appender.endRow();
  }
  appender.closeSync();
}

/** The months that a period touches. */
export function monthsWithin(
  months: readonly StoredMonth[],
  from: number,
  to: number,
): readonly StoredMonth[] {
  return months.filter(({ month }) => monthEnd(month) > from && monthStart(month) < to);
}

/**
 * The hashes of the rows of a period, as the fingerprint wants them: those on record where a month is used whole,
 * computed from the rows where only a part of it is.
 */
export function usedMonths(stored: readonly StoredMonth[], rows: SeriesColumns): MonthSummary[] {
  const known = new Map(stored.map((month) => [month.month, month]));
  const time = rows.columns[0] as Float64Array;
  const used: MonthSummary[] = [];
  for (const { month, start, end } of splitMonths(time, rows.length)) {
    const record = known.get(month);
    if (record !== undefined && record.rows === end - start) {
      used.push(record);
    } else {
      const part = sliceColumns(rows, start, end);
      used.push(...hashMonths(part.columns[0] as Float64Array, part.length, part.columns.slice(1)));
    }
  }
  return used;
}
