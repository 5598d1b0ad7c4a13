import { BUY, ORDER_TYPE, PURPOSE, SELL } from "#engine/model/order-terms.ts";
import type {
  EntryTerms,
  OrderChange,
  OrderDesk,
  OrderTerms,
  OrderView,
  ProtectionPrices,
} from "#engine/strategy/order-desk.ts";
import { OrderRequest } from "#engine/strategy/order-request.ts";
import type { BarView } from "#engine/strategy/series-view.ts";
import { Sizing } from "#engine/strategy/sizing.ts";

/** The position of one symbol, read live. */
export class PositionView {
  readonly #desk: OrderDesk;
  readonly #symbol: number = 0;

  constructor(desk: OrderDesk, symbol: number) {
    this.#desk = desk;
    this.#symbol = symbol;
  }

  /** Base units, signed: below zero short. */
  get qty(): number {
    return this.#desk.positionQty(this.#symbol);
  }

  get isFlat(): boolean {
    return this.qty === 0;
  }

  get isLong(): boolean {
    return this.qty > 0;
  }

  get isShort(): boolean {
    return this.qty < 0;
  }

  /** Average entry price; NaN when flat. */
  get entryPrice(): number {
    return this.#desk.positionEntry(this.#symbol);
  }

  /** Profit at the mark, quote units. */
  get unrealised(): number {
    return this.#desk.positionUnrealised(this.#symbol);
  }
}

/** What an exit may say; without a quantity it closes all of the position. */
export interface ExitTerms {
  /** Base units. */
  readonly qty?: number | undefined;
  readonly tag?: string | undefined;
}

const WHOLE: ExitTerms = {};

export interface SymbolContextParts<Params, Indicators, State> {
  readonly desk: OrderDesk;
  readonly strategy: number;
  readonly symbol: number;
  readonly name: string;
  readonly params: Params;
  readonly indicators: Indicators;
  readonly bar: BarView;
  readonly bars: ReadonlyMap<string, BarView>;
  readonly state: State;
}

/**
 * One symbol as a strategy sees it at a decision: only what has closed, and the actions it may ask for. Every
 * action becomes an intent; nothing is filled before the next event.
 */
export class SymbolContext<Params = unknown, Indicators = unknown, State = unknown> {
  readonly symbol: string;
  readonly params: Params;
  readonly indicators: Indicators;
  /** The bar that closed last on the strategy's interval. */
  readonly bar: BarView;
  readonly position: PositionView;
  readonly size: Sizing;
  readonly state: State;
  readonly #desk: OrderDesk;
  readonly #request = new OrderRequest();
  readonly #strategy: number = 0;
  readonly #symbol: number = 0;
  readonly #bars: ReadonlyMap<string, BarView>;

  constructor(parts: SymbolContextParts<Params, Indicators, State>) {
    this.symbol = parts.name;
    this.params = parts.params;
    this.indicators = parts.indicators;
    this.bar = parts.bar;
    this.state = parts.state;
    this.position = new PositionView(parts.desk, parts.symbol);
    this.size = new Sizing(parts.desk, parts.symbol);
    this.#desk = parts.desk;
    this.#strategy = parts.strategy;
    this.#symbol = parts.symbol;
    this.#bars = parts.bars;
  }

  /** Time of the decision, epoch ms: the close of the bar. */
  get time(): number {
    return this.#desk.now;
  }

  get equity(): number {
    return this.#desk.equity();
  }

  get lastPrice(): number {
    return this.#desk.lastPrice(this.#symbol);
  }

  /** The rate exchanged last, a fraction per interval; NaN before the first. */
  get fundingRate(): number {
    return this.#desk.fundingRate(this.#symbol);
  }

  /** The orders that work on this symbol. */
  get orders(): readonly OrderView[] {
    return this.#desk.orders(this.#symbol);
  }

