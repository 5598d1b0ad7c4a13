/**
 * Columns as compressible bytes. Numbers become integers on a grid (a tick, a step of equity), then differences,
 * then zigzag (0, −1, 1, −2 … → 0, 1, 2, 3 …), then four planes of bytes, lowest first: the upper planes are almost
 * all zero. A column that does not fit into 32-bit differences is stored as the eight byte planes of its doubles.
 */

/** `delta`: differences to the row before, the first to `base`; `plain`: the integers themselves. */
export type Codec = "delta" | "plain" | "f64";

export interface EncodedColumn {
  readonly id: string;
  readonly rows: number;
  readonly codec: Codec;
  /** A value is its integer × scale. */
  readonly scale: number;
  /** The integer before the first row of a `delta` column. */
  readonly base: number;
  /** Whether the integers need doubles. */
  readonly isWide: boolean;
  /** Byte planes, not compressed. */
  readonly planes: Uint8Array;
}

const INT32_MAX = 2_147_483_647;

/** Writes one zigzagged 32-bit integer into the four planes. */
export function putInteger(planes: Uint8Array, rows: number, row: number, value: number): void {
  const zigzag = (value << 1) ^ (value >> 31);
  planes[row] = zigzag;
  planes[row + rows] = zigzag >>> 8;
  planes[row + 2 * rows] = zigzag >>> 16;
  planes[row + 3 * rows] = zigzag >>> 24;
}

/** Whether an integer fits into 32 bits with its sign. */
export function fitsInt32(value: number): boolean {
  return value <= INT32_MAX && value >= -INT32_MAX;
}

/** Values on a grid as differences; doubles where a value is not finite or a difference is too large. */
export function encodeDelta(id: string, values: Float64Array, scale: number): EncodedColumn {
  const rows = values.length;
  const planes = new Uint8Array(4 * rows);
  const base = rows === 0 ? 0 : Math.round((values[0] as number) / scale);
  let before = base;
  let isWide = false;
  for (let row = 0; row < rows; row++) {
    const integer = Math.round((values[row] as number) / scale);
    const delta = integer - before;
    if (!fitsInt32(delta)) return encodeDoubles(id, values);
    isWide ||= !fitsInt32(integer);
    putInteger(planes, rows, row, delta);
    before = integer;
  }
  if (!Number.isFinite(base)) return encodeDoubles(id, values);
  return { id, rows, codec: "delta", scale, base, isWide, planes };
}

/** Small integers, such as codes of a dictionary. */
export function encodeIntegers(id: string, values: Int32Array): EncodedColumn {
  const rows = values.length;
  const planes = new Uint8Array(4 * rows);
  for (let row = 0; row < rows; row++) putInteger(planes, rows, row, values[row] as number);
  return { id, rows, codec: "plain", scale: 1, base: 0, isWide: false, planes };
}

/** Doubles in every bit. */
export function encodeDoubles(id: string, values: Float64Array): EncodedColumn {
  const rows = values.length;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const planes = new Uint8Array(8 * rows);
  for (let plane = 0; plane < 8; plane++) {
    const start = plane * rows;
    for (let row = 0, at = plane; row < rows; row++, at += 8) {
      planes[start + row] = bytes[at] as number;
    }
  }
  return { id, rows, codec: "f64", scale: 1, base: 0, isWide: true, planes };
}
