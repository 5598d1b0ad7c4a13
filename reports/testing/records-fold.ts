import { must } from "#engine/assert.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { LIQUIDITY, rejectName } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { FillRow, RunTotals, Trade } from "#engine/result/run-result.ts";
import { ExactLedger } from "#engine/testing/exact-ledger.ts";
import { toNumber } from "#engine/testing/fraction.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";

/** What of a trade follows from executions and funding; the rest of it is told by candles and rules. */
export interface FoldedTrade
  extends Pick<
    Trade,
    "id" | "symbol" | "side" | "openedAt" | "closedAt" | "qty" | "fees" | "funding"
  > {
  /** Base and quote units of all entries and all exits. */
  readonly entries: Sum;
  readonly exits: Sum;
}
interface Sum {
  readonly qty: number;
  readonly notional: number;
}
export type FoldedFill = Omit<FillRow, "slippage" | "participation" | "reason">;
export type FoldedTotals = Omit<
  RunTotals,
  "pricePnl" | "slippage" | "bankruptcies" | "reconcileFindings" | "minLiqDistance"
>;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type OpenTrade = Writable<Omit<FoldedTrade, "entries" | "exits">> & {
  lots: number;
  readonly entries: Writable<Sum>;
  readonly exits: Writable<Sum>;
};

interface Execution {
  readonly time: number;
  readonly symbol: number;
  readonly signedLots: number;
  readonly priceTicks: number;
  readonly fee: number;
  readonly isMaker: boolean;
}

/**
 * A run as its trading records tell it, folded once more: money by the exact ledger, and trades from flat to flat by the
 * signed sum of executions. Nothing of the engine's own ledger is used.
 */
export class RecordsFold {
  readonly ledger: ExactLedger;
  readonly closed: FoldedTrade[] = [];
  readonly fills: FoldedFill[] = [];
  /** Wallet after each record that moved it, and whether everything was flat then. */
  readonly wallets: { readonly time: number; readonly wallet: number; readonly isFlat: boolean }[] =
    [];
  readonly #instruments: readonly Instrument[];
  readonly #open: (OpenTrade | null)[];
  #opened = 0;
  readonly #money = {
    feesMaker: 0,
    feesTaker: 0,
    liqFees: 0,
    funding: 0,
    makerNotional: 0,
    takerNotional: 0,
    liquidations: 0,
  };
  readonly #orders = { placed: 0, filled: 0, partial: 0, cancelled: 0, expired: 0 };
  readonly #rejected: Record<string, number> = {};

  constructor(instruments: readonly Instrument[], startBalance: number) {
    this.ledger = new ExactLedger(instruments, startBalance);
    this.#instruments = instruments;
    this.#open = instruments.map(() => null);
  }

  get totals(): FoldedTotals {
    return { ...this.#money, orders: { ...this.#orders, rejected: this.#rejected } };
  }

  get open(): readonly FoldedTrade[] {
    return this.#open.flatMap((trade) => (trade === null ? [] : [trade]));
  }

  take(row: RecordRow): void {
    const [kind = 0, time = 0, symbol = 0, , , value = 0, second = 0, third = 0, fourth = 0] = row;
    const execution = { time, symbol, signedLots: value, priceTicks: second };
    switch (kind) {
      case RECORD.fill:
        this.#execute({ ...execution, isMaker: third === LIQUIDITY.maker, fee: fourth }, false);
        return;
      case RECORD.external:
      case RECORD.liquidation:
        this.#execute({ ...execution, isMaker: false, fee: third }, kind === RECORD.liquidation);
        return;
      case RECORD.funding: {
        const trade = this.#open[symbol];
        if (trade) trade.funding += value;
        this.#money.funding += value;
        this.ledger.fund(value);
        this.#keepWallet(time);
        return;
      }
      case RECORD.transition:
        this.#count(value, second, third);
        return;
      default:
    }
  }

  #execute(execution: Execution, isLiquidation: boolean): void {
    const { time, symbol, signedLots, priceTicks, fee, isMaker } = execution;
    const { lot, tick, symbol: name } = this.#instrument(symbol);
    const held = this.#open[symbol]?.lots ?? 0;
    const isOpposite = held * signedLots < 0;
    const closing = isOpposite ? Math.min(Math.abs(held), Math.abs(signedLots)) : 0;
    const closed = Math.sign(signedLots) * closing;
    if (closed !== 0) this.#move(execution, closed);
    if (closed !== signedLots) this.#move(execution, signedLots - closed);
    this.ledger.fill(execution);
    const price = fromUnits(tick, priceTicks);
    const qty = fromUnits(lot, Math.abs(signedLots));
    this.fills.push({
      time,
      symbol: name,
      side: signedLots > 0 ? "buy" : "sell",
      price,
      qty,
      fee,
      liquidity: isMaker ? "maker" : "taker",
      tradeId: (this.#open[symbol] ?? must(this.closed.at(-1), "A trade was closed")).id,
    });
    const money = this.#money;
    if (isLiquidation) {
      money.liqFees += fee;
      money.liquidations += 1;
    } else money[isMaker ? "feesMaker" : "feesTaker"] += fee;
    money[isMaker ? "makerNotional" : "takerNotional"] += qty * price;
    this.#keepWallet(time);
  }

  /** The part of an execution that closes, or the part that opens. */
  #move({ time, symbol, signedLots, priceTicks, fee }: Execution, lots: number): void {
    const { lot, tick } = this.#instrument(symbol);
    const trade = this.#open[symbol] ?? this.#begin(symbol, lots, time);
    const sum = trade.lots * lots < 0 ? trade.exits : trade.entries;
    const qty = fromUnits(lot, Math.abs(lots));
    sum.qty += qty;
    sum.notional += qty * fromUnits(tick, priceTicks);
    trade.fees += fee * (lots / signedLots);
    trade.lots += lots;
    trade.qty = Math.max(trade.qty, fromUnits(lot, Math.abs(trade.lots)));
    if (trade.lots !== 0) return;
    trade.closedAt = time;
    this.closed.push(trade);
    this.#open[symbol] = null;
  }

  #begin(symbol: number, lots: number, time: number): OpenTrade {
    this.#opened += 1;
    const trade: OpenTrade = {
      id: this.#opened,
      symbol: this.#instrument(symbol).symbol,
      side: lots > 0 ? "long" : "short",
      openedAt: time,
      closedAt: null,
      qty: 0,
      fees: 0,
      funding: 0,
      lots: 0,
      entries: { qty: 0, notional: 0 },
      exits: { qty: 0, notional: 0 },
    };
    this.#open[symbol] = trade;
    return trade;
  }

  #count(status: number, filledLots: number, reason: number): void {
    const orders = this.#orders;
    if (status === STATUS.sent) orders.placed += 1;
    if (status === STATUS.filled) orders.filled += 1;
    if (status === STATUS.cancelled) orders.cancelled += 1;
    if (status === STATUS.expired) orders.expired += 1;
    const isShort = status === STATUS.cancelled || status === STATUS.expired;
    if (isShort && filledLots > 0) orders.partial += 1;
    if (status !== STATUS.rejected) return;
    const name = rejectName(reason);
    this.#rejected[name] = (this.#rejected[name] ?? 0) + 1;
  }

  #keepWallet(time: number): void {
    const isFlat = this.#open.every((trade) => trade === null);
    this.wallets.push({ time, wallet: toNumber(this.ledger.wallet), isFlat });
  }

  #instrument(symbol: number): Instrument {
    return must(this.#instruments[symbol], "A record has a symbol");
  }
}
