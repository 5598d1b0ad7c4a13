import type { OrderDesk } from "#engine/strategy/order-desk.ts";

/** Sizes in base units, from the last price and the account's equity. Rounding to the lot is the engine's. */
export class Sizing {
  readonly #desk: OrderDesk;
  readonly #symbol: number = 0;

  constructor(desk: OrderDesk, symbol: number) {
    this.#desk = desk;
    this.#symbol = symbol;
  }

  /** So much money of position value. */
  notional(quote: number): number {
    return quote / this.#desk.lastPrice(this.#symbol);
  }

  /** Position value as a percentage of equity; 100 with leverage 1 leaves nothing for fees. */
  percentOfEquity(pct: number): number {
    return this.notional((Math.max(0, this.#desk.equity()) * pct) / 100);
  }

  /** The size that loses `pct` percent of equity when the price goes from the last price to the stop. */
  riskPercent(pct: number, stopPrice: number): number {
    const distance = Math.abs(this.#desk.lastPrice(this.#symbol) - stopPrice);
    return distance > 0 ? (Math.max(0, this.#desk.equity()) * pct) / 100 / distance : 0;
  }

  /**
   * Volatility target: the position value at which the yearly volatility of the position is `targetPct` of equity,
   * given the volatility of one bar's return (a fraction) and the bars in a year.
   */
  volatilityTarget(targetPct: number, barVolatility: number, barsPerYear: number): number {
    const yearly = barVolatility * Math.sqrt(barsPerYear);
    return yearly > 0 ? this.percentOfEquity(targetPct / yearly) : 0;
  }
}
