import { lowerBound, sliceBars } from "#engine/market/bars.ts";
import type { RunResult, Trade } from "#engine/result/run-result.ts";
import { aggregateBars } from "./aggregate-bars.ts";
import { type EncodedColumn, encodeDelta, encodeDoubles, encodeIntegers } from "./column-codec.ts";
import { encodePrices } from "./price-columns.ts";
import { chooseResolution } from "./price-resolution.ts";
import { decimalsOf } from "./report-text.ts";
import { findSegments } from "./time-segments.ts";

/** More trades than this make a report that nobody reads; those with the largest |PnL| stay. */
const TRADES_MAX = 50_000;

/** What the browser needs to know about the columns; stands in the report as JSON. */
export interface ReportMeta {
  readonly from: number;
  readonly to: number;
  readonly startBalance: number;
  /** Length of one row of equity in ms. */
  readonly equityStepMs: number;
  readonly symbols: readonly {
    readonly name: string;
    /** The columns are `<prefix>-o`, `-h`, `-l`, `-c` and the segments `<prefix>-sr`, `-st`. */
    readonly prefix: string;
    readonly decimals: number;
    readonly intervalMs: number;
    readonly sourceIntervalMs: number;
  }[];
  readonly trades: {
    readonly count: number;
    readonly total: number;
    readonly dictionaries: Readonly<
      Record<"symbol" | "reason" | "detail" | "tag", readonly string[]>
    >;
  };
  readonly columns: readonly Omit<EncodedColumn, "planes">[];
}

export interface ReportColumns {
  readonly meta: ReportMeta;
  readonly columns: readonly EncodedColumn[];
}

/** Turns the large parts of a run into columns: equity in full, prices as fine as they fit, trades. */
export function encodeReport(run: RunResult): ReportColumns {
  const equityStepMs = smallestStep(run);
  const prices = encodeSymbols(run);
  const trades = shownTrades(run);
  const dictionaries = {
    symbol: new Dictionary(),
    reason: new Dictionary(),
    detail: new Dictionary(),
    tag: new Dictionary(),
  };
  const columns = [
    ...encodeEquity(run, equityStepMs),
    ...prices.columns,
    ...encodeTrades(trades, dictionaries),
  ];
  return {
    columns,
    meta: {
      from: run.from,
      to: run.to,
      startBalance: run.startBalance,
      equityStepMs,
      symbols: prices.symbols,
      trades: {
        count: trades.length,
        total: run.trades.length + run.openTrades.length,
        dictionaries: {
          symbol: dictionaries.symbol.words,
          reason: dictionaries.reason.words,
          detail: dictionaries.detail.words,
          tag: dictionaries.tag.words,
        },
      },
      columns: columns.map(describe),
    },
  };
}

function describe(column: EncodedColumn): Omit<EncodedColumn, "planes"> {
  const { id, rows, codec, scale, base, isWide } = column;
  return { id, rows, codec, scale, base, isWide };
}

/** Closed and open trades in order of opening; the largest ones where there are too many. */
export function shownTrades(run: RunResult): readonly Trade[] {
  const all = [...run.trades, ...run.openTrades];
  const kept =
    all.length <= TRADES_MAX
      ? all
      : all
          .sort((a, b) => Math.abs(b.netPnl) - Math.abs(a.netPnl) || a.id - b.id)
          .slice(0, TRADES_MAX);
  return kept.sort((a, b) => a.id - b.id);
}

/** Equity with the start balance before the first bar, on a step of about a millionth of it. */
function encodeEquity(run: RunResult, stepMs: number): EncodedColumn[] {
  const { length, time, equity } = run.equity;
  const values = new Float64Array(length + 1);
  values[0] = run.startBalance;
  values.set(equity.subarray(0, length), 1);
  const times = new Float64Array(length + 1);
  times[0] = run.from;
  times.set(time.subarray(0, length), 1);
  const scale = 10 ** Math.floor(Math.log10(run.startBalance * 1e-6));
  const segments = findSegments(times, length + 1, stepMs);
  return [
    encodeDelta("eq", values, scale),
    encodeDoubles("eq-sr", segments.rows),
    encodeDoubles("eq-st", segments.times),
  ];
}

