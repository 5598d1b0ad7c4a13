/** A number that JSON can hold: NaN and the infinities are "nothing there" and become null. */
export type JsonNumber = number | null;

/** NaN and infinities as null; everything else as it is. */
export function toJsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : null;
}

/** Null back as what it stood for. */
export function fromJsonNumber(value: JsonNumber, absent: number = Number.NaN): number {
  return value ?? absent;
}
