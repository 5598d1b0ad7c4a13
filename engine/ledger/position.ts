/**
 * One position in one-way mode and the money that its fills realise. Prices in quote units per base unit,
 * quantities in lots with their sign. The average entry price is kept as the value of the open size, so that a
 * reduction takes its share and a full close leaves exactly zero.
 */
export class Position {
  /** Base units of one lot as a fraction: numerator / denominator. */
  readonly #lotNumerator: number = 0;
  readonly #lotDenominator: number = 0;
  /** Signed: above zero long, below zero short. */
  qtyLots = 0;
  /** The same in base units. A field, because it is read far more often than it changes. */
  qty = 0;
  /** |size| × average entry price, quote units. */
  entryValue = 0;

  constructor(lot: { readonly numerator: number; readonly denominator: number }) {
    this.#lotNumerator = lot.numerator;
    this.#lotDenominator = lot.denominator;
  }

  /** Average entry price; NaN when flat. */
  get entryPrice(): number {
    return this.qtyLots === 0 ? Number.NaN : this.entryValue / Math.abs(this.qty);
  }

  /** Profit of the open size at this price, quote units. */
  unrealised(price: number): number {
    if (this.qtyLots === 0) return 0;
    const value = Math.abs(this.qty) * price;
    return this.qtyLots > 0 ? value - this.entryValue : this.entryValue - value;
  }

  /** The position as it was kept. */
  restore(qtyLots: number, entryValue: number): void {
    this.qtyLots = qtyLots;
    this.qty = (qtyLots * this.#lotNumerator) / this.#lotDenominator;
    this.entryValue = entryValue;
  }

  /** Adds to the position in its own direction, or opens it. */
  increase(signedLots: number, price: number): void {
    const qty = (signedLots * this.#lotNumerator) / this.#lotDenominator;
    const isNew = this.qtyLots === 0;
    this.qtyLots += signedLots;
    this.qty = isNew ? qty : (this.qtyLots * this.#lotNumerator) / this.#lotDenominator;
    this.entryValue += Math.abs(qty) * price;
  }

  /** Takes off at most the whole position and returns the realised profit, quote units. */
  reduce(lots: number, price: number): number {
    const open = Math.abs(this.qtyLots);
    const isLong = this.qtyLots > 0;
    if (lots === open) {
      const profit = this.unrealised(price);
      this.qtyLots = 0;
      this.qty = 0;
      this.entryValue = 0;
      return profit;
    }
    const value = ((lots * this.#lotNumerator) / this.#lotDenominator) * price;
    const cost = this.entryValue * (lots / open);
    this.qtyLots += isLong ? -lots : lots;
    this.qty = (this.qtyLots * this.#lotNumerator) / this.#lotDenominator;
    this.entryValue -= cost;
    return isLong ? value - cost : cost - value;
  }
}
