import { fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, REJECT, type RejectCode } from "#engine/model/order-terms.ts";
import { SideNeed } from "#sim/order-margin.ts";
import { type PositionValues, positionValues } from "#sim/position-values.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** A margin requirement may exceed the free balance by this share: sums of doubles, not of decimals. */
const ROUNDING = 1e-12;

/**
 * The venue's own books: wallet, positions, margin. The engine keeps its ledger apart from it.
 *
 * Isolated margin: what a position may lose is locked for it. Cross margin: every position may lose what the account
 * has, and all of them are valued at one instant: `markNow` of every symbol, set at the opens and closes of bars and
 * by what happens between them.
 */
export class SimAccount {
  wallet = 0;
  /** How often the whole equity of a cross account was lost; above 0 the run says so. */
  bankruptcies = 0;
  readonly isCross: boolean;
  readonly symbols: readonly SimSymbol[];
  readonly #need: SideNeed;

  constructor(
    symbols: readonly SimSymbol[],
    startBalance: number,
    settings: Pick<VenueSettings, "marginMode" | "takerPct">,
  ) {
    this.symbols = symbols;
    this.wallet = startBalance;
    this.isCross = settings.marginMode === "cross";
    this.#need = new SideNeed(settings.takerPct / 100);
  }

  /**
   * What is not locked for positions, whatever orders hold of it: it pays fees, funding and losses. Cross margin: the
   * equity less the initial margins, below zero when the positions have lost so much.
   */
  get free(): number {
    const { symbols } = this;
    let free = this.wallet;
    if (this.isCross) {
      for (const symbol of symbols) {
        if (symbol.isFlat) continue;
        free += symbol.position.unrealised(symbol.markNow) - this.lockedMargin(symbol);
      }
      return free;
    }
    for (let at = 0; at < symbols.length; at++) free -= (symbols[at] as SimSymbol).margin;
    return free;
  }

  /** What new orders may use: the free balance without what resting orders hold. */
  get available(): number {
    let available = this.free;
    for (const symbol of this.symbols) available -= this.orderMargin(symbol);
    return available;
  }

  /** Wallet and profit at the marks of the instant; cross margin only. */
  get equity(): number {
    let equity = this.wallet;
    for (const symbol of this.symbols) equity += symbol.position.unrealised(symbol.markNow);
    return equity;
  }

  /** Cross margin: whether the equity is down to the maintenance margins of all positions. */
  get isBreached(): boolean {
    let maintenance = 0;
    let isHeld = false;
    for (const symbol of this.symbols) {
      if (symbol.isFlat) continue;
      isHeld = true;
      maintenance += symbol.maintenanceAt(symbol.markNow);
    }
    return isHeld && this.equity <= maintenance + Math.abs(this.wallet) * ROUNDING;
  }

  /** Margin that is locked for the position: isolated, or the initial margin under cross margin. */
  lockedMargin(symbol: SimSymbol): number {
    return this.isCross ? symbol.marginedValue(symbol.markNow) / symbol.leverage : symbol.margin;
  }

  /** Margin that the resting orders of a symbol hold; of buys and sells the side that needs more counts. */
  orderMargin(symbol: SimSymbol): number {
    if (symbol.orders.length === 0) return 0;
    if (!symbol.hasChanged) return symbol.orderMargin;
    symbol.orderMargin = Math.max(
      this.#sideNeed(symbol, 1, 0, null),
      this.#sideNeed(symbol, -1, 0, null),
    );
    symbol.hasChanged = false;
    return symbol.orderMargin;
  }

  /**
   * Whether an order only closes, or the free money is so much more than all of its value that nothing has to be
   * worked out: one symbol under isolated margin without other orders, as in most backtests. False says nothing.
   */
  isAmple(
    symbol: SimSymbol,
    order: SimOrder | null,
    side: number,
    lots: number,
    price: number,
  ): boolean {
    const held = symbol.position.qtyLots;
    if (held !== 0 && held > 0 !== side > 0) return lots <= (held > 0 ? held : -held);
    if (this.symbols.length > 1 || this.isCross || symbol.leverage < 1) return false;
    if (symbol.valueMax !== Number.POSITIVE_INFINITY) return false;
    if (symbol.orders.length > (order === null ? 0 : 1)) return false;
    // Margin and fee are at most the value each.
    return 2 * fromUnits(symbol.instrument.lot, lots) * price <= this.wallet - symbol.margin;
  }

