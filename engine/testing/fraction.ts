/** An exact rational number: numerator over a positive denominator, in lowest terms. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

/** @throws RangeError when the denominator is zero. */
export function makeFraction(numerator: bigint, denominator: bigint): Fraction {
  if (denominator === 0n) throw new RangeError("A fraction has a denominator other than zero");
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = commonDivisor(numerator < 0n ? -numerator : numerator, sign * denominator);
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

/** The exact value of a double. @throws RangeError when it is not finite. */
export function toFraction(value: number): Fraction {
  if (!Number.isFinite(value)) throw new RangeError(`A fraction is finite, not ${value}`);
  let scaled = value;
  let denominator = 1n;
  // Doubling only moves the exponent, so each step is exact; 2^1074 is the smallest double's denominator.
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return makeFraction(BigInt(scaled), denominator);
}

export function add(a: Fraction, b: Fraction): Fraction {
  return makeFraction(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return makeFraction(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** Bits of the quotient that are computed: more than a double holds. */
const QUOTIENT_BITS = 80;

/** The double next to the fraction, up to an error in its last bit; for values that are not denormal. */
export function toNumber(value: Fraction): number {
  const { numerator, denominator } = value;
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  const shift = Math.max(0, QUOTIENT_BITS + bitsOf(denominator) - bitsOf(size));
  const quotient = Number((size << BigInt(shift)) / denominator);
  // In two steps, because the power of two alone may be too small for a double.
  const half = shift >> 1;
  const scaled = quotient / 2 ** half / 2 ** (shift - half);
  return numerator < 0n ? -scaled : scaled;
}

function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let x = a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
