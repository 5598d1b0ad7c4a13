import { NumberRows } from "#engine/ledger/number-rows.ts";
import { partOf, type SharedParts } from "#engine/ledger/shared-double.ts";
import type { EngineEvent } from "#engine/model/event.ts";

export const FILL = {
  time: 0,
  signedLots: 1,
  priceTicks: 2,
  fee: 3,
  slippage: 4,
  participation: 5,
  symbol: 6,
  liquidity: 7,
  purpose: 8,
  trade: 9,
} as const;

/** Columns from `symbol` on are small whole numbers that share one double: memory that is touched is time. */
const WIDTH = 7;
const SHARED = 6;
const SYMBOLS = 2 ** 12;
const LIQUIDITIES = 2;
const PURPOSES = 2 ** 4;

/** Executions as growing columns: a million fills are not a million objects. */
export class FillLog {
  readonly #rows = new NumberRows(WIDTH);

  get length(): number {
    return this.#rows.length;
  }

  /** See `FILL` for the meaning of each column; `slippage` in quote units, `trade` is the trade's number. */
  add(execution: EngineEvent, slippage: number, trade: number, purpose: number): void {
    const at = this.#rows.add();
    const numbers = this.#rows.chunk;
    numbers[at] = execution.time;
    numbers[at + 1] = execution.side * execution.qtyLots;
    numbers[at + 2] = execution.priceTicks;
    numbers[at + 3] = execution.fee;
    numbers[at + 4] = slippage;
    numbers[at + 5] = execution.participation;
    numbers[at + SHARED] =
      ((trade * PURPOSES + purpose) * LIQUIDITIES + execution.liquidity) * SYMBOLS +
      execution.symbol;
  }

  get(row: number, column: number): number {
    if (column < SHARED) return this.#rows.get(row, column);
    return partOf(this.#rows.get(row, SHARED), PARTS, column);
  }
}

/** The trade is what is left. */
const PARTS: SharedParts = [
  [FILL.symbol, SYMBOLS],
  [FILL.liquidity, LIQUIDITIES],
  [FILL.purpose, PURPOSES],
];
