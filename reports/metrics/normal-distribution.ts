/** The standard normal distribution to about 15 digits. */

/** Coefficients of W. Hart et al., "Computer Approximations" (1968), as given by G. West, Wilmott 2005. */
const HART_TOP = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const HART_BOTTOM = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Where the rational form gives way to the continued fraction. */
const TAIL_FROM = 7.07106781186547;
/** Beyond this the tail is below the smallest double. */
const TAIL_END = 37;

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

/** Φ(x): the probability that a standard normal variable is at most x. */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  if (size > TAIL_END) return x > 0 ? 1 : 0;
  const density = Math.exp((-size * size) / 2);
  let tail: number;
  if (size < TAIL_FROM) {
    tail = (density * polynomial(HART_TOP, size)) / polynomial(HART_BOTTOM, size);
  } else {
    let fraction = size + 0.65;
    for (let term = 4; term >= 1; term--) fraction = size + term / fraction;
    tail = density / fraction / SQRT_TWO_PI;
  }
  return x > 0 ? 1 - tail : tail;
}

/** Coefficients of P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution" (2003). */
const CENTRE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
  -3.066479806614716e1, 2.506628277459239,
];
const CENTRE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
  -1.328068155288572e1, 1,
];
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
];
const TAIL_BOTTOM = [
  7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1,
];
const TAIL_SHARE = 0.02425;

/** Φ⁻¹(share): the inverse of `normalCdf`, for a share strictly between 0 and 1. */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  let x: number;
  if (share < TAIL_SHARE) {
    const q = Math.sqrt(-2 * Math.log(share));
    x = polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  } else {
    const q = share - 0.5;
    x = (q * polynomial(CENTRE_TOP, q * q)) / polynomial(CENTRE_BOTTOM, q * q);
  }
  // One step of Halley's method takes the relative error from 1e-9 to the last digits.
  const error = (normalCdf(x) - share) * SQRT_TWO_PI * Math.exp((x * x) / 2);
  return x - error / (1 + (x * error) / 2);
}
