import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import { floorUnits, fromUnits, type Grid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import {
  hasLimitPrice,
  hasTriggerPrice,
  ORDER_TYPE,
  type OrderTypeName,
  PURPOSE,
} from "#engine/model/order-terms.ts";
import { closableLots } from "#engine/orders/closes.ts";
import type { OrderManager } from "#engine/orders/order-manager.ts";
import type { Order, OrderStore } from "#engine/orders/order-store.ts";
import { againstAccount, ProtectiveOrders } from "#engine/orders/protective-orders.ts";
import { EntryProtection } from "#engine/rules/entry-protection.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Protection } from "#engine/rules/protection.ts";
import type {
  OrderChange,
  OrderDesk,
  OrderView,
  ProtectionPrices,
} from "#engine/strategy/order-desk.ts";
import type { OrderRequest } from "#engine/strategy/order-request.ts";
import type { RequestConditions } from "#engine/strategy/request-conditions.ts";

/**
 * Where wishes become intents: rounds prices and sizes once, knows which orders open and which close, and answers
 * what strategies ask of the account.
 */
export class Desk implements OrderDesk {
  readonly orderManager: OrderManager;
  readonly store: OrderStore;
  readonly lastPrices: Float64Array;
  readonly marks: Float64Array;
  readonly fundingRates: Float64Array;
  /** Leverage that was asked for last, by symbol. */
  readonly wantedLeverage: Float64Array;
  readonly protective: ProtectiveOrders;
  readonly #instruments: readonly Instrument[];
  readonly #ledger: Ledger;
  #protections: readonly Protection[] = [];
  /** Prices named while there was neither a position nor an entry: they wait for one of the same decision. */
  readonly #early: readonly EntryProtection[];
  readonly #earlyAt: Float64Array;
  /** One-cancels-the-other groups by strategy and word. */
  readonly #groups = new Map<string, number>();

  constructor(instruments: readonly Instrument[], ledger: Ledger, orderManager: OrderManager) {
    const count = instruments.length;
    this.#instruments = instruments;
    this.#ledger = ledger;
    this.orderManager = orderManager;
    this.store = orderManager.store;
    this.protective = new ProtectiveOrders(instruments, ledger, orderManager);
    this.lastPrices = orderManager.risk.lastPrices;
    this.marks = orderManager.risk.marks;
    this.wantedLeverage = Float64Array.from(instruments, (_, at) => ledger.leverageOf(at));
    this.fundingRates = new Float64Array(count).fill(Number.NaN);
    this.#early = instruments.map(() => new EntryProtection());
    this.#earlyAt = new Float64Array(count).fill(Number.NaN);
  }

  /** Time of the event that is being handled, epoch ms. */
  get now(): number {
    return this.orderManager.now;
  }

  bindProtections(protections: readonly Protection[]): void {
    this.#protections = protections;
  }

  equity(): number {
    return this.#ledger.equity(this.marks);
  }

  wallet(): number {
    return this.#ledger.wallet;
  }

  lastPrice(symbol: number): number {
    return this.lastPrices[symbol] as number;
  }

  fundingRate(symbol: number): number {
    return this.fundingRates[symbol] as number;
  }

  positionQty(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).qty;
  }

  positionEntry(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).entryPrice;
  }

  positionUnrealised(symbol: number): number {
    return (this.#ledger.positions[symbol] as Position).unrealised(this.marks[symbol] as number);
  }

  leverage(symbol: number): number {
    return this.#ledger.leverageOf(symbol);
  }

  place(strategy: number, symbol: number, request: OrderRequest): number {
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    const { side, type } = request;
    if (request.qty < 0) {
      throw new RangeError(`An order has a quantity above 0, not ${request.qty}`);
    }
    const lots = Number.isFinite(request.qty) ? floorUnits(lot, request.qty) : 0;
    if (lots === 0) return 0;
    const priceTicks = againstAccount(tick, request.price, side);
    const triggerTicks = againstAccount(tick, request.trigger, side);
    checkPrices(request, priceTicks, triggerTicks);
    const order = this.orderManager.intend(strategy, symbol, type, side, lots, request.purpose);
    order.priceTicks = priceTicks;
    order.triggerTicks = triggerTicks;
    order.reduceOnly = request.reduceOnly;
    order.tag = request.tag;
    if (!request.conditions.isPlain) this.#takeConditions(order, request.conditions, tick);
    if (isEntry(order)) {
      if (this.#earlyAt[symbol] === this.now) {
        order.protection.nameAs(this.#early[symbol] as EntryProtection);
      }
      order.protection.name(request.stopLoss, request.takeProfit);
    }
    if (order.reduceOnly && type === ORDER_TYPE.market) this.protective.sendClose(order);
    else this.orderManager.send(order);
    return refOf(order);
  }

  #takeConditions(order: Order, asked: RequestConditions, tick: Grid): void {
    const { conditions } = order;
    conditions.isPlain = false;
    conditions.triggerBy = asked.triggerBy;
    conditions.timeInForce = asked.timeInForce;
    conditions.expiresAt = asked.expiresAt;
    conditions.isPostOnly = asked.isPostOnly;
    conditions.callbackPct = asked.callbackPct;
    // A distance, not a price: what it leads to is rounded, not itself.
    conditions.callbackTicks = (asked.callback * tick.denominator) / tick.numerator;
    conditions.activationTicks = againstAccount(tick, asked.activation, order.side);
    conditions.group = asked.group === null ? 0 : this.#groupOf(order, asked.group);
  }

  /** A number for the group that a strategy names, whatever symbols and sides its orders are of. */
  #groupOf(order: Order, word: string): number {
    const name = `${order.strategy} ${word}`;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = this.#groups.size + 1;
      this.#groups.set(name, group);
    }
    return group;
  }

  /** Groups by strategy and word: orders that are restored belong to them. */
  groups(): readonly (readonly [name: string, group: number])[] {
    return [...this.#groups];
  }

  restoreGroups(groups: readonly (readonly [name: string, group: number])[]): void {
    for (const [name, group] of groups) this.#groups.set(name, group);
  }

  amend(strategy: number, symbol: number, ref: number, change: OrderChange): boolean {
    const order = this.#findOwn(strategy, symbol, ref);
    if (order === undefined) return false;
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    for (const [name, value] of Object.entries(change)) {
      if (value !== undefined && !(value > 0)) {
        throw new RangeError(`An order is amended to a ${name} above 0, not ${value}`);
      }
    }
    const { qty, price, trigger } = change;
    const lots = qty === undefined ? Number.NaN : floorUnits(lot, qty);
    const priceTicks = price === undefined ? Number.NaN : againstAccount(tick, price, order.side);
    const triggerTicks =
      trigger === undefined ? Number.NaN : againstAccount(tick, trigger, order.side);
    if (priceTicks <= 0 || triggerTicks <= 0) {
      throw new RangeError("An order is amended to a price and a trigger of one tick or more");
    }
    return this.orderManager.amend(order, lots, priceTicks, triggerTicks);
  }

  cancel(strategy: number, symbol: number, ref: number): boolean {
    const order = this.#findOwn(strategy, symbol, ref);
    return order !== undefined && this.orderManager.cancel(order);
  }

  configure(symbol: number, leverage: number, margin: number): void {
    const isAsked = leverage > 0 || margin > 0;
    if (!isAsked || !Number.isFinite(leverage + margin)) {
      throw new RangeError("A leverage and a margin to add are above 0");
    }
    if (leverage > 0) this.wantedLeverage[symbol] = leverage;
    this.orderManager.configure(symbol, leverage, margin);
  }

  orders(symbol: number): readonly OrderView[] {
    const { lot, tick } = this.#instruments[symbol] as Instrument;
    return this.store
      .working(symbol)
      .map((order) => viewOf(order, lot, tick))
      .sort((a, b) => a.ref - b.ref);
  }

  hasWorkingEntry(symbol: number, side: 1 | -1): boolean {
    for (const order of this.store.working(symbol)) {
      if (isEntry(order) && order.side === side) return true;
    }
    return false;
  }

  cancelMarketEntries(symbol: number, side: 1 | -1): void {
    const working = this.store.working(symbol);
    for (let at = 0; at < working.length; at++) {
      const order = working[at] as Order;
      const isMeant = isEntry(order) && order.type === ORDER_TYPE.market && order.side === side;
      if (isMeant) this.orderManager.cancel(order);
    }
  }

  turnsInTwo(symbol: number): boolean {
    // One order for both counts whole against a limit: whatever closed the position first would leave all of it.
    if (this.orderManager.risk.isRestricting) return true;
    for (const order of this.store.working(symbol)) if (order.reduceOnly) return true;
    return false;
  }

  exitingQty(symbol: number): number {
    const working = this.store.working(symbol);
    if (working.length === 0) return 0;
    const held = (this.#ledger.positions[symbol] as Position).qtyLots;
    const left = closableLots(held, working, null);
    return fromUnits((this.#instruments[symbol] as Instrument).lot, Math.abs(held) - left);
  }

  protect(symbol: number, prices: ProtectionPrices): void {
    const { stopLoss, takeProfit } = prices;
    const isHeld = (this.#ledger.positions[symbol] as Position).qtyLots !== 0;
    if (isHeld) {
      const protection = this.#protections[symbol] as Protection;
      protection.setPrices(stopLoss, takeProfit, this.now);
    }
    let isSaid = isHeld;
    for (const order of this.store.working(symbol)) {
      // While a position is held, an entry that has not filled yet keeps the prices it was given.
      if (!isEntry(order) || (isHeld && !order.protection.isInForce)) continue;
      order.protection.name(stopLoss, takeProfit);
      this.store.touch(order);
      isSaid = true;
    }
    if (isSaid) return;
    const early = this.#early[symbol] as EntryProtection;
    if (this.#earlyAt[symbol] !== this.now) early.clear();
    this.#earlyAt[symbol] = this.now;
    early.name(stopLoss, takeProfit);
  }

  setRules(symbol: number, rules: ExitRules): void {
    (this.#protections[symbol] as Protection).setRules(rules);
  }

  /** An order of a strategy by its reference; those that protect a position are moved by `protect` alone. */
  #findOwn(strategy: number, symbol: number, ref: number): Order | undefined {
    const order = this.store.find(ref - 1);
    const isOwn = order?.symbol === symbol && order.strategy === strategy;
    return isOwn ? order : undefined;
  }
}

/** What a strategy calls an order by. */
function refOf(order: Order): number {
  return order.requestId + 1;
}

function isEntry(order: Order): boolean {
  return order.purpose === PURPOSE.entry && !order.reduceOnly;
}

function checkPrices(request: OrderRequest, priceTicks: number, triggerTicks: number): void {
  const { type, price, trigger } = request;
  if (hasLimitPrice(type) && !(priceTicks > 0)) {
    throw new RangeError(`A ${TYPE_NAMES[type]} order has a price above 0, not ${orNone(price)}`);
  }
  if (hasTriggerPrice(type) && !(triggerTicks > 0)) {
    throw new RangeError(
      `A ${TYPE_NAMES[type]} order has a trigger above 0, not ${orNone(trigger)}`,
    );
  }
}

function orNone(price: number): string {
  return price === price ? String(price) : "none";
}

const TYPE_NAMES = Object.keys(ORDER_TYPE) as readonly OrderTypeName[];

function viewOf(order: Order, lot: Grid, tick: Grid): OrderView {
  const { priceTicks, triggerTicks } = order;
  return {
    ref: refOf(order),
    side: order.side > 0 ? "buy" : "sell",
    type: TYPE_NAMES[order.type] as OrderTypeName,
    qty: fromUnits(lot, order.qtyLots),
    filled: fromUnits(lot, order.filledLots),
    price: priceTicks === priceTicks ? fromUnits(tick, priceTicks) : null,
    trigger: triggerTicks === triggerTicks ? fromUnits(tick, triggerTicks) : null,
    reduceOnly: order.reduceOnly,
    tag: order.tag,
  };
}
