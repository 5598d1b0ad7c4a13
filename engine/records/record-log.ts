/**
 * What the engine did, as numbered rows of a fixed binary layout: the trading records, whose SHA-256 over all rows
 * in order is the `traceHash`. Rows live in one chunk of fixed size that is handed to the sink when full and then
 * used again: one growing buffer costs more than the matching.
 *
 * Layout: ten float64 per row, little-endian on every machine that Node runs on.
 *   0 kind · 1 time (epoch ms) · 2 symbol index · 3, 4 compact intent key · 5 … 9 by kind
 *   intent      5 side × lots · 6 limit ticks · 7 trigger ticks · 8 type · 9 purpose × 2 + reduceOnly
 *   transition  5 status · 6 filled lots · 7 reason · 8 attempt · 9 0
 *   fill        5 side × lots · 6 price ticks · 7 liquidity · 8 fee · 9 0
 *   funding     5 amount · 6 wallet after · 7 … 9 0
 *   liquidation 5 side × lots · 6 price ticks · 7 fee · 8, 9 0
 *   ledger      5 realised · 6 fee · 7 wallet after · 8 position lots after · 9 0
 * A value that is absent is −1: no NaN is ever written, because its bits are not fixed.
 */
export const RECORD = {
  intent: 1,
  transition: 2,
  fill: 3,
  funding: 4,
  liquidation: 5,
  ledger: 6,
} as const;
export type RecordKind = (typeof RECORD)[keyof typeof RECORD];

export const RECORD_WIDTH = 10;
export const CHUNK_ROWS = 4096;
export const ABSENT = -1;

/** Takes full chunks. The array is reused after the call returns: copy or hash it at once. */
export type RecordSink = (rows: Float64Array) => void;

export class RecordLog {
  readonly #rows = new Float64Array(CHUNK_ROWS * RECORD_WIDTH);
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

  write(
    kind: RecordKind,
    time: number,
    symbol: number,
    keyTime: number,
    keyRest: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
  ): void {
    const rows = this.#rows;
    let at = this.#used;
    rows[at++] = kind;
    rows[at++] = time;
    rows[at++] = symbol;
    rows[at++] = keyTime;
    rows[at++] = keyRest;
    rows[at++] = a;
    // A missing price is NaN in memory; its bits are not fixed, so −1 stands in the record.
    rows[at++] = b === b ? b : ABSENT;
    rows[at++] = c === c ? c : ABSENT;
    rows[at++] = d;
    rows[at++] = e;
    this.#used = at;
    this.#count += 1;
    if (at === rows.length) this.flush();
  }

  /** Hands the rows of the unfinished chunk to the sink. */
  flush(): void {
    if (this.#used === 0) return;
    this.#sink(this.#rows.subarray(0, this.#used));
    this.#used = 0;
  }
}
