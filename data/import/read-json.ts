/** JSON documents of candles or funding rates: bare arrays, responses of venues, and objects with named fields. */
import { causeText, emptyFault, unreadableFault } from "./data-fault.ts";
import { readNamedRows, readPositionalRows } from "./json-rows.ts";
import { findTables, type JsonTable } from "./json-tables.ts";
import type { RawSeries } from "./row-columns.ts";

/** @throws E_DATA_FORMAT, or E_FILE_UNREADABLE when the text is cut off. */
export function readJson(path: string, text: string, pathSymbol: string | null): RawSeries[] {
  const document = parseDocument(path, text);
  const tables = findTables(path, document);
  const filled = tables.filter((table) => table.rows.length > 0);
  if (filled.length === 0) throw emptyFault(path);
  return mergePages(filled).flatMap((table) =>
    Array.isArray(table.rows[0])
      ? [readPositionalRows(path, table)]
      : readNamedRows(path, table, pathSymbol),
  );
}

function parseDocument(path: string, text: string): unknown {
  const plain = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(plain);
  } catch (cause) {
    const lines = parseLines(plain);
    if (lines !== null) return lines;
    const reason = causeText(cause);
    const at = /at position (\d+)/.exec(reason)?.[1];
    const isAtEnd = at === undefined || Number(at) >= plain.trimEnd().length;
    if (isAtEnd || /unterminated/i.test(reason)) {
      throw unreadableFault(
        path,
        "is cut off: its JSON has no end",
        "Download the file again",
        cause,
      );
    }
    throw unreadableFault(path, `is no valid JSON: ${reason}`, "Download the file again", cause);
  }
}

/** JSON Lines: one document per line. Null when one of the first two lines is none. */
function parseLines(text: string): unknown[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return null;
  try {
    return lines.map((line) => JSON.parse(line) as unknown);
  } catch {
    // Not one document per line either: the caller reports what is wrong with the whole.
    return null;
  }
}

/** Pages of one series become one table, so that the steps between all rows are seen together. */
function mergePages(tables: readonly JsonTable[]): JsonTable[] {
  const merged = new Map<string, JsonTable & { rows: unknown[] }>();
  for (const table of tables) {
    const shape = Array.isArray(table.rows[0]) ? "array" : "object";
    const key = [shape, table.symbol, table.interval, table.market, table.source].join("\n");
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...table, rows: [...table.rows] });
    else for (const row of table.rows) known.rows.push(row);
  }
  return [...merged.values()];
}
