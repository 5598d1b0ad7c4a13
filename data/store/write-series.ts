import { BIGINT, type DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { monthEnd, monthOf, monthStart } from "#data/hashes/utc-month.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { appendRows } from "./append-rows.ts";
import { isoTime } from "./csv-text.ts";
import { type Conflict, type MergePlan, mergeRows, planMerge } from "./merge-rows.ts";
import { monthsWithin, readMonths, replaceMonths, summarizeMonths } from "./month-table.ts";
import { insertImport, type Provenance } from "./provenance.ts";
import { readRows } from "./read-rows.ts";
import { allocateShared, type SeriesColumns, tableOf } from "./series-columns.ts";
import { findSeriesId, insertSeries } from "./series-table.ts";

export interface WriteCounts {
  readonly inserted: number;
  /** Rows that are stored already, with the same values. */
  readonly unchanged: number;
  /** Rows that were stored with other values. */
  readonly replaced: number;
}

export interface SeriesToWrite {
  readonly key: SeriesKey;
  /** 0 for funding. */
  readonly intervalMs: number;
  readonly rows: SeriesColumns;
  readonly provenance: Provenance;
  readonly onConflict: "refuse" | "replace";
}

/**
 * Stores rows of one series together with its month hashes, within the transaction of the connection. Rows that are
 * there already are left alone, so the same import twice changes nothing.
 *
 * @throws E_DATA_CONFLICT when a stored row has other values and they are not to be replaced.
 * @throws E_DATA_FORMAT when the rows are not sorted or hold a price that is no number.
 */
export async function writeSeries(
  connection: DuckDBConnection,
  write: SeriesToWrite,
): Promise<WriteCounts> {
  const { key, rows: incoming } = write;
  checkRows(key, incoming);
  if (incoming.length === 0) return { inserted: 0, unchanged: 0, replaced: 0 };
  const known = await findSeriesId(connection, key);
  const seriesId = known ?? (await insertSeries(connection, key, write.intervalMs));
  const span = wholeMonths(incoming);
  const stored = await readSpan(connection, key, seriesId, span);
  const plan = planMerge(stored, incoming);
  if (plan.replaces.length > 0 && write.onConflict === "refuse") throw conflict(key, plan);
  const counts = {
    inserted: plan.inserts.length,
    unchanged: plan.unchanged,
    replaced: plan.replaces.length,
  };
  const table = tableOf(key.kind);
  const merged = mergeRows(stored, incoming);
  if (counts.inserted + counts.replaced === 0) {
    // Replacing is also the way to mend a store whose record of a month is wrong.
    if (write.onConflict === "replace") {
      await replaceMonths(connection, seriesId, summarizeMonths(table, merged));
    }
    return counts;
  }
  await deleteTimes(connection, table.table, seriesId, incoming, plan.replaces);
  const indexes = sortedUnion(plan.inserts, plan.replaces);
  await appendRows(connection, { table, seriesId, rows: incoming, indexes });
  await replaceMonths(connection, seriesId, summarizeMonths(table, merged));
  await insertImport(connection, seriesId, { ...write.provenance, ...counts });
  await checkSpan(connection, { table: table.table, seriesId, span, rows: merged.length });
  return counts;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The UTC months that the rows touch, from the beginning of the first to the end of the last. */
function wholeMonths(rows: SeriesColumns): Span {
  const time = rows.columns[0] as Float64Array;
  return {
    from: monthStart(monthOf(time[0] as number)),
    to: monthEnd(monthOf(time[rows.length - 1] as number)),
  };
}

async function readSpan(
  connection: DuckDBConnection,
  key: SeriesKey,
  seriesId: number,
  span: Span,
): Promise<SeriesColumns> {
  const table = tableOf(key.kind);
  const months = monthsWithin(await readMonths(connection, seriesId), span.from, span.to);
  const capacity = months.reduce((sum, month) => sum + month.rows, 0);
  if (capacity === 0) return allocateShared(table.columns.length, 0);
  const label = seriesLabel(key);
  return readRows(connection, { table, seriesId, label, ...span, capacity, cuts: [] });
}

async function deleteTimes(
  connection: DuckDBConnection,
  table: string,
  seriesId: number,
  incoming: SeriesColumns,
  rows: Uint32Array,
): Promise<void> {
  if (rows.length === 0) return;
  await connection.run("CREATE TEMP TABLE replaced (time BIGINT)");
  const appender = await connection.createAppender("replaced", null, "temp");
  const times = incoming.columns[0] as Float64Array;
  for (let start = 0; start < rows.length; start += 2_048) {
    const part = rows.subarray(start, start + 2_048);
    const chunk = DuckDBDataChunk.create([BIGINT], part.length);
    chunk.setColumns([Array.from(part, (row) => BigInt(times[row] as number))]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await connection.run(
    `DELETE FROM ${table} USING replaced WHERE series_id = ${seriesId} AND ${table}.time = replaced.time`,
  );
  await connection.run("DROP TABLE temp.replaced");
}

/** Reads back what the months say: the second look at one property, before the transaction ends. */
async function checkSpan(
  connection: DuckDBConnection,
  check: {
    readonly table: string;
    readonly seriesId: number;
    readonly span: Span;
    readonly rows: number;
  },
): Promise<void> {
  const { from, to } = check.span;
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM ${check.table}
     WHERE series_id = ${check.seriesId} AND time >= ${from} AND time < ${to}`,
  );
  const found = Number(reader.getRows()[0]?.[0]);
  assert(found === check.rows, () => `${check.rows} rows were to be stored, ${found} are`);
}

function sortedUnion(first: Uint32Array, second: Uint32Array): Uint32Array {
  if (second.length === 0) return first;
  const union = new Uint32Array(first.length + second.length);
  union.set(first);
  union.set(second, first.length);
  return union.sort();
}

function checkRows(key: SeriesKey, rows: SeriesColumns): void {
  const [time, ...values] = rows.columns as [Float64Array, ...Float64Array[]];
  const required = values.slice(0, 4);
  for (let row = 0; row < rows.length; row++) {
    const at = time[row] as number;
    if (!Number.isSafeInteger(at)) throw badRow(key, row, "has a time that is no whole number");
    if (row > 0 && at <= (time[row - 1] as number)) {
      throw badRow(key, row, `(${isoTime(at)}) is not later than the row before`);
    }
    for (const column of required) {
      if (!Number.isFinite(column[row])) {
        throw badRow(key, row, `(${isoTime(at)}) has a value that is no number`);
      }
    }
  }
}

function badRow(key: SeriesKey, row: number, what: string): DrydockError {
  return new DrydockError("E_DATA_FORMAT", `Row ${row + 1} of "${seriesLabel(key)}" ${what}`, {
    while: "storing it",
    hint: "Run drydock data check on the source",
  });
}

function conflict(key: SeriesKey, plan: MergePlan): DrydockError {
  const names = tableOf(key.kind).columns;
  const places = plan.conflicts.map((place) => describe(place, names));
  const count = plan.replaces.length;
  const more = count > places.length ? `, and ${count - places.length} more` : "";
  return new DrydockError(
    "E_DATA_CONFLICT",
    `${count} ${count === 1 ? "row" : "rows"} of "${seriesLabel(key)}" disagree with the stored ones: ` +
      `${places.join("; ")}${more}`,
    {
      while: "storing it",
      hint: "Find out which source is right; nothing was stored",
      or: "--replace takes the new values",
    },
  );
}

function describe(place: Conflict, names: readonly string[]): string {
  const name = names[place.column] ?? "value";
  return `${isoTime(place.time)} ${name} ${shown(place.stored)}, new ${shown(place.incoming)}`;
}

function shown(value: number): string {
  return Number.isNaN(value) ? "unknown" : String(value);
}
