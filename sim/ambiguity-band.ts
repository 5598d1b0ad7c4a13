import { fromUnits } from "#engine/model/grid.ts";
import { hasLimitPrice } from "#engine/model/order-terms.ts";
import type { AmbiguityBand } from "#engine/result/run-result.ts";
import { ANY_ORDER, actsOn, BarPath } from "#sim/bar-path.ts";
import { extremeAfterEntry, extremeFor, isEntry, startPath } from "#sim/intrabar-path.ts";
import { lotsToShed } from "#sim/liquidation.ts";
import { levelReached } from "#sim/next-hit.ts";
import { holdsMargin } from "#sim/order-margin.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import { isMarketable, PHASE, type Phase, type SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";
import { slippageTicks, slippedTicks } from "#sim/slippage.ts";
import type { IntrabarMode, VenueSettings } from "#sim/venue-settings.ts";

interface ShadowOrder {
  readonly order: SimOrder;
  remaining: number;
  phase: Phase;
}

/**
 * The ambiguity band: for bars in which two orders of one position can both act, or its entry and an exit, and the
 * result depends on their order, the outcome of the bar along the base path and along the adverse and the favourable
 * one, valued at its close. The differences are summed over the run; later decisions stay those of the base run.
 *
 * Conditions: the orders that rest at that moment are resolved, reactions of a strategy inside the same bar are not
 * foreseen; after an entry inside the bar the protection that the engine has placed by then is resolved.
 */
export class BandRecorder {
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #base = new BarPath();
  readonly #adverse = new BarPath();
  readonly #favourable = new BarPath();
  /** Position that was ambiguous last, per symbol. */
  readonly #lastPosition: number[] = [];
  #bars = 0;
  #trades = 0;
  #below = 0;
  #above = 0;

  constructor(settings: VenueSettings, account: SimAccount) {
    this.#settings = settings;
    this.#account = account;
  }

