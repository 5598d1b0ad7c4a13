/** Executions as growing columns: a million fills are eleven arrays, not a million objects. */
export class FillLog {
  #capacity = 1024;
  #length = 0;
  #numbers = new Float64Array(this.#capacity * FILL_WIDTH);

  get length(): number {
    return this.#length;
  }

  /** See `FILL` for the meaning of each column. */
  add(
    time: number,
    symbol: number,
    signedLots: number,
    priceTicks: number,
    fee: number,
    liquidity: number,
    slippage: number,
    participation: number,
    trade: number,
    purpose: number,
  ): void {
    if (this.#length === this.#capacity) this.#grow();
    const at = this.#length * FILL_WIDTH;
    const numbers = this.#numbers;
    numbers[at] = time;
    numbers[at + 1] = symbol;
    numbers[at + 2] = signedLots;
    numbers[at + 3] = priceTicks;
    numbers[at + 4] = fee;
    numbers[at + 5] = liquidity;
    numbers[at + 6] = slippage;
    numbers[at + 7] = participation;
    numbers[at + 8] = trade;
    numbers[at + 9] = purpose;
    this.#length += 1;
  }

  get(row: number, column: number): number {
    return this.#numbers[row * FILL_WIDTH + column] as number;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = new Float64Array(this.#capacity * FILL_WIDTH);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

export const FILL_WIDTH = 10;
export const FILL = {
  time: 0,
  symbol: 1,
  signedLots: 2,
  priceTicks: 3,
  fee: 4,
  liquidity: 5,
  slippage: 6,
  participation: 7,
  trade: 8,
  purpose: 9,
} as const;