/** The interval of the run's clock: the distance of its closest rows. */
function smallestStep(run: RunResult): number {
  const { length, time } = run.equity;
  let step = length > 0 ? (time[0] as number) - run.from : 60_000;
  for (let row = 1; row < length; row++) {
    const distance = (time[row] as number) - (time[row - 1] as number);
    if (distance < step) step = distance;
  }
  return Math.max(1, step);
}

function encodeSymbols(run: RunResult): {
  readonly symbols: ReportMeta["symbols"];
  readonly columns: readonly EncodedColumn[];
} {
  const resolution = chooseResolution(run);
  const columns: EncodedColumn[] = [];
  const symbols: ReportMeta["symbols"][number][] = [];
  for (const series of run.symbols) {
    const { bars } = series;
    const start = lowerBound(bars.time, bars.length, run.from);
    const end = lowerBound(bars.time, bars.length, run.to);
    if (end <= start) continue;
    const traded = sliceBars(bars, start, end);
    const intervalMs = resolution.get(series) ?? series.intervalMs;
    const shown = intervalMs === series.intervalMs ? traded : aggregateBars(traded, intervalMs);
    const prefix = `p${symbols.length}`;
    const segments = findSegments(shown.time, shown.length, intervalMs);
    columns.push(
      ...encodePrices(prefix, shown, series.tick),
      encodeDoubles(`${prefix}-sr`, segments.rows),
      encodeDoubles(`${prefix}-st`, segments.times),
    );
    symbols.push({
      name: series.symbol,
      prefix,
      decimals: decimalsOf(series.tick),
      intervalMs,
      sourceIntervalMs: series.intervalMs,
    });
  }
  return { symbols, columns };
}

/** Texts as numbers; code 0 is null. */
class Dictionary {
  readonly words: string[] = [];
  readonly #codes = new Map<string, number>();

  code(word: string | null): number {
    if (word === null) return 0;
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    this.words.push(word);
    this.#codes.set(word, this.words.length);
    return this.words.length;
  }
}

function encodeTrades(
  trades: readonly Trade[],
  dictionaries: Readonly<Record<"symbol" | "reason" | "detail" | "tag", Dictionary>>,
): EncodedColumn[] {
  const doubles = (id: string, of: (trade: Trade) => number | null): EncodedColumn =>
    encodeDoubles(
      id,
      Float64Array.from(trades, (trade) => of(trade) ?? Number.NaN),
    );
  const integers = (id: string, of: (trade: Trade) => number): EncodedColumn =>
    encodeIntegers(id, Int32Array.from(trades, of));
  return [
    integers("t-id", (trade) => trade.id),
    integers("t-symbol", (trade) => dictionaries.symbol.code(trade.symbol)),
    integers("t-side", (trade) => (trade.side === "long" ? 1 : -1)),
    doubles("t-opened", (trade) => trade.openedAt),
    doubles("t-closed", (trade) => trade.closedAt),
    doubles("t-entry", (trade) => trade.entryPrice),
    doubles("t-exit", (trade) => trade.exitPrice),
    doubles("t-qty", (trade) => trade.qty),
    doubles("t-gross", (trade) => trade.grossPnl),
    doubles("t-fees", (trade) => trade.fees),
    doubles("t-funding", (trade) => trade.funding),
    doubles("t-net", (trade) => trade.netPnl),
    doubles("t-return", (trade) => trade.returnPct),
    integers("t-bars", (trade) => trade.bars),
    doubles("t-mae", (trade) => trade.mae),
    doubles("t-mfe", (trade) => trade.mfe),
    integers("t-reason", (trade) => dictionaries.reason.code(trade.exitReason)),
    integers("t-detail", (trade) => dictionaries.detail.code(trade.exitDetail)),
    integers("t-tag", (trade) => dictionaries.tag.code(trade.entryTag)),
  ];
}
