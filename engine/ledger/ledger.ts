import { AssertionFailed } from "#engine/assert.ts";
import { FillLog } from "#engine/ledger/fill-log.ts";
import { Position } from "#engine/ledger/position.ts";
import {
  type OpenTrade,
  restoreTrade,
  TradeLog,
  type TradeState,
  tradeState,
} from "#engine/ledger/trade-log.ts";
import type { EngineEvent } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { LIQUIDITY, PURPOSE, type Purpose } from "#engine/model/order-terms.ts";

const NO_TRADE = "An open position belongs to an open trade";

/**
 * The account as the fold of its executions and funding: wallet, positions, trades and the totals that a report
 * needs. Money is float64 in quote units, summed in order of arrival; `engine/testing/exact-ledger.ts` folds the
 * same facts with bigint and bounds the difference.
 *
 * Conservation: wallet = start + Σ realised − Σ fees + Σ funding + Σ transfers.
 */
export class Ledger {
  readonly startBalance: number = 0;
  readonly positions: readonly Position[];
  readonly trades: TradeLog;
  readonly fills = new FillLog();
  /** Begins as a number: a field that was undefined once holds every double as an object of its own. */
  wallet = 0;
  slippage = 0;
  feesMaker = 0;
  feesTaker = 0;
  liqFees = 0;
  funding = 0;
  /** Deposits less withdrawals, quote units. */
  transfers = 0;
  makerNotional = 0;
  takerNotional = 0;
  liquidations = 0;
  /** Price, quote units, and realised profit of the execution booked last. */
  price = 0;
  realised = 0;
  readonly #instruments: readonly Instrument[];
  /** Leverage per symbol, for the return of a trade. */
  readonly #leverage: Float64Array;

  constructor(instruments: readonly Instrument[], startBalance: number, leverage: number) {
    this.startBalance = startBalance;
    this.wallet = startBalance;
    this.#instruments = instruments;
    this.positions = instruments.map((instrument) => new Position(instrument.lot));
    this.trades = new TradeLog(instruments.length);
    this.#leverage = new Float64Array(instruments.length).fill(leverage);
  }

  leverageOf(symbol: number): number {
    return this.#leverage[symbol] as number;
  }

  setLeverage(symbol: number, leverage: number): void {
    this.#leverage[symbol] = leverage;
  }

  /** Wallet and unrealised profit at the given price per symbol. */
  equity(marks: Float64Array): number {
    let equity = this.wallet;
    for (let symbol = 0; symbol < this.positions.length; symbol++) {
      equity += (this.positions[symbol] as Position).unrealised(marks[symbol] as number);
    }
    return equity;
  }

  /**
   * Books one execution: closes first what it closes, opens the rest (a flip ends one trade and starts one). `bar` is
   * the row of the symbol's finest candles in which it happened.
   */
  book(execution: EngineEvent, bar: number, purpose: Purpose, tag: string | null): void {
    const symbol = execution.symbol;
    const position = this.positions[symbol] as Position;
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    const lots = execution.qtyLots;
    if (!(lots > 0)) throw new AssertionFailed("An execution has a quantity");
    const qty = fromUnits(lot, lots);
    this.price = fromUnits(tick, execution.priceTicks);
    const held = position.qtyLots;
    const opposite = held !== 0 && held > 0 !== execution.side > 0;
    const closing = opposite ? Math.min(lots, Math.abs(held)) : 0;
    this.realised = 0;
    if (closing === lots) {
      this.#reduce(execution, position, lots, qty, execution.fee);
      if (position.qtyLots === 0) this.trades.finish(symbol, execution.time, bar, purpose, tag);
    } else if (closing === 0) {
      if (held === 0) this.#start(execution, bar, tag);
      this.#increase(execution, position, lots, qty, execution.fee);
    } else {
      const closingFee = execution.fee * (closing / lots);
      this.#reduce(execution, position, closing, fromUnits(lot, closing), closingFee);
      this.trades.finish(symbol, execution.time, bar, purpose, tag);
      this.#start(execution, bar, tag);
      const opening = lots - closing;
      const openingFee = execution.fee - closingFee;
      this.#increase(execution, position, opening, fromUnits(lot, opening), openingFee);
    }
    this.wallet += this.realised - execution.fee;
    this.#total(execution, qty, purpose);
  }

  /** Money came in (or went out, below zero) that no trade made. */
  transfer(amount: number): void {
    this.wallet += amount;
    this.transfers += amount;
  }

  /** The venue's entry price becomes ours, where nobody can say which executions made it. */
  adoptEntry(symbol: number, price: number): void {
    const position = this.positions[symbol] as Position;
    if (position.qtyLots !== 0) position.entryValue = Math.abs(position.qty) * price;
  }

  bookFunding(symbol: number, amount: number): void {
    this.wallet += amount;
    this.funding += amount;
    const trade = this.trades.open[symbol];
    if (trade?.isOpen) trade.funding += amount;
  }

