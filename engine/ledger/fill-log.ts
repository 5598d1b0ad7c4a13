import { NumberRows } from "#engine/ledger/number-rows.ts";
import type { EngineEvent } from "#engine/model/event.ts";

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

/** Executions as growing columns: a million fills are not a million objects. */
export class FillLog {
  readonly #rows = new NumberRows(FILL_WIDTH);

  get length(): number {
    return this.#rows.length;
  }

  /** See `FILL` for the meaning of each column. */
  add(execution: EngineEvent, slippage: number, trade: number, purpose: number): void {
    const at = this.#rows.add();
    const numbers = this.#rows.chunk;
    numbers[at] = execution.time;
    numbers[at + 1] = execution.symbol;
    numbers[at + 2] = execution.side * execution.qtyLots;
    numbers[at + 3] = execution.priceTicks;
    numbers[at + 4] = execution.fee;
    numbers[at + 5] = execution.liquidity;
    numbers[at + 6] = slippage;
    numbers[at + 7] = execution.participation;
    numbers[at + 8] = trade;
    numbers[at + 9] = purpose;
  }

  get(row: number, column: number): number {
    return this.#rows.get(row, column);
  }
}
