/**
 * Wilder's true range: the largest of high − low, |high − previous close| and |low − previous close|. The first bar,
 * and the first after a bar with an unknown price, has no previous close: its range is high − low.
 */
export class TrueRange {
  #previousClose = Number.NaN;

  next(high: number, low: number, close: number): number {
    const previous = this.#previousClose;
    const range = high - low;
    const known = range + close;
    if (known - known !== 0) {
      this.#previousClose = Number.NaN;
      return Number.NaN;
    }
    this.#previousClose = close;
    if (previous !== previous) return range;
    return Math.max(range, Math.abs(high - previous), Math.abs(low - previous));
  }
}
