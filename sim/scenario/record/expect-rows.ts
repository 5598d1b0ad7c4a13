import { TRADE } from "#engine/ledger/trade-log.ts";
import type { FillRow, Trade } from "#engine/result/run-result.ts";
import type { ObservedFill, ObservedRun } from "./observe-run.ts";
import type { RecordWindow } from "./record-window.ts";

type Row = Readonly<Record<string, unknown>>;

export interface ExpectTerms {
  readonly window: RecordWindow;
  readonly shift: number;
  readonly names: ReadonlyMap<number, string>;
  /** Whether the exits of rules are steps: their trades then bear another reason. */
  readonly placesRules: boolean;
  readonly isMulti: boolean;
  /** Fills of what is opened before the window begins. */
  readonly opening: readonly Row[];
}

/** What the run did in the window: fills, the trades that ended in it, and the account at its end. */
export function expectRows(observed: ObservedRun, terms: ExpectTerms): Row {
  const { window, shift } = terms;
  const { fills, result, states } = observed;
  const inside = fills.flatMap((fill, at) => {
    return isInside(fill, window) ? [{ fill, row: result.fills[at] as FillRow }] : [];
  });
  const barOf = (time: number): number =>
    Math.floor((time - window.start) / window.intervalMs) + shift;
  const last = states.findLast((state) => state.time < window.end);
  return {
    fills: [
      ...terms.opening,
      ...inside.map(({ fill, row }) => ({
        bar: barOf(fill.barTime),
        symbol: terms.isMulti ? row.symbol : undefined,
        order: nameOf(fill, row, terms),
        side: row.side,
        qty: row.qty,
        price: row.price,
        fee: row.fee,
        liquidity: row.liquidity,
      })),
    ],
    trades: tradeRows(observed, terms, barOf),
    // Under fillAt close the last fills bear the time of the end; the account then belongs to another moment.
    final:
      observed.backtest.config.settings.fillAt === "close"
        ? undefined
        : { balance: last?.wallet ?? 0 },
  };
}

/** In the window's bars after the first one, which only shows what came before. */
function isInside(fill: ObservedFill, window: RecordWindow): boolean {
  const firstClose = window.start + window.intervalMs;
  return fill.time >= firstClose && fill.barTime < window.end;
}

function nameOf(fill: ObservedFill, row: FillRow, { names }: ExpectTerms): string {
  if (fill.requestId === null) return "liquidation";
  return names.get(fill.requestId) ?? row.reason;
}

function tradeRows(
  observed: ObservedRun,
  terms: ExpectTerms,
  barOf: (time: number) => number,
): readonly Row[] {
  const { window, isMulti } = terms;
  const log = observed.backtest.engine.ledger.trades;
  const firstClose = window.start + window.intervalMs;
  const rows: { readonly id: number; readonly row: Row }[] = [];
  for (let at = 0; at < log.closedCount; at++) {
    const { bars } = observed.backtest.clock(log.get(at, TRADE.symbol));
    const closeTime = bars.time[log.get(at, TRADE.closeBar)] as number;
    const closedAt = log.get(at, TRADE.closedAt);
    if (closedAt < firstClose || closeTime >= window.end) continue;
    const trade = observed.result.trades.find(({ id }) => id === log.id(at)) as Trade;
    const symbol = isMulti ? trade.symbol : undefined;
    const closing = { symbol, side: trade.side, closeBar: barOf(closeTime) };
    const isWhole = trade.openedAt >= firstClose;
    const openTime = bars.time[log.get(at, TRADE.openBar)] as number;
    rows.push({
      id: trade.id,
      row: isWhole ? wholeRow(trade, barOf(openTime), closing, terms) : closing,
    });
  }
  return rows.sort((a, b) => a.id - b.id).map(({ row }) => row);
}

function wholeRow(trade: Trade, openBar: number, closing: Row, terms: ExpectTerms): Row {
  const { entryPrice, exitPrice, qty, netPnl, exitReason } = trade;
  return {
    ...closing,
    openBar,
    entryPrice,
    exitPrice,
    qty,
    netPnl,
    exitReason: terms.placesRules ? undefined : exitReason,
  };
}