  /** Widens the excursions of an open trade by one closed candle. */
  seeRange(symbol: number, low: number, high: number): void {
    const trade = this.trades.open[symbol];
    if (trade === undefined || !trade.isOpen) return;
    if (low < trade.low) trade.low = low;
    if (high > trade.high) trade.high = high;
  }

  /** Whether a candle that closed at `closedAt`, epoch ms, tells of prices that the open trade has not met yet. */
  wouldWiden(symbol: number, low: number, high: number, closedAt: number): boolean {
    const trade = this.trades.open[symbol];
    if (trade === undefined || !trade.isOpen || closedAt <= trade.openedAt) return false;
    return low < trade.low || high > trade.high;
  }

  #start(execution: EngineEvent, bar: number, tag: string | null): void {
    const { symbol } = execution;
    const leverage = this.leverageOf(symbol);
    this.trades.start(symbol, execution.side, execution.time, bar, leverage, tag);
  }

  #reduce(
    execution: EngineEvent,
    position: Position,
    lots: number,
    qty: number,
    fee: number,
  ): void {
    const { price } = this;
    const trade = this.trades.open[execution.symbol];
    if (trade?.isOpen !== true) throw new AssertionFailed(NO_TRADE);
    trade.exitQty += qty;
    trade.exitNotional += qty * price;
    trade.fees += fee;
    if (price < trade.low) trade.low = price;
    if (price > trade.high) trade.high = price;
    this.realised = position.reduce(lots, price);
  }

  #increase(
    execution: EngineEvent,
    position: Position,
    lots: number,
    qty: number,
    fee: number,
  ): void {
    const { price } = this;
    const trade = this.trades.open[execution.symbol];
    if (trade?.isOpen !== true) throw new AssertionFailed(NO_TRADE);
    position.increase(execution.side * lots, price);
    trade.entryQty += qty;
    trade.entryNotional += qty * price;
    trade.fees += fee;
    if (price < trade.low) trade.low = price;
    if (price > trade.high) trade.high = price;
    const size = Math.abs(position.qtyLots);
    if (size > trade.maxLots) trade.maxLots = size;
  }

  #total(execution: EngineEvent, qty: number, purpose: Purpose): void {
    const { priceTicks, referenceTicks, fee } = execution;
    const { price } = this;
    const { tick } = this.#instruments[execution.symbol] as Instrument;
    const isSlipped = referenceTicks !== priceTicks;
    const slippage = isSlipped ? Math.abs(price - fromUnits(tick, referenceTicks)) * qty : 0;
    this.slippage += slippage;
    const isMaker = execution.liquidity === LIQUIDITY.maker;
    if (purpose === PURPOSE.liquidation) {
      this.liqFees += fee;
      this.liquidations += 1;
    } else if (isMaker) {
      this.feesMaker += fee;
    } else {
      this.feesTaker += fee;
    }
    if (isMaker) this.makerNotional += qty * price;
    else this.takerNotional += qty * price;
    const trade = this.trades.open[execution.symbol] as OpenTrade;
    this.fills.add(execution, slippage, trade.id, purpose);
  }

  /** What of the books outlives a process; closed trades and fills are kept by whoever keeps the records. */
  state(): LedgerState {
    return {
      wallet: this.wallet,
      slippage: this.slippage,
      feesMaker: this.feesMaker,
      feesTaker: this.feesTaker,
      liqFees: this.liqFees,
      funding: this.funding,
      transfers: this.transfers,
      makerNotional: this.makerNotional,
      takerNotional: this.takerNotional,
      liquidations: this.liquidations,
      tradesOpened: this.trades.openedCount,
    };
  }

  /** The books of one symbol. */
  symbolState(symbol: number): SymbolBooks {
    const { qtyLots, entryValue } = this.positions[symbol] as Position;
    const trade = this.trades.open[symbol] as OpenTrade;
    return {
      qtyLots,
      entryValue,
      leverage: this.leverageOf(symbol),
      trade: trade.isOpen ? tradeState(trade) : null,
    };
  }

  restore(state: LedgerState, symbols: readonly SymbolBooks[]): void {
    const { tradesOpened, ...totals } = state;
    Object.assign(this, totals);
    this.trades.resume(tradesOpened);
    symbols.forEach((books, symbol) => {
      (this.positions[symbol] as Position).restore(books.qtyLots, books.entryValue);
      this.setLeverage(symbol, books.leverage);
      if (books.trade !== null) {
        restoreTrade(this.trades.open[symbol] as OpenTrade, books.trade);
      }
    });
  }
}

/** Totals of an account as plain JSON, quote units. */
export interface LedgerState {
  readonly wallet: number;
  readonly slippage: number;
  readonly feesMaker: number;
  readonly feesTaker: number;
  readonly liqFees: number;
  readonly funding: number;
  readonly transfers: number;
  readonly makerNotional: number;
  readonly takerNotional: number;
  readonly liquidations: number;
  readonly tradesOpened: number;
}

/** Position and open trade of one symbol as plain JSON. */
export interface SymbolBooks {
  readonly qtyLots: number;
  readonly entryValue: number;
  readonly leverage: number;
  readonly trade: TradeState | null;
}
