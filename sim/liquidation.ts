import { EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { LIQUIDITY, REJECT } from "#engine/model/order-terms.ts";
import { tierIndex } from "#sim/margin.ts";
import { holdsMargin } from "#sim/order-margin.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { VenueEvents } from "#sim/venue-events.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** What a liquidation needs of the venue besides its books. */
export interface LiquidationDesk {
  cancel(symbol: SimSymbol, order: SimOrder, reason: number): void;
  positionChanged(symbol: SimSymbol, lotsBefore: number): void;
}

/**
 * Hyperliquid: above this value a fifth of the position goes first, the rest when the margin does not suffice again
 * within the cooldown; below two thirds of the maintenance margin the backstop takes all. Source: Hyperliquid docs,
 * trading/liquidations.
 */
const LARGE_VALUE = 100_000;
const FIRST_SHARE = 0.2;
const COOLDOWN_MS = 30_000;

/**
 * How positions end whose margin is down to the maintenance margin.
 *
 * Conditions:
 * 1. Resting orders that hold margin are cancelled first: those of the symbol, under cross margin of all symbols.
 *    Orders hold no maintenance margin here, so the condition still holds afterwards.
 * 2. `tiers`: a position beyond the first tier is reduced to the tier below at its bankruptcy price: the part that goes
 *    takes its share of the margin with it, and pays the fee. Then the condition is looked at again; in the first tier
 *    all of it goes. Source: Bybit help centre, "Liquidation Process (USDT Contract)".
 * 3. `hyperliquid`: at the last price with slippage, never worse than bankruptcy; what is left of the margin stays
 *    with the account, under isolated margin with the position as long as there is one.
 * 4. Cross margin: positions are reduced by the same rules, the one with the largest maintenance margin first. When
 *    nothing can be reduced any more, all are taken over and the equity is gone: never less than zero.
 */
export class Liquidation {
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #events: VenueEvents;
  readonly #desk: LiquidationDesk;
  /** Hyperliquid: until then a large position goes as a whole. */
  #cooldownUntil = Number.NEGATIVE_INFINITY;

  constructor(
    settings: VenueSettings,
    account: SimAccount,
    events: VenueEvents,
    desk: LiquidationDesk,
  ) {
    this.#settings = settings;
    this.#account = account;
    this.#events = events;
    this.#desk = desk;
  }

  /** The mark has reached the liquidation price of a position: one step, under cross margin as many as it takes. */
  reach(symbol: SimSymbol, mark: number): void {
    symbol.markNow = mark;
    if (symbol.twin !== null) symbol.twin.markNow = mark;
    if (this.#account.isCross) {
      this.#account.revalue();
      this.account();
      return;
    }
    this.#cancelOrders(symbol);
    switch (this.#settings.liquidation) {
      case "tiers":
        this.#takeOver(symbol, lotsToShed(symbol, mark));
        return;
      case "hyperliquid":
        this.#reduceIsolated(symbol, mark);
        return;
      case "whole":
        this.#takeOver(symbol, Math.abs(symbol.position.qtyLots));
        return;
    }
  }

  /** An exit that nobody could bear: the venue takes the position over, under cross margin all positions. */
  takeOver(symbol: SimSymbol): void {
    if (this.#account.isCross) {
      for (const one of this.#account.symbols) this.#cancelOrders(one);
      this.#takeOverAll();
    } else {
      this.#cancelOrders(symbol);
      this.#takeOver(symbol, Math.abs(symbol.position.qtyLots));
    }
  }

  /** Cross margin: the equity is down to the maintenance margins at the marks of the instant. */
  account(): void {
    for (const symbol of this.#account.symbols) this.#cancelOrders(symbol);
    do {
      const symbol = this.#heaviest();
      if (symbol === null) return;
      switch (this.#settings.liquidation) {
        case "tiers": {
          const large = this.#heaviestBeyondFirstTier();
          if (large === null) this.#takeOverAll();
          else this.#takeOver(large, lotsToShed(large, large.markNow));
          break;
        }
        case "hyperliquid":
          if (this.#isBackstopped()) this.#takeOverAll();
          else this.#sell(symbol, this.#lotsAtMarket(symbol, symbol.markNow), marketTicks(symbol));
          break;
        case "whole":
          this.#takeOverAll();
          break;
      }
    } while (this.#account.isBreached);
  }

  #takeOverAll(): void {
    for (let symbol = this.#heaviest(); symbol !== null; symbol = this.#heaviest()) {
      this.#takeOver(symbol, Math.abs(symbol.position.qtyLots));
    }
    this.#account.bankruptcies += 1;
  }

  #takeOver(symbol: SimSymbol, lots: number): void {
    const ticks = this.#account.takeoverTicks(symbol);
    const price = fromUnits(symbol.instrument.tick, ticks);
    const fee = this.#account.takeoverFee(symbol, lots, price, this.#settings.liquidationPct);
    this.#execute(symbol, lots, ticks, ticks, fee);
  }

  #reduceIsolated(symbol: SimSymbol, mark: number): void {
    const account = this.#account;
    const left = symbol.margin + symbol.position.unrealised(mark);
    if (left * 3 < symbol.maintenanceAt(mark) * 2) {
      this.#takeOver(symbol, Math.abs(symbol.position.qtyLots));
      return;
    }
    const { margin } = symbol;
    const { wallet } = account;
    this.#sell(symbol, this.#lotsAtMarket(symbol, mark), symbol.atTicks);
    if (symbol.isFlat) return;
    // The margin is not parted: the loss comes out of it, the rest backs what is left of the position.
    symbol.margin = Math.max(0, margin + account.wallet - wallet);
    symbol.reprice();
    this.#desk.positionChanged(symbol, symbol.position.qtyLots);
  }

  #isBackstopped(): boolean {
    let maintenance = 0;
    for (const symbol of this.#account.symbols) maintenance += symbol.maintenanceAt(symbol.markNow);
    return this.#account.equity * 3 < maintenance * 2;
  }

  #lotsAtMarket(symbol: SimSymbol, mark: number): number {
    const { now } = this.#events;
    const held = Math.abs(symbol.position.qtyLots);
    const isLarge = Math.abs(symbol.position.qty) * mark > LARGE_VALUE;
    if (!isLarge || now < this.#cooldownUntil) return held;
    this.#cooldownUntil = now + COOLDOWN_MS;
    return Math.ceil(held * FIRST_SHARE);
  }

  /** Closes at a price (ticks, not rounded) with slippage, but at the bankruptcy price at worst. */
  #sell(symbol: SimSymbol, lots: number, level: number): void {
    const isLong = symbol.position.qtyLots > 0;
    const reference = isLong ? Math.floor(level + 1e-9) : Math.ceil(level - 1e-9);
    const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
    const range = symbol.highTicks - symbol.lowTicks;
    const loss = slippageTicks(this.#settings.slippage, reference, share, range);
    const slipped = slippedTicks(isLong ? -1 : 1, reference, loss);
    const worst = this.#account.takeoverTicks(symbol);
    const ticks = isLong ? Math.max(slipped, worst) : Math.min(slipped, worst);
    const price = fromUnits(symbol.instrument.tick, ticks);
    const fee = this.#account.liquidationFee(symbol, lots, price, this.#settings.liquidationPct);
    const unslipped = isLong ? Math.max(reference, ticks) : Math.min(reference, ticks);
    this.#execute(symbol, lots, ticks, unslipped, fee);
  }

  #execute(
    symbol: SimSymbol,
    lots: number,
    priceTicks: number,
    referenceTicks: number,
    fee: number,
  ): void {
    const { position, instrument } = symbol;
    const before = position.qtyLots;
    const side = before > 0 ? -1 : 1;
    const qty = fromUnits(instrument.lot, lots);
    this.#account.fill(symbol, side * lots, fromUnits(instrument.tick, priceTicks), fee);
    const event = this.#events.beginExecution(EVENT.liquidated, symbol);
    event.side = side;
    event.qtyLots = lots;
    event.priceTicks = priceTicks;
    event.referenceTicks = referenceTicks;
    event.liquidity = LIQUIDITY.taker;
    event.fee = fee;
    event.participation = qty / symbol.volume;
    this.#events.deliver(event);
    this.#desk.positionChanged(symbol, before);
  }

  #cancelOrders(symbol: SimSymbol): void {
    const { orders } = symbol;
    for (let at = 0; at < orders.length; ) {
      const order = orders[at] as SimOrder;
      if (holdsMargin(order)) {
        this.#desk.cancel(symbol, order, REJECT.liquidated);
        at = 0;
      } else {
        at += 1;
      }
    }
  }

  /** The position with the largest maintenance margin; of equal ones the first by id. */
  #heaviest(): SimSymbol | null {
    let heaviest: SimSymbol | null = null;
    let most = -1;
    for (const symbol of this.#account.symbols) {
      const maintenance = symbol.maintenanceAt(symbol.markNow);
      if (symbol.isFlat || maintenance <= most) continue;
      heaviest = symbol;
      most = maintenance;
    }
    return heaviest;
  }

  #heaviestBeyondFirstTier(): SimSymbol | null {
    let heaviest: SimSymbol | null = null;
    let most = -1;
    for (const symbol of this.#account.symbols) {
      const { markNow, terms } = symbol;
      const maintenance = symbol.maintenanceAt(markNow);
      if (symbol.isFlat || maintenance <= most) continue;
      if (tierIndex(terms.tiers, symbol.marginedValue(markNow)) === 0) continue;
      heaviest = symbol;
      most = maintenance;
    }
    return heaviest;
  }
}

/** Lots by which a position comes down to the tier below at a mark; all of them in the first tier. */
export function lotsToShed(symbol: SimSymbol, mark: number): number {
  const held = Math.abs(symbol.position.qtyLots);
  const value = symbol.marginedValue(mark);
  const { tiers } = symbol.terms;
  const below = tiers[tierIndex(tiers, value) - 1];
  if (below === undefined) return held;
  const kept = Math.floor((held * below.upTo) / value + 1e-9);
  return Math.max(1, held - kept);
}

/** Where a position is sold at the instant: at the mark, or at the last price where marks are another series. */
function marketTicks(symbol: SimSymbol): number {
  const { tick } = symbol.instrument;
  if (symbol.mark.isStored) return symbol.atTicks;
  return (symbol.markNow * tick.denominator) / tick.numerator;
}