  /**
   * Money for an execution. An order that rests has its margin reserved and meets no other claim than positions; one
   * that arrives or goes off leaves alone what the others have reserved.
   */
  roomFor(symbol: SimSymbol, order: SimOrder | null, side: number, lots: number): number {
    const room = this.#roomBeside(symbol);
    const isAlone = symbol.orders.length === (order === null ? 0 : 1);
    return isAlone ? room : room - this.#sideNeed(symbol, side, lots, order);
  }

  /** The free balance without what the orders of all other symbols hold. */
  #roomBeside(symbol: SimSymbol): number {
    const { symbols } = this;
    let room = this.free;
    for (let at = 0; at < symbols.length; at++) {
      const other = symbols[at] as SimSymbol;
      if (other !== symbol && other.orders.length > 0) room -= this.orderMargin(other);
    }
    return room;
  }

  /**
   * How many of `lots` the account can pay for: what closes is always allowed, what opens needs its initial margin
   * (value / leverage) and the fee, and a tier that allows the leverage. All or nothing of the opening part: a venue
   * refuses it, it does not trim it.
   */
  affordableLots(
    symbol: SimSymbol,
    side: number,
    lots: number,
    price: number,
    feeRate: number,
    room: number,
  ): number {
    const held = symbol.position.qtyLots;
    const closing = held !== 0 && held > 0 !== side > 0 ? Math.min(lots, Math.abs(held)) : 0;
    const opening = lots - closing;
    if (opening === 0) return lots;
    const { lot } = symbol.instrument;
    const value = fromUnits(lot, lots) * price;
    const opened = closing === 0 ? value : fromUnits(lot, opening) * price;
    let free = room;
    if (closing > 0) {
      free += this.lockedMargin(symbol) + symbol.position.unrealised(price) - this.#counted(symbol);
    }
    if (this.isBeyondTiers(symbol, side, lots, price)) return closing;
    const needed = opened / symbol.leverage + value * feeRate;
    return needed <= free + Math.abs(free) * ROUNDING ? lots : closing;
  }

  /** The room and the lots of an order that meets a price. */
  lotsFor(
    symbol: SimSymbol,
    order: SimOrder,
    lots: number,
    price: number,
    feeRate: number,
    liquidity: number,
  ): number {
    const { side } = order;
    if (this.isAmple(symbol, order, side, lots, price)) return lots;
    const isResting = liquidity === LIQUIDITY.maker;
    const room = isResting ? this.free : this.roomFor(symbol, order, side, lots);
    return this.affordableLots(symbol, side, lots, price, feeRate, room);
  }

  /** Whether the position would be worth more after an execution than the tiers allow at its leverage. */
  isBeyondTiers(symbol: SimSymbol, side: number, lots: number, price: number): boolean {
    if (symbol.valueMax === Number.POSITIVE_INFINITY) return false;
    const after = symbol.position.qtyLots + side * lots;
    const value = fromUnits(symbol.instrument.lot, Math.abs(after)) * price;
    return value > symbol.valueMax * (1 + ROUNDING);
  }

  /**
   * Whether the account has the margin for a limit order that comes to rest or, with `except`, for the size and price
   * to which that one is amended; together with the orders of its side that rest already.
   */
  mayRest(
    symbol: SimSymbol,
    side: number,
    lots: number,
    price: number,
    except: SimOrder | null,
  ): RejectCode {
    const room = this.#roomBeside(symbol);
    const before = except === null ? 0 : this.#sideNeed(symbol, side, 0, null);
    const need = this.#need;
    need.begin(symbol, side, 0, this.lockedMargin(symbol), this.#counted(symbol));
    need.addResting(symbol, side, except);
    need.add(symbol, lots, price);
    if (this.isBeyondTiers(symbol, side, need.lots, price)) return REJECT.leverageTooHigh;
    if (need.need <= room + Math.abs(room) * ROUNDING) return REJECT.none;
    return except !== null && need.need <= before ? REJECT.none : REJECT.insufficientMargin;
  }

  /** Largest position that the orders of a side could lead to, lots. */
  lotsAhead(symbol: SimSymbol, side: number): number {
    this.#sideNeed(symbol, side, 0, null);
    return Math.max(0, side * symbol.position.qtyLots + this.#need.lots);
  }

  /**
   * What the position's owner can pay before the margin of other positions is touched: the free balance and the
   * margin of this one, or all there is under cross margin.
   */
  payable(symbol: SimSymbol): number {
    return Math.max(0, this.isCross ? this.equity : this.free + symbol.margin);
  }

  /**
   * Price at which the venue takes the position over, in ticks: its bankruptcy price. Under cross margin the equity is
   * shared out over the positions by their maintenance margins, so that with the last of them nothing is left.
   */
  takeoverTicks(symbol: SimSymbol): number {
    return symbol.insideTicks(this.#takeoverPrice(symbol));
  }

  /** Fee of a liquidation: a percentage of the value, never out of the margin of other positions. */
  liquidationFee(symbol: SimSymbol, lots: number, price: number, pct: number): number {
    const wanted = (fromUnits(symbol.instrument.lot, lots) * price * pct) / 100;
    return Math.max(0, Math.min(wanted, this.#payableAfter(symbol, lots, price)));
  }

  /** The same of a takeover, with what the rounding of its price to a tick would leave of the margin. */
  takeoverFee(symbol: SimSymbol, lots: number, price: number, pct: number): number {
    const { position, instrument } = symbol;
    const held = Math.abs(position.qtyLots);
    const qty = fromUnits(instrument.lot, lots);
    const share = lots === held ? 1 : lots / held;
    const left = this.isCross
      ? Math.sign(position.qtyLots) * qty * (price - this.#takeoverPrice(symbol))
      : share * (symbol.margin + position.unrealised(price));
    const wanted = (qty * price * pct) / 100 + Math.max(0, left);
    return Math.max(0, Math.min(wanted, this.#payableAfter(symbol, lots, price)));
  }

  /** Isolated margin: takes what the free balance lacks out of the position's margin; returns whether it had to. */
  drawOnMargin(symbol: SimSymbol): boolean {
    const lack = -this.free;
    if (this.isCross || lack <= Math.abs(this.wallet) * ROUNDING) return false;
    symbol.margin -= Math.min(lack, symbol.margin);
    symbol.hasChanged = true;
    symbol.reprice();
    return true;
  }

  /** Whether the owner can bear what closing `lots` at this price costs, without touching other positions' margin. */
  canClose(symbol: SimSymbol, lots: number, price: number, feeRate: number): boolean {
    const { position, instrument } = symbol;
    const held = Math.abs(position.qtyLots);
    const share = lots === held ? 1 : lots / held;
    const fee = fromUnits(instrument.lot, lots) * price * feeRate;
    const left = this.isCross
      ? this.equity + position.unrealised(price) - position.unrealised(symbol.markNow) - fee
      : this.free + share * (symbol.margin + position.unrealised(price)) - fee;
    return left >= -Math.abs(this.wallet) * ROUNDING;
  }

  /** Books a fill: margin is locked per opened value and freed with the share that closes. */
  fill(symbol: SimSymbol, signedLots: number, price: number, fee: number): void {
    const { position, instrument } = symbol;
    const lots = Math.abs(signedLots);
    const held = Math.abs(position.qtyLots);
    const isOpposite = held > 0 && position.qtyLots > 0 !== signedLots > 0;
    const closing = isOpposite ? Math.min(lots, held) : 0;
    if (closing > 0) {
      symbol.margin = closing === held ? 0 : symbol.margin * (1 - closing / held);
      this.wallet += position.reduce(closing, price);
    }
    const opening = lots - closing;
    if (opening > 0) {
      if (position.qtyLots === 0) symbol.positionNumber += 1;
      position.increase(Math.sign(signedLots) * opening, price);
      if (!this.isCross) {
        symbol.margin += (fromUnits(instrument.lot, opening) * price) / symbol.leverage;
      }
    }
    this.wallet -= fee;
    symbol.hasChanged = true;
    if (this.isCross) this.revalue();
    else symbol.reprice();
  }

  /** Cross margin: values all positions at the marks of the instant, and what backs each of them. */
  revalue(): void {
    let profit = 0;
    let maintenance = 0;
    for (const symbol of this.symbols) {
      symbol.profitNow = symbol.position.unrealised(symbol.markNow);
      symbol.maintenanceNow = symbol.maintenanceAt(symbol.markNow);
      symbol.hasChanged = true;
      profit += symbol.profitNow;
      maintenance += symbol.maintenanceNow;
    }
    for (const symbol of this.symbols) {
      const backing = this.wallet + (profit - symbol.profitNow);
      symbol.repriceWith(backing, maintenance - symbol.maintenanceNow);
    }
    if (this.symbols.length === 1) return;
    for (const symbol of this.symbols) this.#repriceShared(symbol, profit);
  }

  /** Cross margin: the two sides of a contract together, and what is certain inside a bar. */
  #repriceShared(symbol: SimSymbol, profit: number): void {
    if (symbol.isFlat) return;
    const { twin } = symbol;
    let money = this.wallet;
    for (const other of this.symbols) {
      if (other === symbol || other === twin || other.isFlat) continue;
      const best = other.bestMark;
      money += other.position.unrealised(best) - other.maintenanceAt(best);
    }
    if (twin === null || twin.isFlat) {
      symbol.repriceInside(money);
    } else if (symbol.position.qtyLots > 0) {
      symbol.repricePair(this.wallet + profit - symbol.profitNow - twin.profitNow, false);
      symbol.repricePair(money, true);
    }
  }

  /** What the venue prints of the position at a mark. */
  valuesAt(symbol: SimSymbol, mark: number): PositionValues {
    const { qtyLots, qty, entryValue } = symbol.position;
    return positionValues(symbol.terms, {
      side: Math.sign(qtyLots),
      qty: Math.abs(qty),
      entryValue,
      mark,
      leverage: symbol.leverage,
      marginMode: this.isCross ? "cross" : "isolated",
      backing: symbol.backing,
      claims: symbol.claims,
      closingFeePct: 0,
    });
  }

  /** What the owner can pay once `lots` are closed at a price. */
  #payableAfter(symbol: SimSymbol, lots: number, price: number): number {
    const { position } = symbol;
    const held = Math.abs(position.qtyLots);
    const share = lots === held ? 1 : lots / held;
    const loss = position.unrealised(price) * share;
    if (!this.isCross) return Math.max(0, this.free + symbol.margin * share) + loss;
    return this.equity + loss - position.unrealised(symbol.markNow) * share;
  }

  #takeoverPrice(symbol: SimSymbol): number {
    if (!this.isCross) return symbol.bankruptcy;
    let maintenance = 0;
    let isOnly = true;
    for (const other of this.symbols) {
      if (other.isFlat) continue;
      maintenance += other.maintenanceAt(other.markNow);
      if (other !== symbol) isOnly = false;
    }
    if (isOnly) return symbol.bankruptcy;
    const own = symbol.maintenanceAt(symbol.markNow);
    const share = maintenance > 0 ? own / maintenance : 1;
    return symbol.markNow - (this.equity * share) / symbol.position.qty;
  }

  /** The part of the position's profit that the free balance includes. */
  #counted(symbol: SimSymbol): number {
    return this.isCross ? symbol.position.unrealised(symbol.markNow) : 0;
  }

  #sideNeed(symbol: SimSymbol, side: number, closed: number, except: SimOrder | null): number {
    const need = this.#need;
    need.begin(symbol, side, closed, this.lockedMargin(symbol), this.#counted(symbol));
    need.addResting(symbol, side, except);
    return need.need;
  }
}
