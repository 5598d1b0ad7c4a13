import type { EquityColumns, FillRow, Trade } from "#engine/result/run-result.ts";
import { isoTime } from "./iso-time.ts";

/**
 * The CSV files of a run: RFC 4180 with line feeds, a header line, ISO-8601 UTC times, numbers as the shortest text
 * that reads back to the same double, an empty cell for null. Text arrives in pieces, so that a million rows need
 * no string of their size.
 */

/** The fields of a trade in `backtest --json`, in that order. */
export const TRADE_FIELDS = [
  "id",
  "symbol",
  "side",
  "openedAt",
  "closedAt",
  "entryPrice",
  "exitPrice",
  "qty",
  "grossPnl",
  "fees",
  "funding",
  "netPnl",
  "returnPct",
  "exitReason",
  "exitDetail",
  "bars",
  "mae",
  "mfe",
] as const satisfies readonly (keyof Trade)[];

export const EQUITY_FIELDS = ["time", "equity", "equityLow", "grossNotional"] as const;

/** The fields of an execution, in the order of `FillRow`. */
export const FILL_FIELDS = [
  "time",
  "symbol",
  "side",
  "price",
  "qty",
  "fee",
  "liquidity",
  "slippage",
  "participation",
  "tradeId",
  "reason",
] as const satisfies readonly (keyof FillRow)[];

/** Rows of one piece of text. */
const ROWS_PER_PIECE = 1000;

const TIME_FIELDS: ReadonlySet<string> = new Set(["openedAt", "closedAt"]);

/** One line per trade; an open trade has empty cells where it has no exit yet. */
export function* tradesCsv(trades: readonly Trade[]): Generator<string> {
  yield `${TRADE_FIELDS.join(",")}\n`;
  yield* inPieces(trades.length, (row) => {
    const trade = trades[row] as Trade;
    let line = "";
    for (const field of TRADE_FIELDS) {
      if (line !== "") line += ",";
      const value = trade[field];
      if (typeof value === "string") line += quoted(value);
      else if (value !== null) line += TIME_FIELDS.has(field) ? isoTime(value) : value;
    }
    return line;
  });
}

/** One line per bar close. The file is one that `drydock tearsheet` reads. */
export function* equityCsv(equity: EquityColumns): Generator<string> {
  yield `${EQUITY_FIELDS.join(",")}\n`;
  yield* inPieces(
    equity.length,
    (row) =>
      `${isoTime(equity.time[row] as number)},${equity.equity[row]},${equity.equityLow[row]},${equity.grossNotional[row]}`,
  );
}

/** One line per execution, in order; an unknown participation is an empty cell. */
export function* fillsCsv(fills: readonly FillRow[]): Generator<string> {
  yield `${FILL_FIELDS.join(",")}\n`;
  yield* inPieces(fills.length, (row) => {
    const fill = fills[row] as FillRow;
    const { symbol, side, price, qty, fee, liquidity, slippage, participation } = fill;
    const share = Number.isNaN(participation) ? "" : participation;
    return `${isoTime(fill.time)},${quoted(symbol)},${side},${price},${qty},${fee},${liquidity},${slippage},${share},${fill.tradeId},${fill.reason}`;
  });
}

function* inPieces(count: number, line: (row: number) => string): Generator<string> {
  for (let from = 0; from < count; from += ROWS_PER_PIECE) {
    let piece = "";
    const to = Math.min(count, from + ROWS_PER_PIECE);
    for (let row = from; row < to; row++) piece += `${line(row)}\n`;
    yield piece;
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