  /** Bars of another interval that the strategy declared. */
  bars(interval: string): BarView {
    const view = this.#bars.get(interval);
    if (view === undefined) {
      const known = [...this.#bars.keys()].join(", ");
      throw new RangeError(`No bars of "${interval}" here: declare it in "intervals" (${known})`);
    }
    return view;
  }

  /**
   * Goes long. From short it turns around: with one market order, or, while anything else could close the position
   * first (a resting stop or target, an exit on its way, a limit or stop entry), with a reduce-only order and an
   * entry, so that the position is never closed twice. Returns the entry's reference, 0 when nothing was asked.
   */
  enterLong(terms: EntryTerms): number {
    return this.#enter(1, terms);
  }

  /** Goes short; from long it turns around as `enterLong` does. */
  enterShort(terms: EntryTerms): number {
    return this.#enter(-1, terms);
  }

  /** Closes the position, or `qty` of it, at market; 0 when there is none or an exit on its way closes all of it. */
  exit(options: ExitTerms = WHOLE): number {
    const { qty } = options;
    if (qty === undefined) {
      // Entries and adds that are still filling, and what is left of a turn-around.
      this.#desk.cancelMarketEntries(this.#symbol, BUY);
      this.#desk.cancelMarketEntries(this.#symbol, SELL);
    } else if (qty < 0) {
      throw new RangeError(`An exit has a quantity above 0, not ${qty}`);
    }
    const held = this.position.qty;
    if (held === 0) return 0;
    const size = Math.abs(held);
    if (qty === undefined && this.#desk.exitingQty(this.#symbol) >= size) return 0;
    const request = this.#request;
    request.reset(
      held > 0 ? SELL : BUY,
      qty === undefined || qty > size ? size : qty,
      PURPOSE.signal,
    );
    request.reduceOnly = true;
    if (options.tag !== undefined) request.tag = options.tag;
    return this.#desk.place(this.#strategy, this.#symbol, request);
  }

  /** Places any order. */
  order(terms: OrderTerms): number {
    this.#request.take(terms);
    return this.#desk.place(this.#strategy, this.#symbol, this.#request);
  }

  /** Changes an order of this strategy; false when it has ended or the change is refused before it is sent. */
  amend(ref: number, change: OrderChange): boolean {
    return this.#desk.amend(this.#strategy, this.#symbol, ref, change);
  }

  /** Cancels an order of this strategy; false when it has ended or is being cancelled already. */
  cancel(ref: number): boolean {
    return this.#desk.cancel(this.#strategy, this.#symbol, ref);
  }

  /** Cancels the strategy's own orders; those that protect the position stay. */
  cancelAll(): void {
    for (const order of this.orders) this.cancel(order.ref);
  }

  /** Sets or moves the stop loss and take profit of the position; when flat, of the entry asked for or on its way. */
  protect(prices: ProtectionPrices): void {
    this.#desk.protect(this.#symbol, prices);
  }

  #enter(side: 1 | -1, terms: EntryTerms): number {
    if (terms.qty < 0) throw new RangeError(`An entry has a quantity above 0, not ${terms.qty}`);
    if (!(terms.qty > 0)) return 0;
    const held = this.position.qty;
    if (held * side > 0 && terms.add !== true) return 0;
    // An entry on its way would be doubled: its fill is not known yet.
    if (terms.add !== true && this.#desk.hasWorkingEntry(this.#symbol, side)) return 0;
    // What an entry of the other side has not filled yet is not wanted any more.
    this.#desk.cancelMarketEntries(this.#symbol, side > 0 ? -1 : 1);
    const opposite = held * side < 0 ? Math.abs(held) : 0;
    const isMarket = terms.limit === undefined && terms.stop === undefined;
    const isApart = opposite > 0 && (!isMarket || this.#desk.hasWorkingReduceOnly(this.#symbol));
    if (isApart) this.#turnOut(side, opposite, terms);
    const request = this.#request;
    request.reset(side, terms.qty + (isApart ? 0 : opposite), PURPOSE.entry);
    takePrices(request, terms);
    request.stopLoss = terms.stopLoss;
    request.takeProfit = terms.takeProfit;
    return this.#desk.place(this.#strategy, this.#symbol, request);
  }

  /** Closes what an entry of the other side turns around from, as far as no exit on its way does. */
  #turnOut(side: 1 | -1, opposite: number, terms: EntryTerms): void {
    const qty = opposite - this.#desk.exitingQty(this.#symbol);
    if (!(qty > 0)) return;
    this.#request.reset(side, qty, PURPOSE.signal);
    takePrices(this.#request, terms);
    this.#request.reduceOnly = true;
    this.#desk.place(this.#strategy, this.#symbol, this.#request);
  }
}

function takePrices(request: OrderRequest, terms: EntryTerms): void {
  if (terms.limit !== undefined) {
    request.type = ORDER_TYPE.limit;
    request.price = terms.limit;
  } else if (terms.stop !== undefined) {
    request.type = ORDER_TYPE.stopMarket;
  }
  if (terms.stop !== undefined) request.trigger = terms.stop;
  if (terms.tag !== undefined) request.tag = terms.tag;
}
