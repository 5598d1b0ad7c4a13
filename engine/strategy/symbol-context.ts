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
import { PositionView } from "#engine/strategy/position-view.ts";
import type { BarView } from "#engine/strategy/series-view.ts";
import { Sizing } from "#engine/strategy/sizing.ts";

/** What an exit may say; without a quantity it closes all of the position. */
export interface ExitTerms {
  /** Base units. */
  readonly qty?: number | undefined;
  readonly tag?: string | undefined;
  /** Hedge mode: which position; without it both. */
  readonly positionSide?: "long" | "short" | undefined;
}

const WHOLE: ExitTerms = {};

export interface SymbolContextParts<Params, Indicators, State> {
  readonly desk: OrderDesk;
  readonly strategy: number;
  readonly symbol: number;
  /** Hedge mode: the index of the short side; null in one-way mode. */
  readonly shortSymbol: number | null;
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
  /** In hedge mode the long one. */
  readonly position: PositionView;
  /** Hedge mode: the short position beside the long one; in one-way mode the same as `position`. */
  readonly shortPosition: PositionView;
  readonly size: Sizing;
  readonly state: State;
  readonly #desk: OrderDesk;
  readonly #request = new OrderRequest();
  readonly #strategy: number = 0;
  readonly #symbol: number = 0;
  /** The same as `#symbol` in one-way mode. */
  readonly #shortSymbol: number = 0;
  readonly #bars: ReadonlyMap<string, BarView>;

