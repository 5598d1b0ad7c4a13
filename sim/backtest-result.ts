import { FILL, type FillLog } from "#engine/ledger/fill-log.ts";
import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { type OpenTrade, TRADE, type TradeLog } from "#engine/ledger/trade-log.ts";
import { floorToInterval } from "#engine/market/interval.ts";
import { fromUnits, type Grid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { LIQUIDITY, purposeName } from "#engine/model/order-terms.ts";
import type {
  ExitReason,
  FillRow,
  RunResult,
  RunTotals,
  Trade,
} from "#engine/result/run-result.ts";
import { agedResult } from "#sim/aged-result.ts";
import type { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

/** Turns the columns of a finished (or stopped) backtest into its result. */
export function backtestResult(backtest: Backtest): RunResult {
  const { engine, recorder, config, symbols } = backtest;
  const instruments = symbols.map((one) => one.instrument);
  const equity = recorder.columns();
  const { ledger } = engine;
  const trades = closedTrades(ledger.trades, symbols);
  const openTrades = tradesAtEnd(backtest, instruments);
  // The last row of the equity, but for fills after it in a run that was stopped.
  const net = engine.desk.equity() - ledger.startBalance;
  const from = Math.max(config.from, Math.min(...symbols.map((one) => one.bars.time[0] as number)));
  const to = equity.length > 0 ? (equity.time[equity.length - 1] as number) : from;
  const names = instruments.map(({ symbol }) => symbol);
  const { aged } = engine;
  return {
    ...(aged === null ? {} : { aged: agedResult(aged, names, [...trades, ...openTrades], to) }),
    from,
    to,
    startBalance: ledger.startBalance,
    leverage: config.leverage,
    equity,
    trades,
    openTrades,
    fills: fillRows(ledger.fills, instruments),
    totals: totals(backtest, ledger, net),
    band: backtest.exchange.band.result(net),
    diagnostics: [],
    symbols: [...new Set(symbols)].map((one) => ({
      symbol: one.instrument.symbol,
      tick: one.instrument.tick.step,
      intervalMs: one.bars.intervalMs,
      bars: one.bars,
    })),
  };
}

function closedTrades(log: TradeLog, symbols: readonly BacktestSymbol[]): readonly Trade[] {
  const trades: Trade[] = [];
  for (let row = 0; row < log.closedCount; row++) {
    const market = symbols[log.get(row, TRADE.symbol)] as BacktestSymbol;
    const symbol = market.instrument;
    const id = log.id(row);
    const side = log.side(row);
    const entryQty = log.get(row, TRADE.entryQty);
    const entryNotional = log.get(row, TRADE.entryNotional);
    const exitNotional = log.get(row, TRADE.exitNotional);
    const entryPrice = averagePrice(symbol.tick, entryNotional, entryQty);
    const qty = fromUnits(symbol.lot, log.get(row, TRADE.maxLots));
    const grossPnl = side > 0 ? exitNotional - entryNotional : entryNotional - exitNotional;
    const fees = log.get(row, TRADE.fees);
    const funding = log.get(row, TRADE.funding);
    const netPnl = grossPnl - fees + funding;
    const risk = log.get(row, TRADE.initialRisk);
    trades.push({
      id,
      symbol: symbol.symbol,
      side: side > 0 ? "long" : "short",
      openedAt: log.get(row, TRADE.openedAt),
      closedAt: log.get(row, TRADE.closedAt),
      entryPrice,
      exitPrice: averagePrice(symbol.tick, exitNotional, entryQty),
      qty,
      grossPnl,
      fees,
      funding,
      netPnl,
      returnPct: (100 * netPnl * log.get(row, TRADE.leverage)) / (entryPrice * qty),
      exitReason: purposeName(log.get(row, TRADE.purpose)) as ExitReason,
      exitDetail: log.exitTag(row),
      entryTag: log.entryTag(row),
      bars: barsBetween(market, log.get(row, TRADE.openBar), log.get(row, TRADE.closeBar)),
      ...excursions(side, entryPrice, log.get(row, TRADE.low), log.get(row, TRADE.high)),
      initialRisk: Number.isNaN(risk) ? null : risk,
    });
  }
  // Rows are in order of closing; a trade's number is its place in the order of opening.
  return trades.sort((a, b) => a.id - b.id);
}

/** A share of a tick within which an average counts as the tick itself: the division has rounded. */
const ON_TICK = 1e-6;

/** Quantity-weighted average; one that is a tick up to rounding (a single execution is) is that tick exactly. */
function averagePrice(tick: Grid, notional: number, qty: number): number {
  const price = notional / qty;
  const ticks = (price * tick.denominator) / tick.numerator;
  const nearest = Math.round(ticks);
  return Math.abs(ticks - nearest) < ON_TICK ? fromUnits(tick, nearest) : price;
}

/** Bars of the strategy's interval from one row of the finest candles to another, gaps included. */
function barsBetween({ bars, strategyBars }: BacktestSymbol, open: number, close: number): number {
  const ms = strategyBars.intervalMs;
  const from = floorToInterval(bars.time[open] as number, ms);
  const to = floorToInterval(bars.time[Math.max(open, close)] as number, ms);
  return Math.round((to - from) / ms);
}

/** Percent of the entry price: adverse ≤ 0 ≤ favourable. */
function excursions(
  side: number,
  entryPrice: number,
  low: number,
  high: number,
): { readonly mae: number; readonly mfe: number } {
  const down = (100 * (low - entryPrice)) / entryPrice;
  const up = (100 * (high - entryPrice)) / entryPrice;
  return side > 0
    ? { mae: Math.min(0, down), mfe: Math.max(0, up) }
    : { mae: Math.min(0, -up), mfe: Math.max(0, -down) };
}

function tradesAtEnd(backtest: Backtest, instruments: readonly Instrument[]): readonly Trade[] {
  const { ledger, desk } = backtest.engine;
  const trades: Trade[] = [];
  ledger.trades.open.forEach((trade, at) => {
    if (!trade.isOpen) return;
    const instrument = instruments[at] as Instrument;
    const position = ledger.positions[at] as Position;
    const mark = desk.marks[at] as number;
    const market = backtest.symbols[at] as BacktestSymbol;
    const bars = barsBetween(market, trade.openBar, backtest.clock(at).index);
    trades.push(openTrade(trade, instrument, position, mark, bars));
  });
  return trades.sort((a, b) => a.id - b.id);
}

function openTrade(
  trade: OpenTrade,
  instrument: Instrument,
  position: Position,
  mark: number,
  bars: number,
): Trade {
  const entryPrice = averagePrice(instrument.tick, trade.entryNotional, trade.entryQty);
  const qty = fromUnits(instrument.lot, trade.maxLots);
  // What was taken off so far and what is left, marked now.
  const openNotional = Math.abs(position.qty) * mark;
  const grossPnl = trade.side * (trade.exitNotional + openNotional - trade.entryNotional);
  const netPnl = grossPnl - trade.fees + trade.funding;
  return {
    id: trade.id,
    symbol: instrument.symbol,
    side: trade.side > 0 ? "long" : "short",
    openedAt: trade.openedAt,
    closedAt: null,
    entryPrice,
    exitPrice: null,
    qty,
    grossPnl,
    fees: trade.fees,
    funding: trade.funding,
    netPnl,
    returnPct: (100 * netPnl * trade.leverage) / (entryPrice * qty),
    exitReason: null,
    exitDetail: null,
    entryTag: trade.entryTag,
    bars,
    ...excursions(trade.side, entryPrice, trade.low, trade.high),
    initialRisk: Number.isNaN(trade.initialRisk) ? null : trade.initialRisk,
  };
}

function fillRows(log: FillLog, instruments: readonly Instrument[]): readonly FillRow[] {
  const rows: FillRow[] = [];
  for (let row = 0; row < log.length; row++) {
    const instrument = instruments[log.get(row, FILL.symbol)] as Instrument;
    const lots = log.get(row, FILL.signedLots);
    rows.push({
      time: log.get(row, FILL.time),
      symbol: instrument.symbol,
      side: lots > 0 ? "buy" : "sell",
      price: fromUnits(instrument.tick, log.get(row, FILL.priceTicks)),
      qty: fromUnits(instrument.lot, Math.abs(lots)),
      fee: log.get(row, FILL.fee),
      liquidity: log.get(row, FILL.liquidity) === LIQUIDITY.maker ? "maker" : "taker",
      slippage: log.get(row, FILL.slippage),
      participation: log.get(row, FILL.participation),
      tradeId: log.get(row, FILL.trade),
      reason: purposeName(log.get(row, FILL.purpose)),
    });
  }
  return rows;
}

function totals(backtest: Backtest, ledger: Ledger, net: number): RunTotals {
  const { slippage, feesMaker, feesTaker, funding, liqFees } = ledger;
  return {
    // Price profit at the prices without the slippage model: what is left explains the net exactly.
    pricePnl: net + slippage + feesMaker + feesTaker + liqFees - funding,
    slippage,
    feesMaker,
    feesTaker,
    funding,
    liqFees,
    makerNotional: ledger.makerNotional,
    takerNotional: ledger.takerNotional,
    liquidations: ledger.liquidations,
    bankruptcies: backtest.exchange.account.bankruptcies,
    reconcileFindings: backtest.engine.reconcile?.findings ?? 0,
    minLiqDistance: backtest.recorder.minLiqDistance,
    orders: backtest.engine.orderManager.counts.totals(),
  };
}
