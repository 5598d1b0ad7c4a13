import { fromJsonNumber, type JsonNumber, toJsonNumber } from "#engine/json-number.ts";
import { NumberRows } from "#engine/ledger/number-rows.ts";
import { PURPOSE } from "#engine/model/order-terms.ts";

/**
 * Trades, flat to flat per symbol. One open trade per symbol is an object that is used again; closed ones are
 * rows of numbers, so that a run of a million trades stays small.
 */
export class OpenTrade {
  id = 0;
  isOpen = false;
  /** 1 long, −1 short. */
  side = 1;
  openedAt = 0;
  openBar = 0;
  entryQty = 0;
  entryNotional = 0;
  exitQty = 0;
  exitNotional = 0;
  maxLots = 0;
  fees = 0;
  funding = 0;
  /** Lowest and highest price while open, quote units. */
  low = 0;
  high = 0;
  /** Money between entry and the first stop; NaN without a stop. */
  initialRisk = Number.NaN;
  /** Request of the order that opened it: its later fills add to the initial risk. */
  entryRequest = -1;
  leverage = 1;
  entryTag: string | null = null;
}

/** An open trade as plain JSON; `isOpen` goes without saying. */
export type TradeState = {
  readonly [Key in Exclude<keyof OpenTrade, "isOpen">]: OpenTrade[Key] extends number
    ? JsonNumber
    : OpenTrade[Key];
};

export function tradeState(trade: OpenTrade): TradeState {
  const { isOpen: _, ...rest } = trade;
  return {
    ...rest,
    low: toJsonNumber(trade.low),
    high: toJsonNumber(trade.high),
    initialRisk: toJsonNumber(trade.initialRisk),
  };
}

export function restoreTrade(trade: OpenTrade, state: TradeState): void {
  Object.assign(trade, state, {
    isOpen: true,
    low: fromJsonNumber(state.low, Number.POSITIVE_INFINITY),
    high: fromJsonNumber(state.high, Number.NEGATIVE_INFINITY),
    initialRisk: fromJsonNumber(state.initialRisk),
  });
}

export const TRADE_WIDTH = 20;
export const TRADE = {
  symbol: 0,
  side: 1,
  openedAt: 2,
  closedAt: 3,
  openBar: 4,
  closeBar: 5,
  entryQty: 6,
  entryNotional: 7,
  exitNotional: 8,
  maxLots: 9,
  fees: 10,
  funding: 11,
  low: 12,
  high: 13,
  initialRisk: 14,
  leverage: 15,
  purpose: 16,
  id: 17,
  entryTag: 18,
  exitTag: 19,
} as const;

export class TradeLog {
  readonly open: readonly OpenTrade[];
  #opened = 0;
  readonly #closed = new NumberRows(TRADE_WIDTH);
  readonly #tags = new TagTable();

  constructor(symbolCount: number) {
    this.open = Array.from({ length: symbolCount }, () => new OpenTrade());
  }

  /** Trades opened so far; the next one has the number after it. */
  get openedCount(): number {
    return this.#opened;
  }

  /** Goes on numbering after trades that were opened before. */
  resume(opened: number): void {
    this.#opened = opened;
  }

  get closedCount(): number {
    return this.#closed.length;
  }

  start(
    symbol: number,
    side: number,
    time: number,
    bar: number,
    leverage: number,
    tag: string | null,
  ): OpenTrade {
    const trade = this.open[symbol] as OpenTrade;
    this.#opened += 1;
    trade.id = this.#opened;
    trade.isOpen = true;
    trade.side = side;
    trade.openedAt = time;
    trade.openBar = bar;
    trade.entryQty = 0;
    trade.entryNotional = 0;
    trade.exitQty = 0;
    trade.exitNotional = 0;
    trade.maxLots = 0;
    trade.fees = 0;
    trade.funding = 0;
    trade.low = Number.POSITIVE_INFINITY;
    trade.high = Number.NEGATIVE_INFINITY;
    trade.initialRisk = Number.NaN;
    trade.entryRequest = -1;
    trade.leverage = leverage;
    trade.entryTag = tag;
    return trade;
  }

  finish(symbol: number, time: number, bar: number, purpose: number, tag: string | null): void {
    const trade = this.open[symbol] as OpenTrade;
    let at = this.#closed.add();
    const row = this.#closed.chunk;
    row[at++] = symbol;
    row[at++] = trade.side;
    row[at++] = trade.openedAt;
    row[at++] = time;
    row[at++] = trade.openBar;
    row[at++] = bar;
    row[at++] = trade.entryQty;
    row[at++] = trade.entryNotional;
    row[at++] = trade.exitNotional;
    row[at++] = trade.maxLots;
    row[at++] = trade.fees;
    row[at++] = trade.funding;
    row[at++] = trade.low;
    row[at++] = trade.high;
    row[at++] = trade.initialRisk;
    row[at++] = trade.leverage;
    row[at++] = purpose === PURPOSE.entry ? PURPOSE.signal : purpose;
    row[at++] = trade.id;
    row[at++] = this.#tags.number(trade.entryTag);
    row[at++] = this.#tags.number(tag);
    trade.isOpen = false;
  }

  get(row: number, column: number): number {
    return this.#closed.get(row, column);
  }

  id(row: number): number {
    return this.#closed.get(row, TRADE.id);
  }

  entryTag(row: number): string | null {
    return this.#tags.text(this.get(row, TRADE.entryTag));
  }

  exitTag(row: number): string | null {
    return this.#tags.text(this.get(row, TRADE.exitTag));
  }
}

/** Words of strategies as small numbers: a strategy has a few, however many trades it makes. */
class TagTable {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  number(tag: string | null): number {
    if (tag === null) return -1;
    const known = this.#numbers.get(tag);
    if (known !== undefined) return known;
    this.#texts.push(tag);
    this.#numbers.set(tag, this.#texts.length - 1);
    return this.#texts.length - 1;
  }

  text(number: number): string | null {
    return this.#texts[number] ?? null;
  }
}