  constructor(parts: SymbolContextParts<Params, Indicators, State>) {
    this.symbol = parts.name;
    this.params = parts.params;
    this.indicators = parts.indicators;
    this.bar = parts.bar;
    this.state = parts.state;
    this.#shortSymbol = parts.shortSymbol ?? parts.symbol;
    this.position = new PositionView(parts.desk, parts.symbol);
    this.shortPosition =
      parts.shortSymbol === null ? this.position : new PositionView(parts.desk, parts.shortSymbol);
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
    const orders = this.#desk.orders(this.#symbol);
    return this.isHedged ? [...orders, ...this.#desk.orders(this.#shortSymbol)] : orders;
  }

  /** Whether a long and a short position stand beside each other. */
  get isHedged(): boolean {
    return this.#shortSymbol !== this.#symbol;
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
    const { positionSide } = options;
    if (!this.isHedged) return this.#exit(this.#symbol, options);
    const long = positionSide === "short" ? 0 : this.#exit(this.#symbol, options);
    const short = positionSide === "long" ? 0 : this.#exit(this.#shortSymbol, options);
    return long === 0 ? short : long;
  }

  /**
   * Places any order.
   * @throws RangeError for terms that contradict each other, and where the position side does not fit the mode
   */
  order(terms: OrderTerms): number {
    const { positionSide } = terms;
    const request = this.#request;
    request.take(terms);
    if (!this.isHedged) {
      if (positionSide === undefined) return this.#place(this.#symbol, request);
      throw new RangeError('A "positionSide" belongs to hedge mode; this account is one-way');
    }
    if (positionSide !== "long" && positionSide !== "short") {
      throw new RangeError('In hedge mode an order names its "positionSide", long or short');
    }
    // The side of a position is never left through zero: what goes against it only reduces.
    if ((positionSide === "long") !== (terms.side === "buy")) request.reduce();
    return this.#place(positionSide === "long" ? this.#symbol : this.#shortSymbol, request);
  }

  /** Changes an order of this strategy; false when it has ended or the change is refused before it is sent. */
  amend(ref: number, change: OrderChange): boolean {
    if (this.#desk.amend(this.#strategy, this.#symbol, ref, change)) return true;
    return this.isHedged && this.#desk.amend(this.#strategy, this.#shortSymbol, ref, change);
  }

  /** Cancels an order of this strategy; false when it has ended or is being cancelled already. */
  cancel(ref: number): boolean {
    if (this.#desk.cancel(this.#strategy, this.#symbol, ref)) return true;
    return this.isHedged && this.#desk.cancel(this.#strategy, this.#shortSymbol, ref);
  }

  /** Cancels the strategy's own orders; those that protect the position stay. */
  cancelAll(): void {
    for (const order of this.orders) this.cancel(order.ref);
  }

  /**
   * Sets or moves the stop loss and take profit of the position; when flat, of the entry asked for or on its way.
   * @throws RangeError in hedge mode without a side
   */
  protect(prices: ProtectionPrices, positionSide?: "long" | "short"): void {
    if (this.isHedged && positionSide === undefined) {
      throw new RangeError('In hedge mode protect() names the position, "long" or "short"');
    }
    this.#desk.protect(positionSide === "short" ? this.#shortSymbol : this.#symbol, prices);
  }

  /** Asks the venue for another leverage, in times; positions that are open get it too. */
  setLeverage(leverage: number): void {
    this.#desk.configure(this.#symbol, leverage, 0);
    if (this.isHedged) this.#desk.configure(this.#shortSymbol, leverage, 0);
  }

  /** Puts money, quote units, into the isolated margin of the position. */
  addMargin(amount: number, positionSide: "long" | "short" = "long"): void {
    const symbol = positionSide === "short" ? this.#shortSymbol : this.#symbol;
    this.#desk.configure(symbol, 0, amount);
  }

  #place(symbol: number, request: OrderRequest): number {
    return this.#desk.place(this.#strategy, symbol, request);
  }

  #exit(symbol: number, options: ExitTerms): number {
    const { qty } = options;
    if (qty === undefined) {
      // Entries and adds that are still filling, and what is left of a turn-around.
      this.#desk.cancelMarketEntries(symbol, BUY);
      this.#desk.cancelMarketEntries(symbol, SELL);
    } else if (qty < 0) {
      throw new RangeError(`An exit has a quantity above 0, not ${qty}`);
    }
    const held = this.#desk.positionQty(symbol);
    if (held === 0) return 0;
    const size = Math.abs(held);
    if (qty === undefined && this.#desk.exitingQty(symbol) >= size) return 0;
    const request = this.#request;
    request.reset(
      held > 0 ? SELL : BUY,
      qty === undefined || qty > size ? size : qty,
      PURPOSE.signal,
    );
    request.reduceOnly = true;
    if (options.tag !== undefined) request.tag = options.tag;
    return this.#place(symbol, request);
  }

  #enter(side: 1 | -1, terms: EntryTerms): number {
    if (terms.qty < 0) throw new RangeError(`An entry has a quantity above 0, not ${terms.qty}`);
    if (!(terms.qty > 0)) return 0;
    const symbol = side > 0 ? this.#symbol : this.#shortSymbol;
    const held = this.#desk.positionQty(symbol);
    if (held * side > 0 && terms.add !== true) return 0;
    // An entry on its way would be doubled: its fill is not known yet.
    if (terms.add !== true && this.#desk.hasWorkingEntry(symbol, side)) return 0;
    // What an entry of the other side has not filled yet is not wanted any more.
    if (!this.isHedged) this.#desk.cancelMarketEntries(symbol, side > 0 ? -1 : 1);
    const opposite = held * side < 0 ? Math.abs(held) : 0;
    const isMarket = terms.limit === undefined && terms.stop === undefined;
    const isApart = opposite > 0 && (!isMarket || this.#desk.turnsInTwo(symbol));
    if (isApart) this.#turnOut(side, opposite, terms);
    const request = this.#request;
    request.reset(side, terms.qty + (isApart ? 0 : opposite), PURPOSE.entry);
    takePrices(request, terms);
    request.stopLoss = terms.stopLoss;
    request.takeProfit = terms.takeProfit;
    return this.#place(symbol, request);
  }

  /** Closes what an entry of the other side turns around from, as far as no exit on its way does. */
  #turnOut(side: 1 | -1, opposite: number, terms: EntryTerms): void {
    const qty = opposite - this.#desk.exitingQty(this.#symbol);
    if (!(qty > 0)) return;
    this.#request.reset(side, qty, PURPOSE.signal);
    takePrices(this.#request, terms);
    this.#request.reduceOnly = true;
    this.#place(this.#symbol, this.#request);
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
