import type { Ledger } from "#engine/ledger/ledger.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { BUY, type OrderSide, REJECT, type RejectCode, SELL } from "#engine/model/order-terms.ts";
import type { OpenExposure } from "#engine/risk/open-exposure.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";

export interface WorstCaseParts {
  readonly instruments: readonly Instrument[];
  readonly ledger: Ledger;
  readonly limits: RiskLimits;
  readonly exposure: OpenExposure;
  /** Prices in quote units by slot. */
  readonly risk: { readonly lastPrices: Float64Array; readonly marks: Float64Array };
}

/**
 * The account as it would be if every order that may open were filled in the worst direction: positions at the last
 * price, orders as `open-exposure.ts` counts them. A slot is worth the larger of its long and its short side, a hedged
 * symbol the sum of its two slots.
 */
export class WorstCase {
  readonly #ledger: Ledger;
  readonly #limits: RiskLimits;
  readonly #exposure: OpenExposure;
  readonly #prices: WorstCaseParts["risk"];
  /** Quote units of lots × ticks as a fraction, so that whole numbers stay exact until the last division. */
  readonly #numerators: Float64Array;
  readonly #denominators: Float64Array;
  /** Slots of each slot's symbol. */
  readonly #slotsOf: readonly (readonly number[])[];

  constructor({ instruments, ledger, limits, exposure, risk }: WorstCaseParts) {
    this.#ledger = ledger;
    this.#limits = limits;
    this.#exposure = exposure;
    this.#prices = risk;
    this.#numerators = Float64Array.from(instruments, (o) => o.tick.numerator * o.lot.numerator);
    this.#denominators = Float64Array.from(
      instruments,
      (o) => o.tick.denominator * o.lot.denominator,
    );
    this.#slotsOf = instruments.map(({ symbol }) =>
      instruments.flatMap((other, slot) => (other.symbol === symbol ? [slot] : [])),
    );
  }

  /**
   * Which limit an order of `value` (lots × ticks) more on one side of a slot would pass; `none` when it passes none.
   * What leaves the worst case as it is passes the limits of the account, and that of its symbol if its own side is
   * within it: the other side may be worth more than a limit that was lowered since.
   */
  refusal(slot: number, side: OrderSide, value: number): RejectCode {
    const { maxNotionalPerSymbol, maxTotalNotional, maxLeverage, maxOpenPositions } = this.#limits;
    if (maxOpenPositions !== undefined && !this.#isTaken(slot)) {
      if (this.#taken() + 1 > maxOpenPositions) return REJECT.riskOpenPositions;
    }
    const before = this.#slotValue(slot);
    const after = this.#sideValue(slot, side, value);
    const more = after - before;
    if (maxNotionalPerSymbol !== undefined) {
      if (!(this.#symbolValue(slot) + more <= maxNotionalPerSymbol))
        return REJECT.riskSymbolNotional;
    }
    if (after <= before) return REJECT.none;
    if (maxTotalNotional === undefined && maxLeverage === undefined) return REJECT.none;
    const total = this.total() + more;
    if (maxTotalNotional !== undefined && !(total <= maxTotalNotional)) {
      return REJECT.riskTotalNotional;
    }
    if (maxLeverage === undefined) return REJECT.none;
    const equity = this.#ledger.equity(this.#prices.marks);
    return total <= maxLeverage * equity ? REJECT.none : REJECT.riskLeverage;
  }

  /** Over all slots, quote units. */
  total(): number {
    let sum = 0;
    const { length } = this.#slotsOf;
    for (let slot = 0; slot < length; slot++) {
      if (this.#isTaken(slot)) sum += this.#slotValue(slot);
    }
    return sum;
  }

  #symbolValue(slot: number): number {
    const slots = this.#slotsOf[slot] as readonly number[];
    if (slots.length === 1) return this.#slotValue(slot);
    let sum = 0;
    for (const one of slots) sum += this.#slotValue(one);
    return sum;
  }

  /** The larger side of a slot, quote units. */
  #slotValue(slot: number): number {
    const long = this.#sideValue(slot, BUY, 0);
    const short = this.#sideValue(slot, SELL, 0);
    // A price that is not known makes a position worth NaN, which no limit lets through.
    if (long >= short) return long;
    return short >= long ? short : Number.NaN;
  }

  /** One side of a slot with so much more in its orders, lots × ticks; the result in quote units. */
  #sideValue(slot: number, side: OrderSide, more: number): number {
    const { buyValue, sellValue } = this.#exposure;
    const held = side * (this.#ledger.positions[slot] as Position).qtyLots;
    let value = ((side === BUY ? buyValue : sellValue)[slot] as number) + more;
    if (held > 0) value += held * this.#ticks(slot);
    return (value * (this.#numerators[slot] as number)) / (this.#denominators[slot] as number);
  }

  #ticks(slot: number): number {
    const { lastPrices, marks } = this.#prices;
    const last = lastPrices[slot] as number;
    return this.#exposure.ticksOf(slot, last === last ? last : (marks[slot] as number));
  }

  #isTaken(slot: number): boolean {
    const { buyLots, sellLots } = this.#exposure;
    const isHeld = (this.#ledger.positions[slot] as Position).qtyLots !== 0;
    return isHeld || (buyLots[slot] as number) > 0 || (sellLots[slot] as number) > 0;
  }

  #taken(): number {
    let count = 0;
    const { length } = this.#slotsOf;
    for (let slot = 0; slot < length; slot++) if (this.#isTaken(slot)) count += 1;
    return count;
  }
}
