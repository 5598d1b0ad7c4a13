import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { assert } from "#engine/assert.ts";
import type { BarColumns, FundingColumns } from "#engine/market/bars.ts";
import { splitMonths } from "./utc-month.ts";

/**
 * The identity of market data by value: per UTC month one SHA-256 over the columns of that month's rows, one column
 * after the other: open times as int64, then each value column as float64, all little-endian. Candles have open,
 * high, low, close, volume; funding has the rate. Every NaN has the same bits (quiet, no payload) and −0 counts as
 * 0, so where the rows came from does not matter.
 */
export interface MonthHash {
  /** `2025-10`, UTC. */
  readonly month: string;
  /** SHA-256, lower-case hex. */
  readonly hash: string;
}

/** A month hash with the rows it covers. */
export interface MonthSummary extends MonthHash {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

/** The hashes of the months that the bars touch, in order of time. */
export function monthHashes(bars: BarColumns): MonthSummary[] {
  const { open, high, low, close, volume } = bars;
  return hashMonths(bars.time, bars.length, [open, high, low, close, volume]);
}

/** The hashes of the months that the funding rates touch, in order of time. */
export function fundingMonthHashes(funding: FundingColumns): MonthSummary[] {
  return hashMonths(funding.time, funding.length, [funding.rate]);
}

/** The same over any value columns. */
export function hashMonths(
  time: Float64Array,
  length: number,
  values: readonly Float64Array[],
): MonthSummary[] {
  assert(endianness() === "LE", () => "Month hashes are computed on a little-endian machine");
  return splitMonths(time, length).map(({ month, start, end }) => {
    const hash = createHash("sha256");
    hash.update(timeBytes(time, start, end));
    for (const column of values) hash.update(valueBytes(column, start, end));
    return {
      month,
      hash: hash.digest("hex"),
      rows: end - start,
      firstTime: time[start] as number,
      lastTime: time[end - 1] as number,
    };
  });
}

const TWO_32 = 4_294_967_296;
const QUIET_NAN_HIGH = 0x7ff8_0000;

function timeBytes(time: Float64Array, start: number, end: number): Uint8Array {
  // Two halves of 32 bits are an order of magnitude faster than one BigInt per row.
  const halves = new Int32Array(2 * (end - start));
  for (let row = start, at = 0; row < end; row++, at += 2) {
    const value = time[row] as number;
    halves[at] = value % TWO_32;
    halves[at + 1] = Math.floor(value / TWO_32);
  }
  return new Uint8Array(halves.buffer);
}

function valueBytes(column: Float64Array, start: number, end: number): Uint8Array {
  const values = new Float64Array(end - start);
  const halves = new Uint32Array(values.buffer);
  for (let row = start, at = 0; row < end; row++, at++) {
    const value = column[row] as number;
    if (value === value) {
      values[at] = value + 0; // turns −0 into 0
    } else {
      halves[2 * at] = 0;
      halves[2 * at + 1] = QUIET_NAN_HIGH;
    }
  }
  return new Uint8Array(values.buffer);
}
