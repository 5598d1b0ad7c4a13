import { fromUnits } from "#engine/model/grid.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** A margin requirement may exceed the free balance by this share: sums of doubles, not of decimals. */
const ROUNDING = 1e-12;

/** The venue's own books: wallet, positions, isolated margin. The engine keeps its ledger apart from it. */
export class SimAccount {
  wallet = 0;
  readonly #symbols: readonly SimSymbol[];

  constructor(symbols: readonly SimSymbol[], startBalance: number) {
    this.#symbols = symbols;
    this.wallet = startBalance;
  }

  /** What new positions may lock: the wallet without the margin of open positions. */
  get available(): number {
    let free = this.wallet;
    for (const symbol of this.#symbols) free -= symbol.margin;
    return free;
  }

  /**
   * How many of `lots` the account can pay for: what closes is always allowed, what opens needs its initial margin
   * (value / leverage) and the fee. All or nothing of the opening part: a venue refuses it, it does not trim it.
   */
  affordableLots(
    symbol: SimSymbol,
    side: number,
    lots: number,
    price: number,
    feeRate: number,
  ): number {
    const held = symbol.position.qtyLots;
    const closing = held !== 0 && held > 0 !== side > 0 ? Math.min(lots, Math.abs(held)) : 0;
    const opening = lots - closing;
    if (opening === 0) return lots;
    const value = fromUnits(symbol.instrument.lot, lots) * price;
    const opened = closing === 0 ? value : fromUnits(symbol.instrument.lot, opening) * price;
    let free = this.available;
    if (closing > 0) free += symbol.margin + symbol.position.unrealised(price);
    const needed = opened / symbol.leverage + value * feeRate;
    return needed <= free + Math.abs(free) * ROUNDING ? lots : closing;
  }

  /**
   * What the position's owner can pay before the margin of other positions is touched: the free balance and the
   * margin of this one.
   */
  payable(symbol: SimSymbol): number {
    return Math.max(0, this.available + symbol.margin);
  }

  /**
   * What a liquidation at `price` takes besides the loss: a percentage of the value and what the rounding of the
   * price to a tick would leave of the margin; never out of the margin of other positions.
   */
  liquidationFee(symbol: SimSymbol, price: number, pct: number): number {
    const { position } = symbol;
    const loss = position.unrealised(price);
    const left = Math.max(0, symbol.margin + loss);
    const wanted = (Math.abs(position.qty) * price * pct) / 100 + left;
    return Math.max(0, Math.min(wanted, this.payable(symbol) + loss));
  }

  /** Takes what the free balance lacks out of the position's margin; returns whether there was need to. */
  drawOnMargin(symbol: SimSymbol): boolean {
    const lack = -this.available;
    if (lack <= Math.abs(this.wallet) * ROUNDING) return false;
    symbol.margin -= Math.min(lack, symbol.margin);
    symbol.reprice();
    return true;
  }

  /** Whether the owner can bear what closing `lots` at this price costs, without touching other positions' margin. */
  canClose(symbol: SimSymbol, lots: number, price: number, feeRate: number): boolean {
    const { position, instrument } = symbol;
    const held = Math.abs(position.qtyLots);
    const share = lots === held ? 1 : lots / held;
    const fee = fromUnits(instrument.lot, lots) * price * feeRate;
    const left = this.available + share * (symbol.margin + position.unrealised(price)) - fee;
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
      symbol.margin += (fromUnits(instrument.lot, opening) * price) / symbol.leverage;
    }
    this.wallet -= fee;
    symbol.reprice();
  }
}
