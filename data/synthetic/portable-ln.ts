/**
 * The natural logarithm from additions, multiplications and divisions only, for the reason given in
 * `portable-exp.ts`.
 *
 * Method: x = m·2^k with m in [√½, √2), by doubling and halving (exact, and one step on average for a uniform draw),
 * then ln m = 2·artanh((m−1)/(m+1)) as a series. Within two units in the last place of the larger of the result and 1.
 * The argument is positive and finite.
 */
export function portableLn(x: number): number {
  let m = x;
  let k = 0;
  while (m < 2 ** -32) {
    m *= 2 ** 32;
    k -= 32;
  }
  while (m >= 2 ** 32) {
    m /= 2 ** 32;
    k += 32;
  }
  while (m < SQRT_HALF) {
    m *= 2;
    k -= 1;
  }
  while (m >= 2 * SQRT_HALF) {
    m /= 2;
    k += 1;
  }
  const f = (m - 1) / (m + 1);
  const s = f * f;
  let sum = 1 / 23;
  sum = sum * s + 1 / 21;
  sum = sum * s + 1 / 19;
  sum = sum * s + 1 / 17;
  sum = sum * s + 1 / 15;
  sum = sum * s + 1 / 13;
  sum = sum * s + 1 / 11;
  sum = sum * s + 1 / 9;
  sum = sum * s + 1 / 7;
  sum = sum * s + 1 / 5;
  sum = sum * s + 1 / 3;
  return k * LN2 + (2 * f + 2 * f * s * sum);
}

const SQRT_HALF = 0.7071067811865476;
const LN2 = 0.6931471805599453;
