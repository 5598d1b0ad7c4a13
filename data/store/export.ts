import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import { makeFile, writeText } from "./atomic-file.ts";
import { csvNumber, isoTime } from "./csv-text.ts";
import type { MarketStore, Period } from "./market-store.ts";
import { type SeriesColumns, tableOf } from "./series-columns.ts";

export type ExportFormat = "csv" | "parquet" | "arrow";

export interface ExportOptions {
  readonly path: string;
  readonly format: ExportFormat;
  readonly period?: Period | undefined;
  /** `iso` (the default): ISO-8601 text in CSV, timestamps elsewhere; `ms`: epoch milliseconds. */
  readonly times?: "iso" | "ms" | undefined;
  /** `refuse` unless said otherwise. */
  readonly ifExists?: "refuse" | "replace" | undefined;
}

export interface Exported {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes stored rows to a file, whole or not at all. Importing the file again gives the same rows: numbers are
 * written exactly, unknown volumes as missing.
 *
 * @throws E_DATA_UNKNOWN_SERIES, E_DATA_PERIOD when the period holds no rows, E_REFUSED when the file exists,
 * E_DISK_FULL, E_NOT_WRITABLE
 */
export async function exportSeries(
  store: MarketStore,
  key: SeriesKey,
  options: ExportOptions,
): Promise<Exported> {
  const { rows } = await store.readSeries(key, options.period);
  return exportRows(key, rows, options);
}

/**
 * Writes rows that are in memory already, such as bars built from shorter ones.
 *
 * @throws E_DATA_PERIOD when there are none, E_REFUSED when the file exists, E_DISK_FULL, E_NOT_WRITABLE
 */
export async function exportRows(
  key: SeriesKey,
  rows: SeriesColumns,
  options: Omit<ExportOptions, "period">,
): Promise<Exported> {
  const label = seriesLabel(key);
  if (rows.length === 0) {
    throw new DrydockError("E_DATA_PERIOD", `"${label}" has no rows in this period`, {
      while: `exporting to ${options.path}`,
      hint: "Run drydock data ls to see the period it has",
    });
  }
  const { path, ifExists, times = "iso" } = options;
  const names = tableOf(key.kind).columns;
  const doing = `exporting ${label}`;
  await makeFile({ path, ifExists, while: doing }, async (temporary) => {
    if (options.format === "csv") {
      writeText(temporary, csvLines(names, rows, times));
    } else if (options.format === "parquet") {
      const { writeParquet } = await import("./write-parquet.ts");
      await writeParquet(temporary, {
        length: rows.length,
        columns: names.map((name, position) => ({
          name,
          values: rows.columns[position] as Float64Array,
          type: columnType(name, times),
        })),
      });
    } else {
      const { writeArrow } = await import("./write-arrow.ts");
      writeArrow(temporary, names, rows, times);
    }
  }).catch((error: unknown) => {
    if (!(error instanceof DrydockError) || error.code !== "E_NOT_WRITABLE") throw error;
    if (!existsSync(dirname(path))) throw error;
    // The store has nothing to do with the folder of an export.
    throw new DrydockError(error.code, error.message, {
      while: doing,
      hint: `Check the owner and the mode of "${dirname(path)}", or choose another folder`,
      cause: error,
    });
  });
  return { path, rows: rows.length, bytes: statSync(path).size };
}

function columnType(
  name: string,
  times: "iso" | "ms",
): "double" | "unknown-as-null" | "timestamp" | "int64" {
  if (name === "time") return times === "iso" ? "timestamp" : "int64";
  return name === "volume" ? "unknown-as-null" : "double";
}

function* csvLines(
  names: readonly string[],
  rows: SeriesColumns,
  times: "iso" | "ms",
): Generator<string> {
  yield `${names.join(",")}\n`;
  const [time, ...values] = rows.columns as [Float64Array, ...Float64Array[]];
  for (let row = 0; row < rows.length; row++) {
    const at = time[row] as number;
    let line = times === "iso" ? isoTime(at) : String(at);
    for (const column of values) line += `,${csvNumber(column[row] as number)}`;
    yield `${line}\n`;
  }
}