  result(net: number): AmbiguityBand {
    return {
      ambiguousBars: this.#bars,
      ambiguousTrades: this.#trades,
      pessimistic: { net: net + this.#below },
      optimistic: { net: net + this.#above },
    };
  }

  /** Looks at a bar before its inside is walked along `path`. Returns whether it is ambiguous. */
  consider(symbol: SimSymbol, path: BarPath): boolean {
    if (countReachable(symbol) < 2) return false;
    this.#base.copy(path);
    startPath(this.#adverse, "worst", symbol, path.newestOld);
    startPath(this.#favourable, "best", symbol, path.newestOld);
    return this.#compare(symbol);
  }

  /** Looks at a bar at an entry inside it, before its path turns: the entry counts as one of the two orders. */
  considerEntry(symbol: SimSymbol, path: BarPath, level: number): boolean {
    if (countReachable(symbol) < 1) return false;
    const extreme = extremeAfterEntry(this.#settings.intrabar, symbol);
    this.#base.copy(path);
    if (extreme === extreme) this.#base.turn(extreme, level);
    this.#adverse.copy(path);
    this.#adverse.turn(extremeAfterEntry("worst", symbol), level);
    this.#favourable.copy(path);
    this.#favourable.turn(extremeAfterEntry("best", symbol), level);
    return this.#compare(symbol);
  }

  #compare(symbol: SimSymbol): boolean {
    const base = this.#outcome(symbol, this.#base, this.#settings.intrabar);
    const adverse = this.#outcome(symbol, this.#adverse, "worst");
    const favourable = this.#outcome(symbol, this.#favourable, "best");
    // Adverse first is the definition; that it is never above base is what the band promises.
    const worst = Math.min(adverse, base);
    const best = Math.max(favourable, base);
    const scale = Math.abs(fromUnits(symbol.instrument.tick, symbol.closeTicks)) * 1e-12;
    if (best - worst <= scale) return false;
    this.#bars += 1;
    if (symbol.positionNumber !== this.#lastPosition[symbol.index]) {
      this.#lastPosition[symbol.index] = symbol.positionNumber;
      this.#trades += 1;
    }
    this.#below += worst - base;
    this.#above += best - base;
    return true;
  }

  /** Cash of the fills along one path plus the position that is left, at the close; quote units. */
  #outcome(symbol: SimSymbol, path: BarPath, mode: IntrabarMode): number {
    const shadow = new Shadow(symbol, this.#settings, this.#account);
    while (!path.isOver) {
      const lotsBefore = shadow.lots;
      if (!shadow.step(path.target, path.newestOrder)) {
        shadow.at = path.leave();
      } else if (isEntry(lotsBefore, shadow.lots)) {
        const extreme = extremeFor(mode, symbol, shadow.lots > 0);
        if (extreme === extreme) path.turn(extreme, shadow.at);
      }
    }
    return shadow.value();
  }
}

/** How an order fills: rested as maker at its price, taken there at once, or as a market order with slippage. */
const RESTED = 0;
const TAKEN = 1;
const SLIPPED = 2;
type Manner = typeof RESTED | typeof TAKEN | typeof SLIPPED;

/** The resting orders of one bar, resolved along one path without telling anybody. */
class Shadow {
  readonly #symbol: SimSymbol;
  readonly #settings: VenueSettings;
  readonly #account: SimAccount;
  readonly #orders: readonly ShadowOrder[];
  #cash = 0;
  #capacity: number;
  #hasLiquidation: boolean;
  lots: number;
  /** Where the price is, ticks. */
  at: number;

  constructor(symbol: SimSymbol, settings: VenueSettings, account: SimAccount) {
    this.#symbol = symbol;
    this.#settings = settings;
    this.#account = account;
    this.#orders = symbol.orders
      .filter((order) => order.phase !== PHASE.market)
      .map((order) => ({ order, remaining: order.remainingLots, phase: order.phase }));
    this.at = symbol.atTicks;
    this.#capacity = symbol.capacityLots;
    this.#hasLiquidation = !symbol.isFlat;
    this.lots = symbol.position.qtyLots;
  }

  /** Acts out the nearest order on the way to `target`, as `next-hit.ts` chooses it; false when there is none. */
  step(target: number, newestOrder: number): boolean {
    let nearest: ShadowOrder | null = null;
    let level = Number.NaN;
    let best = Number.POSITIVE_INFINITY;
    let bestRank = 0;
    for (const one of this.#orders) {
      if (!actsOn(newestOrder, one.order) || !this.#mayAct(one)) continue;
      const through = this.#settings.limitFill === "touch" ? 0 : 1;
      const reached = levelReached(this.#symbol, one.order, one.phase, this.at, target, through);
      if (reached !== reached) continue;
      const distance = Math.abs(reached - this.at);
      const rank = one.phase === PHASE.limit ? 1 : 0;
      if (distance < best || (distance === best && rank < bestRank)) {
        best = distance;
        bestRank = rank;
        nearest = one;
        level = reached;
      }
    }
    if (newestOrder === ANY_ORDER && this.#liquidates(target, best)) return true;
    if (nearest === null) return false;
    this.at = level;
    const { order } = nearest;
    if (nearest.phase === PHASE.waiting && hasLimitPrice(order.type)) {
      nearest.phase = PHASE.limit;
      // It takes at once or rests at its price from here on.
      if (isMarketable(order, level) && this.#capacity > 0) this.#fill(nearest, level, TAKEN);
      else if (order.isImmediate) nearest.remaining = 0;
    } else if (this.#capacity <= 0 || !this.#hasUse(order)) {
      // A stop that goes off without volume waits as a market order; one with nothing to reduce is dropped.
      nearest.remaining = 0;
    } else if (nearest.phase === PHASE.limit) {
      this.#fill(nearest, order.priceTicks, RESTED);
    } else {
      this.#fill(nearest, level, SLIPPED);
    }
    return true;
  }

  value(): number {
    const { tick, lot } = this.#symbol.instrument;
    const close = fromUnits(tick, this.#symbol.closeTicks);
    return this.#cash + fromUnits(lot, this.lots) * close;
  }

  #mayAct({ phase, remaining }: ShadowOrder): boolean {
    return remaining > 0 && (this.#capacity > 0 || phase !== PHASE.limit);
  }

  /** Whether there is a position that the order could reduce, if it may only reduce. */
  #hasUse(order: SimOrder): boolean {
    return !order.reduceOnly || (this.lots !== 0 && this.lots > 0 !== order.side > 0);
  }

  #fill(one: ShadowOrder, level: number, manner: Manner): void {
    const { order } = one;
    const limit = order.reduceOnly ? Math.abs(this.lots) : Number.POSITIVE_INFINITY;
    const lots = Math.min(one.remaining, this.#capacity, limit);
    const symbol = this.#symbol;
    let ticks = level;
    if (manner === SLIPPED) {
      const share = fromUnits(symbol.instrument.lot, lots) / symbol.volume;
      const range = symbol.highTicks - symbol.lowTicks;
      const loss = slippageTicks(this.#settings.slippage, level, share, range);
      ticks = slippedTicks(order.side, level, loss);
    }
    const pct = manner === RESTED ? this.#settings.makerPct : this.#settings.takerPct;
    const value = fromUnits(symbol.instrument.lot, lots) * fromUnits(symbol.instrument.tick, ticks);
    this.#cash -= order.side * value + (value * pct) / 100;
    const before = this.lots;
    this.#capacity -= lots;
    this.lots += order.side * lots;
    one.remaining -= lots;
    this.#shrinkGroup(one, lots);
    const hasEnded = this.lots === 0 || (before !== 0 && before > 0 !== this.lots > 0);
    if (hasEnded) this.#dropUseless();
    // What a triggered order could not fill works on in the next bar.
    if (manner === SLIPPED) one.remaining = 0;
  }

  /** What one of a group fills, the others lose. */
  #shrinkGroup(filled: ShadowOrder, lots: number): void {
    const { group } = filled.order.conditions;
    if (group === 0) return;
    for (const one of this.#orders) {
      if (one === filled || one.order.conditions.group !== group) continue;
      one.remaining = filled.remaining === 0 ? 0 : Math.max(0, one.remaining - lots);
    }
  }

  /** Rule 7 of `exchange.ts`: a position takes the orders with it that could only enlarge what comes after it. */
  #dropUseless(): void {
    for (const one of this.#orders) if (!this.#hasUse(one.order)) one.remaining = 0;
  }

  /** Whether the mark takes the position over before the nearest order, which is `distance` away. */
  #liquidates(target: number, distance: number): boolean {
    const { mark, liquidationInside: liquidation, instrument } = this.#symbol;
    if (liquidation !== liquidation) return false;
    if (!this.#hasLiquidation || this.lots !== this.#symbol.position.qtyLots) return false;
    const isLong = this.lots > 0;
    if (isLong ? target > this.at : target < this.at) return false;
    if (isLong ? mark.low > liquidation : mark.high < liquidation) return false;
    const level = (liquidation * instrument.tick.denominator) / instrument.tick.numerator;
    const at = isLong
      ? Math.min(this.at, Math.max(level, target))
      : Math.max(this.at, Math.min(level, target));
    if (Math.abs(at - this.at) > distance) return false;
    this.#takeOver(at);
    this.#hasLiquidation = false;
    this.at = at;
    for (const one of this.#orders) if (holdsMargin(one.order)) one.remaining = 0;
    if (this.lots === 0) this.#dropUseless();
    return true;
  }

  /** The first step of a liquidation with the price at `at`, as `liquidation.ts` takes it. */
  #takeOver(at: number): void {
    const symbol = this.#symbol;
    const { tick, lot } = symbol.instrument;
    const { liquidation, liquidationPct } = this.#settings;
    const isMarket = liquidation === "hyperliquid";
    const sold = this.lots > 0 ? Math.floor(at + 1e-9) : Math.ceil(at - 1e-9);
    const ticks = isMarket ? sold : this.#account.takeoverTicks(symbol);
    const price = fromUnits(tick, ticks);
    const held = Math.abs(this.lots);
    const lots = liquidation === "tiers" ? lotsToShed(symbol, symbol.liquidation) : held;
    const side = this.lots > 0 ? 1 : -1;
    this.#cash += side * fromUnits(lot, lots) * price;
    this.#cash -= isMarket
      ? this.#account.liquidationFee(symbol, lots, price, liquidationPct)
      : this.#account.takeoverFee(symbol, lots, price, liquidationPct);
    this.lots -= side * lots;
  }
}

/** Orders whose level lies inside the bar; the liquidation of the position counts as one. */
function countReachable(symbol: SimSymbol): number {
  let count = 0;
  for (const order of symbol.orders) {
    if (order.phase === PHASE.market) continue;
    const level = order.phase === PHASE.limit ? order.priceTicks : order.triggerTicks;
    if (level >= symbol.lowTicks && level <= symbol.highTicks) count += 1;
  }
  const lots = symbol.position.qtyLots;
  const { mark, liquidationInside: liquidation } = symbol;
  if (lots > 0 && mark.low <= liquidation) count += 1;
  if (lots < 0 && mark.high >= liquidation) count += 1;
  return count;
}
