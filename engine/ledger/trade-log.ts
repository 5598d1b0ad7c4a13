import { AssertionFailed } from "#engine/assert.ts";
import { fromJsonNumber, type JsonNumber, toJsonNumber } from "#engine/json-number.ts";
import { NumberRows } from "#engine/ledger/number-rows.ts";
import { partOf, type SharedParts } from "#engine/ledger/shared-double.ts";
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

/** Columns of closed trades. Those from `openBar` on share three doubles: memory that is touched is time. */
export const TRADE = {
  openedAt: 0,
  closedAt: 1,
  entryQty: 2,
  entryNotional: 3,
  exitNotional: 4,
  maxLots: 5,
  fees: 6,
  funding: 7,
  low: 8,
  high: 9,
  initialRisk: 10,
  leverage: 11,
  id: 12,
  openBar: 13,
  closeBar: 14,
  symbol: 15,
  isLong: 16,
  purpose: 17,
  entryTag: 18,
  exitTag: 19,
} as const;
const BARS_AT = 13;
const KIND_AT = 14;
const TAGS_AT = 15;
const WIDTH = 16;
/** Rows of candles, and different tags, that there can be; a market of more bars would take gigabytes. */
const ROWS = 2 ** 26;
const SYMBOLS = 2 ** 12;
const BARS: SharedParts = [[TRADE.openBar, ROWS]];
const KIND: SharedParts = [
  [TRADE.symbol, SYMBOLS],
  [TRADE.isLong, 2],
];
const TAGS: SharedParts = [[TRADE.entryTag, ROWS]];

export class TradeLog {
  readonly open: readonly OpenTrade[];
  #opened = 0;
  readonly #closed = new NumberRows(WIDTH);
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
    if (bar >= ROWS) throw new AssertionFailed(`A market has at most ${ROWS} bars`);
    let at = this.#closed.add();
    const row = this.#closed.chunk;
    row[at++] = trade.openedAt;
    row[at++] = time;
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
    row[at++] = trade.id;
    row[at++] = bar * ROWS + trade.openBar;
    const exit = purpose === PURPOSE.entry ? PURPOSE.signal : purpose;
    row[at++] = (exit * 2 + (trade.side > 0 ? 1 : 0)) * SYMBOLS + symbol;
    row[at++] = this.#tags.number(tag) * ROWS + this.#tags.number(trade.entryTag);
    trade.isOpen = false;
  }

  get(row: number, column: number): number {
    if (column < BARS_AT) return this.#closed.get(row, column);
    if (column <= TRADE.closeBar) return partOf(this.#closed.get(row, BARS_AT), BARS, column);
    if (column <= TRADE.purpose) return partOf(this.#closed.get(row, KIND_AT), KIND, column);
    return partOf(this.#closed.get(row, TAGS_AT), TAGS, column);
  }

  /** 1 long, −1 short. */
  side(row: number): number {
    return this.get(row, TRADE.isLong) === 1 ? 1 : -1;
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

  /** 0 for none. */
  number(tag: string | null): number {
    if (tag === null) return 0;
    const known = this.#numbers.get(tag);
    if (known !== undefined) return known;
    this.#texts.push(tag);
    this.#numbers.set(tag, this.#texts.length);
    return this.#texts.length;
  }

  text(number: number): string | null {
    return this.#texts[number - 1] ?? null;
  }
}
