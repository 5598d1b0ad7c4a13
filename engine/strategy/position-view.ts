import type { OrderDesk } from "#engine/strategy/order-desk.ts";

/** The position of one symbol, read live. */
export class PositionView {
  readonly #desk: OrderDesk;
  readonly #symbol: number = 0;

  constructor(desk: OrderDesk, symbol: number) {
    this.#desk = desk;
    this.#symbol = symbol;
  }

  /** Base units, signed: below zero short. */
  get qty(): number {
    return this.#desk.positionQty(this.#symbol);
  }

  get isFlat(): boolean {
    return this.qty === 0;
  }

  get isLong(): boolean {
    return this.qty > 0;
  }

  get isShort(): boolean {
    return this.qty < 0;
  }

  /** Average entry price; NaN when flat. */
  get entryPrice(): number {
    return this.#desk.positionEntry(this.#symbol);
  }

  /** Profit at the mark, quote units. */
  get unrealised(): number {
    return this.#desk.positionUnrealised(this.#symbol);
  }
}
