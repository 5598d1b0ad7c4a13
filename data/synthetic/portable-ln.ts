/**
 * The natural logarithm from additions, multiplications and divisions only, for the reason given in
 * `portable-exp.ts`. The argument is positive, finite and at least 2^-1022.
 *
 * Method: x = m·2^k with m in [√½, √2), read from the bits, then ln m = 2·artanh((m−1)/(m+1)) as a series to the 23rd
 * power. The error is below two units in the last place of the result or of 1, whichever is larger.
 */
export function portableLn(x: number): number {
  single[0] = x;
  lnInPlace(single, 1);
  return single[0] as number;
}

/** Replaces the first `count` values by their logarithms. A loop without calls, so that no number is boxed. */
export function lnInPlace(values: Float64Array, count: number): void {
  for (let at = 0; at < count; at++) {
    double[0] = values[at] as number;
    const bits = words[HIGH_WORD] as number;
    const fraction = bits & 0xfffff;
    // 1 in bit 20 when the fraction is at least √2 − 1; such a number is halved and its exponent one higher.
    const carry = (fraction + 0x95f64) & 0x100000;
    const k = (bits >> 20) - 1_023 + (carry >> 20);
    words[HIGH_WORD] = fraction | (carry ^ 0x3ff00000);
    const m = double[0] as number;
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
    values[at] = k * LN2 + (2 * f + 2 * f * s * sum);
  }
}

const LN2 = 0.6931471805599453;
const single = new Float64Array(1);
const double = new Float64Array([1]);
/** The same eight bytes as two words; which of them holds the exponent depends on the machine's byte order. */
const words = new Int32Array(double.buffer);
const HIGH_WORD = words[0] === 0 ? 1 : 0;
