import { fromUnits } from "#engine/model/grid.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { AmbiguityBand } from "#engine/result/run-result.ts";
import { isEntry, visitsHighFirst } from "#sim/intrabar-path.ts";
import { type SimOrder, triggersOnRise } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { IntrabarMode, VenueSettings } from "#sim/venue-settings.ts";

/** How a path goes on after an entry inside the bar. */
type AfterEntry = "path" | "adverse" | "favourable";

interface ShadowOrder {
  order: SimOrder;
  remaining: number;
}

/**
 * The ambiguity band: for bars in which two orders of one position can both act and the result depends on their
 * order, the outcome of the bar along the base path and along the adverse and the favourable one, valued at its
 * close. The differences are summed over the run; later decisions stay those of the base run.
 *
 * Conditions: the orders that rest at that moment are resolved, reactions of a strategy inside the same bar are not
 * foreseen; after an entry inside the bar the protection that the engine has placed by then is resolved.
 */
export class BandRecorder {
  readonly #settings: VenueSettings;
  #bars = 0;
  #trades = 0;
  #lastTrade = -1;
  #below = 0;
  #above = 0;

  constructor(settings: VenueSettings) {
    this.#settings = settings;
  }

  result(net: number): AmbiguityBand {
    return {
      ambiguousBars: this.#bars,
      ambiguousTrades: this.#trades,
      pessimistic: { net: net + this.#below },
      optimistic: { net: net + this.#above },
    };
  }

  /** Looks at the state of a symbol before the path goes on. Returns whether the bar is ambiguous from here. */
  consider(symbol: SimSymbol, trade: number): boolean {
    if (countReachable(symbol) < 2) return false;
    const mode = this.#settings.intrabar;
    const base = this.#outcome(symbol, visitsHighFirst(mode, symbol), afterEntryOf(mode));
    const adverse = this.#outcome(symbol, visitsHighFirst("worst", symbol), "adverse");
    const favourable = this.#outcome(symbol, visitsHighFirst("best", symbol), "favourable");
    // Adverse first is the definition; that it is never above base is what the band promises.
    const worst = Math.min(adverse, base);
    const best = Math.max(favourable, base);
    const scale = Math.abs(fromUnits(symbol.instrument.tick, symbol.closeTicks)) * 1e-12;
    if (best - worst <= scale) return false;
    this.#bars += 1;
    if (trade !== this.#lastTrade) {
      this.#lastTrade = trade;
      this.#trades += 1;
    }
    this.#below += worst - base;
    this.#above += best - base;
    return true;
  }

  /** Cash of the fills along one path plus the position that is left, at the close; quote units. */
  #outcome(symbol: SimSymbol, highFirst: boolean, after: AfterEntry): number {
    const shadow = new Shadow(symbol, this.#settings);
    const first = highFirst ? symbol.highTicks : symbol.lowTicks;
    let second = highFirst ? symbol.lowTicks : symbol.highTicks;
    let leg = 0;
    while (leg < 3) {
      const target = leg === 0 ? first : leg === 1 ? second : symbol.closeTicks;
      const lotsBefore = shadow.lots;
      if (!shadow.step(target)) {
        leg += 1;
        continue;
      }
      if (isEntry(lotsBefore, shadow.lots) && after !== "path") {
        leg = 1;
        const isLong = shadow.lots > 0;
        second = isLong === (after === "adverse") ? symbol.lowTicks : symbol.highTicks;
      }
    }
    return shadow.value();
  }
}

/** The resting orders of one bar, resolved along one path without telling anybody. */
class Shadow {
  readonly #symbol: SimSymbol;
  readonly #settings: VenueSettings;
  readonly #orders: ShadowOrder[];
  #at: number;
  #cash = 0;
  #capacity: number;
  #hasLiquidation: boolean;
  lots: number;

  constructor(symbol: SimSymbol, settings: VenueSettings) {
    this.#symbol = symbol;
    this.#settings = settings;
    this.#orders = symbol.orders
      .filter((order) => !order.isMarket)
      .map((order) => ({ order, remaining: order.remainingLots }));
    this.#at = symbol.atTicks;
    this.#capacity = symbol.capacityLots;
    this.#hasLiquidation = !symbol.isFlat;
    this.lots = symbol.position.qtyLots;
  }

  /** Acts out the nearest order on the way to `target`; false when there is none and the price has arrived. */
  step(target: number): boolean {
    const rising = target > this.#at;
    let nearest: ShadowOrder | null = null;
    let level = Number.NaN;
    for (const one of this.#orders) {
      const reached = this.#levelOf(one, target, rising);
      if (reached !== reached) continue;
      const isNearer =
        nearest === null || Math.abs(reached - this.#at) < Math.abs(level - this.#at);
      if (!isNearer) continue;
      nearest = one;
      level = reached;
    }
    if (this.#liquidates(target, rising, level)) return true;
    if (nearest === null) {
      this.#at = target;
      return false;
    }
    this.#at = level;
    this.#fill(nearest, level);
    return true;
  }

  value(): number {
    const { tick, lot } = this.#symbol.instrument;
    const close = fromUnits(tick, this.#symbol.closeTicks);
    return this.#cash + fromUnits(lot, this.lots) * close;
  }

  #levelOf(one: ShadowOrder, target: number, rising: boolean): number {
    const { order } = one;
    if (one.remaining === 0 || this.#capacity <= 0) return Number.NaN;
    if (order.reduceOnly && (this.lots === 0 || this.lots > 0 === order.side > 0))
      return Number.NaN;
    if (order.type === ORDER_TYPE.limit) {
      const through = this.#settings.limitFill === "touch" ? 0 : 1;
      const price = order.priceTicks;
      if (order.side > 0) {
        return !rising && target <= price - through ? Math.min(this.#at, price) : Number.NaN;
      }
      return rising && target >= price + through ? Math.max(this.#at, price) : Number.NaN;
    }
    const trigger = order.triggerTicks;
    if (triggersOnRise(order)) {
      return rising && target >= trigger ? Math.max(this.#at, trigger) : Number.NaN;
    }
    return !rising && target <= trigger ? Math.min(this.#at, trigger) : Number.NaN;
  }

  #fill(one: ShadowOrder, level: number): void {
    const { order } = one;
    const limit = order.reduceOnly ? Math.abs(this.lots) : Number.POSITIVE_INFINITY;
    const lots = Math.min(one.remaining, this.#capacity, limit);
    const isLimit = order.type === ORDER_TYPE.limit;
    const symbol = this.#symbol;
    let ticks = isLimit ? order.priceTicks : level;
    if (!isLimit) {
      const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
      const range = symbol.highTicks - symbol.lowTicks;
      const loss = slippageTicks(this.#settings.slippage, level, share, range);
      ticks = slippedTicks(order.side, level, loss);
    }
    const pct = isLimit ? this.#settings.makerPct : this.#settings.takerPct;
    const value = fromUnits(symbol.instrument.lot, lots) * fromUnits(symbol.instrument.tick, ticks);
    this.#cash -= order.side * value + (value * pct) / 100;
    this.#capacity -= lots;
    this.lots += order.side * lots;
    one.remaining -= lots;
    // What a triggered order could not fill works on in the next bar.
    if (!isLimit) one.remaining = 0;
  }

  #liquidates(target: number, rising: boolean, orderLevel: number): boolean {
    const { mark, liquidation, instrument, bankruptcy } = this.#symbol;
    if (!this.#hasLiquidation || this.lots === 0 || this.lots > 0 === rising) return false;
    if (this.lots !== this.#symbol.position.qtyLots) return false;
    const isLong = this.lots > 0;
    if (isLong ? mark.low > liquidation : mark.high < liquidation) return false;
    const level = (liquidation * instrument.tick.denominator) / instrument.tick.numerator;
    const at = isLong
      ? Math.min(this.#at, Math.max(level, target))
      : Math.max(this.#at, Math.min(level, target));
    if (Math.abs(at - this.#at) > Math.abs(orderLevel - this.#at)) return false;
    this.#cash += fromUnits(instrument.lot, this.lots) * bankruptcy;
    this.lots = 0;
    this.#hasLiquidation = false;
    this.#at = at;
    return true;
  }
}

function afterEntryOf(mode: IntrabarMode): AfterEntry {
  if (mode === "worst" || mode === "detail") return "adverse";
  return mode === "best" ? "favourable" : "path";
}

/** Orders whose level lies inside the bar; the liquidation of the position counts as one. */
function countReachable(symbol: SimSymbol): number {
  let count = 0;
  for (const order of symbol.orders) {
    if (order.isMarket) continue;
    const level = order.type === ORDER_TYPE.limit ? order.priceTicks : order.triggerTicks;
    if (level >= symbol.lowTicks && level <= symbol.highTicks) count += 1;
  }
  const lots = symbol.position.qtyLots;
  const { mark, liquidation } = symbol;
  if (lots > 0 && mark.low <= liquidation) count += 1;
  if (lots < 0 && mark.high >= liquidation) count += 1;
  return count;
}
