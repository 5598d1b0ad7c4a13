/**
 * What the engine did, as numbered rows of a fixed binary layout: the trading records, whose SHA-256 over all rows
 * in order is the `traceHash`. Rows live in one chunk of fixed size that is handed to the sink when full and then
 * used again: one growing buffer costs more than the matching.
 *
 * Layout: ten float64 per row, little-endian on every machine that Node runs on.
 *   0 kind · 1 time (epoch ms) · 2 symbol index · 3, 4 compact intent key · 5 … 9 by kind
 *   intent      5 side × lots · 6 limit ticks · 7 trigger ticks · 8 type · 9 purpose × 2 + reduceOnly
 *   conditions  5 (time in force × 4 + trigger by) × 2 + post-only · 6 expiry · 7 callback · 8 activation ticks · 9 group
 *   transition  5 status · 6 filled lots · 7 reason · 8 attempt · 9 0
 *   fill        5 side × lots · 6 price ticks · 7 liquidity · 8 fee · 9 0
 *   funding     5 amount · 6 wallet after · 7 … 9 0
 *   liquidation 5 side × lots · 6 price ticks · 7 fee · 8, 9 0
 *   ledger      5 realised · 6 fee · 7 wallet after · 8 position lots after · 9 0
 *   aged        3 opened at · 4 number of the record's history row · 5 status · 6 price · 7 target · 8 tolerated loss % ·
 *               9 reason; prices in quote units, status and reason by their place in `aged-record.ts`
 *   external    5 side × lots · 6 price ticks · 7 fee · 8 1 when it is estimated, else 0 · 9 0
 *   transfer    5 amount · 6 wallet after · 7 … 9 0
 * A value that is absent is −1: no NaN is ever written, because its bits are not fixed.
 */
export const RECORD = {
  intent: 1,
  transition: 2,
  fill: 3,
  funding: 4,
  liquidation: 5,
  ledger: 6,
  conditions: 7,
  aged: 8,
  external: 9,
  transfer: 10,
} as const;
export type RecordKind = (typeof RECORD)[keyof typeof RECORD];

export const RECORD_WIDTH = 10;
/** Values that every row begins with. */
const HEAD_WIDTH = 5;
/** Small enough to stay in the cache next to the processor. */
export const CHUNK_ROWS = 512;
export const ABSENT = -1;

/** The order that a row is about: the content of its intent key. */
export interface OrderKey {
  readonly decidedAt: number;
  readonly keyRest: number;
}

/** Takes full chunks. The array is reused after the call returns: copy or hash it at once. */
export type RecordSink = (rows: Float64Array) => void;

export class RecordLog {
  /** Values of the rows that are not handed over yet. */
  readonly rows = new Float64Array(CHUNK_ROWS * RECORD_WIDTH);
  /** Time of the event that is being handled, epoch ms. A field: a double handed from call to call is a new object. */
  now = 0;
  readonly #sink: RecordSink;
  #used = 0;
  #count = 0;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Rows written so far; the next row has this number. */
  get count(): number {
    return this.#count;
  }

  /**
   * Begins a row about a symbol, and about an order where there is one, and returns where its five values by kind
   * begin in `rows`. The caller fills all five at once: what a used row held before is still there.
   */
  add(kind: RecordKind, symbol: number, order: OrderKey | null): number {
    const { rows } = this;
    if (this.#used === rows.length) this.flush();
    const at = this.#used;
    rows[at] = kind;
    rows[at + 1] = this.now;
    rows[at + 2] = symbol;
    rows[at + 3] = order === null ? 0 : order.decidedAt;
    rows[at + 4] = order === null ? 0 : order.keyRest;
    this.#used = at + RECORD_WIDTH;
    this.#count += 1;
    return at + HEAD_WIDTH;
  }

  /** Hands the rows of the unfinished chunk to the sink. */
  flush(): void {
    if (this.#used === 0) return;
    this.#sink(this.rows.subarray(0, this.#used));
    this.#used = 0;
  }
}

/** A missing price is NaN in memory; its bits are not fixed, so −1 stands in the record. */
export function orAbsent(price: number): number {
  return price === price ? price : ABSENT;
}
