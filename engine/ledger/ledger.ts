import { AssertionFailed } from "#engine/assert.ts";
import { FillLog } from "#engine/ledger/fill-log.ts";
import { Position } from "#engine/ledger/position.ts";
import { TradeLog } from "#engine/ledger/trade-log.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { LIQUIDITY, PURPOSE } from "#engine/model/order-terms.ts";

const NO_TRADE = "An open position belongs to an open trade";

/** One execution as the ledger books it. Reused by the engine; the ledger keeps nothing of it. */
export class Execution {
  time = 0;
  symbol = 0;
  /** Row of the symbol's finest candles in which it happened. */
  bar = 0;
  signedLots = 0;
  priceTicks = 0;
  /** Execution price, quote units. */
  price = 0;
  referenceTicks = 0;
  liquidity: number = LIQUIDITY.taker;
  fee = 0;
  participation = Number.NaN;
  purpose: number = PURPOSE.entry;
  tag: string | null = null;
}

/**
 * The account as the fold of its executions and funding: wallet, positions, trades and the totals that a report
 * needs. Money is float64 in quote units, summed in order of arrival; `engine/testing/exact-ledger.ts` folds the
 * same facts with bigint and bounds the difference.
 *
 * Conservation: wallet = start + Σ realised − Σ fees + Σ funding.
 */
export class Ledger {
  readonly startBalance: number;
  readonly positions: readonly Position[];
  readonly trades: TradeLog;
  readonly fills = new FillLog();
  wallet: number;
  slippage = 0;
  feesMaker = 0;
  feesTaker = 0;
  liqFees = 0;
  funding = 0;
  makerNotional = 0;
  takerNotional = 0;
  liquidations = 0;
  /** Realised by the execution booked last. */
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

  /** Books one execution: closes first what it closes, opens the rest (a flip ends one trade and starts one). */
  book(execution: Execution): void {
    const symbol = execution.symbol;
    const position = this.positions[symbol] as Position;
    const instrument = this.#instruments[symbol] as Instrument;
    const lots = Math.abs(execution.signedLots);
    if (!(lots > 0)) throw new AssertionFailed("An execution has a quantity");
    const qty = fromUnits(instrument.lot, lots);
    const opposite = position.qtyLots !== 0 && position.qtyLots > 0 !== execution.signedLots > 0;
    const closing = opposite ? Math.min(lots, Math.abs(position.qtyLots)) : 0;
    let realised = 0;
    if (closing === lots) {
      realised = this.#reduce(execution, position, lots, qty, execution.fee);
    } else if (closing === 0) {
      this.#increase(execution, position, lots, qty, execution.fee);
    } else {
      const closingFee = execution.fee * (closing / lots);
      const closingQty = fromUnits(instrument.lot, closing);
      realised = this.#reduce(execution, position, closing, closingQty, closingFee);
      const opening = lots - closing;
      const openingQty = fromUnits(instrument.lot, opening);
      this.#increase(execution, position, opening, openingQty, execution.fee - closingFee);
    }
    this.realised = realised;
    this.wallet += realised - execution.fee;
    this.#total(execution, instrument, qty);
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

  #reduce(
    execution: Execution,
    position: Position,
    lots: number,
    qty: number,
    fee: number,
  ): number {
    const { symbol, price } = execution;
    const trade = this.trades.open[symbol];
    if (trade?.isOpen !== true) throw new AssertionFailed(NO_TRADE);
    trade.exitQty += qty;
    trade.exitNotional += qty * price;
    trade.fees += fee;
    if (price < trade.low) trade.low = price;
    if (price > trade.high) trade.high = price;
    const realised = position.reduce(lots, price);
    if (position.qtyLots === 0) {
      this.trades.finish(symbol, execution.time, execution.bar, execution.purpose, execution.tag);
    }
    return realised;
  }

  #increase(
    execution: Execution,
    position: Position,
    lots: number,
    qty: number,
    fee: number,
  ): void {
    const { symbol, price } = execution;
    const side = execution.signedLots > 0 ? 1 : -1;
    const trade =
      position.qtyLots === 0
        ? this.trades.start(
            symbol,
            side,
            execution.time,
            execution.bar,
            this.leverageOf(symbol),
            execution.tag,
          )
        : this.trades.open[symbol];
    if (trade?.isOpen !== true) throw new AssertionFailed(NO_TRADE);
    position.increase(side * lots, price);
    trade.entryQty += qty;
    trade.entryNotional += qty * price;
    trade.fees += fee;
    if (price < trade.low) trade.low = price;
    if (price > trade.high) trade.high = price;
    const size = Math.abs(position.qtyLots);
    if (size > trade.maxLots) trade.maxLots = size;
  }

  #total(execution: Execution, instrument: Instrument, qty: number): void {
    const { price, priceTicks, referenceTicks } = execution;
    const notional = qty * price;
    const isSlipped = referenceTicks !== priceTicks;
    const slippage = isSlipped
      ? Math.abs(price - fromUnits(instrument.tick, referenceTicks)) * qty
      : 0;
    this.slippage += slippage;
    if (execution.purpose === PURPOSE.liquidation) {
      this.liqFees += execution.fee;
      this.liquidations += 1;
    } else if (execution.liquidity === LIQUIDITY.maker) {
      this.feesMaker += execution.fee;
    } else {
      this.feesTaker += execution.fee;
    }
    if (execution.liquidity === LIQUIDITY.maker) this.makerNotional += notional;
    else this.takerNotional += notional;
    this.fills.add(
      execution.time,
      execution.symbol,
      execution.signedLots,
      execution.priceTicks,
      execution.fee,
      execution.liquidity,
      slippage,
      execution.participation,
      (this.trades.open[execution.symbol] as { id: number }).id,
      execution.purpose,
    );
  }
}
