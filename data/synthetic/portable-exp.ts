/**
 * The exponential function from additions, multiplications and divisions only. IEEE 754 rounds those the same way
 * everywhere, while `Math.exp` may differ in the last digit between engines; a synthetic market must not.
 *
 * Method: x = k·ln 2 + r with |r| ≤ ln 2 / 2, Taylor series of exp(r) to the 13th power (remainder below 1e-17), times
 * 2^k from a table. Within two units in the last place for |x| ≤ 700; beyond that the argument is clamped.
 */
export function portableExp(x: number): number {
  single[0] = x;
  expInPlace(single, 1);
  return single[0] as number;
}

/** Replaces the first `count` values by their exponentials. A loop without calls, so that no number is boxed. */
export function expInPlace(values: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) {
    const x = Math.min(Math.max(values[at] as number, -LIMIT), LIMIT);
    const k = Math.round(x * INVERSE_LN2);
    const r = x - k * LN2_HIGH - k * LN2_LOW;
    let sum = 1 / 6_227_020_800;
    sum = sum * r + 1 / 479_001_600;
    sum = sum * r + 1 / 39_916_800;
    sum = sum * r + 1 / 3_628_800;
    sum = sum * r + 1 / 362_880;
    sum = sum * r + 1 / 40_320;
    sum = sum * r + 1 / 5_040;
    sum = sum * r + 1 / 720;
    sum = sum * r + 1 / 120;
    sum = sum * r + 1 / 24;
    sum = sum * r + 1 / 6;
    sum = sum * r + 1 / 2;
    values[at] = (1 + (r + r * r * sum)) * (POWERS_OF_TWO[k + EXPONENT_MAX] as number);
  }
}

const LIMIT = 700;
const INVERSE_LN2 = 1.4426950408889634;
/** ln 2 in two parts; the first ends in zero bits, so that k times it is exact (as in fdlibm, e_exp.c). */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const EXPONENT_MAX = 1_020;
const POWERS_OF_TWO = makePowers();
const single = new Float64Array(1);

function makePowers(): Float64Array {
  const powers = new Float64Array(2 * EXPONENT_MAX + 1);
  powers[EXPONENT_MAX] = 1;
  for (let k = 1; k <= EXPONENT_MAX; k++) {
    powers[EXPONENT_MAX + k] = (powers[EXPONENT_MAX + k - 1] as number) * 2;
    powers[EXPONENT_MAX - k] = (powers[EXPONENT_MAX - k + 1] as number) / 2;
  }
  return powers;
}
