import { ORDER_TYPE, PURPOSE, REJECT, rejectName } from "#engine/model/order-terms.ts";
import { unpackKey } from "#engine/orders/intent-key.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { ABSENT, RECORD, RECORD_WIDTH } from "#engine/records/record-log.ts";
import type { FirstOf } from "#reports/diagnostics/lint-subject.ts";

/** An entry that the venue refused, whole or its rest, because the margin did not suffice. */
export interface RefusedEntry {
  /** Epoch ms. */
  readonly time: number;
  readonly symbol: string;
  /** It had been accepted: its rest, or all of it, was cancelled. */
  readonly isCancelled: boolean;
}

/** The trigger of the stop that an execution belongs to. */
export interface StopFill {
  readonly triggerTicks: number;
  /** The order was amended on its way: where its trigger stood in the end is not in the records. */
  readonly isAmended: boolean;
}

interface StopOrder {
  readonly triggerTicks: number;
  isAmended: boolean;
  hasFilled: boolean;
}

/** Refused entries beyond this many are not kept one by one: nobody reads them, and the first ones tell the story. */
const REFUSED_MAX = 1_000_000;

/**
 * Reads the trading records of a run as they come and keeps what the linter needs and the result does not tell:
 * which entries were refused when, where orders were rejected first, and the triggers of stops that filled.
 * Executions are counted as `RunResult.fills` lists them, liquidations included.
 */
export class RecordNotes {
  readonly refusedEntries: RefusedEntry[] = [];
  /** By reason. */
  readonly rejections = new Map<string, FirstOf>();
  /** By row of `RunResult.fills`; the first execution of each stop only: what fills later is no gap. */
  readonly stopFills = new Map<number, StopFill>();
  readonly #symbols: readonly string[];
  readonly #stops = new Map<string, StopOrder>();
  #executions = 0;

  /** @param symbols The symbol of each index of the records. */
  constructor(symbols: readonly string[]) {
    this.#symbols = symbols;
  }

  /** Takes full rows; the array is not kept. */
  add(rows: Float64Array): void {
    for (let at = 0; at < rows.length; at += RECORD_WIDTH) {
      const kind = rows[at];
      if (kind === RECORD.transition) this.#onTransition(rows, at);
      else if (kind === RECORD.intent) this.#onIntent(rows, at);
      else if (kind === RECORD.fill) this.#onFill(rows, at);
      else if (kind === RECORD.liquidation) this.#onLiquidation(rows, at);
    }
  }

  #onIntent(rows: Float64Array, at: number): void {
    if (rows[at + 8] !== ORDER_TYPE.stopMarket || rows[at + 7] === ABSENT) return;
    const triggerTicks = rows[at + 7] as number;
    this.#stops.set(keyOf(rows, at), { triggerTicks, isAmended: false, hasFilled: false });
  }

  #onTransition(rows: Float64Array, at: number): void {
    const status = rows[at + 5] as number;
    if (status === STATUS.amending) {
      const stop = this.#stops.size === 0 ? undefined : this.#stops.get(keyOf(rows, at));
      if (stop !== undefined) stop.isAmended = true;
      return;
    }
    if (status < STATUS.filled) return;
    if (this.#stops.size > 0) this.#stops.delete(keyOf(rows, at));
    const reason = rows[at + 7] as number;
    if (reason === REJECT.none) return;
    const time = rows[at + 1] as number;
    const symbol = this.#symbols[rows[at + 2] as number] ?? "";
    if (status === STATUS.rejected) this.#countRejection(rejectName(reason), time, symbol);
    const isEntry = unpackKey(rows[at + 4] as number).leg === PURPOSE.entry;
    if (reason === REJECT.insufficientMargin && isEntry) {
      if (this.refusedEntries.length >= REFUSED_MAX) return;
      this.refusedEntries.push({ time, symbol, isCancelled: status === STATUS.cancelled });
    }
  }

  /** What was cancelled to free margin for a liquidation at the same time was not refused by anybody. */
  #onLiquidation(rows: Float64Array, at: number): void {
    this.#executions += 1;
    const { refusedEntries } = this;
    for (
      let last = refusedEntries.at(-1);
      last?.time === rows[at + 1];
      last = refusedEntries.at(-1)
    ) {
      if (!last?.isCancelled) return;
      refusedEntries.pop();
    }
  }

  #countRejection(reason: string, time: number, symbol: string): void {
    const known = this.rejections.get(reason);
    if (known === undefined) this.rejections.set(reason, { count: 1, time, symbol });
    else this.rejections.set(reason, { ...known, count: known.count + 1 });
  }

  #onFill(rows: Float64Array, at: number): void {
    const row = this.#executions;
    this.#executions += 1;
    if (this.#stops.size === 0) return;
    const stop = this.#stops.get(keyOf(rows, at));
    if (stop === undefined || stop.hasFilled) return;
    stop.hasFilled = true;
    const { triggerTicks, isAmended } = stop;
    this.stopFills.set(row, { triggerTicks, isAmended });
  }
}

function keyOf(rows: Float64Array, at: number): string {
  return `${rows[at + 2]} ${rows[at + 3]} ${rows[at + 4]}`;
}
