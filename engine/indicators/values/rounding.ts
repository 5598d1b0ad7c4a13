/**
 * A spread below this share of the level is rounding and not movement: 450 steps of a double, far below any tick.
 * Where a computed price (a mean of columns) stands still, its last digits still flicker, and a quotient of two such
 * flickers would look like a signal.
 */
export const ROUNDING_SHARE = 1e-13;
