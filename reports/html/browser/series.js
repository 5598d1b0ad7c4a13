/* global dd */
// Long series that a pane can ask for a range: rows by time, extremes, and four points per pixel.
{
  /** Times of rows as segments of equal steps. */
  class TimeIndex {
    constructor(rows, times, step, length) {
      Object.assign(this, { rows, times, step, length });
    }

    #segment(values, at) {
      let low = 0;
      let high = values.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (values[middle] <= at) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    }

    timeAt(row) {
      const k = this.#segment(this.rows, row);
      return this.times[k] + (row - this.rows[k]) * this.step;
    }

    /** The last row at or before a time; −1 before the first. */
    rowAt(time) {
      const k = this.#segment(this.times, time);
      if (k < 0) return -1;
      const end = k + 1 < this.rows.length ? this.rows[k + 1] : this.length;
      return Math.min(end - 1, this.rows[k] + Math.floor((time - this.times[k]) / this.step));
    }
  }

  const BLOCK = 64;

  /** Rows of the smallest and the largest value of any range, through blocks of 64. */
  class Extremes {
    constructor(lows, highs = lows) {
      this.lows = lows;
      this.highs = highs;
      const blocks = Math.ceil(lows.length / BLOCK);
      this.lowest = new Int32Array(blocks);
      this.highest = new Int32Array(blocks);
      for (let block = 0; block < blocks; block++) {
        const start = block * BLOCK;
        const end = Math.min(lows.length, start + BLOCK);
        let low = start;
        let high = start;
        for (let row = start + 1; row < end; row++) {
          if (lows[row] < lows[low]) low = row;
          if (highs[row] > highs[high]) high = row;
        }
        this.lowest[block] = low;
        this.highest[block] = high;
      }
    }

    /** Both rows of [from, to]. */
    of(from, to) {
      let low = from;
      let high = from;
      let row = from;
      while (row <= to) {
        if (row % BLOCK === 0 && row + BLOCK - 1 <= to) {
          const block = row / BLOCK;
          if (this.lows[this.lowest[block]] < this.lows[low]) low = this.lowest[block];
          if (this.highs[this.highest[block]] > this.highs[high]) high = this.highest[block];
          row += BLOCK;
        } else {
          if (this.lows[row] < this.lows[low]) low = row;
          if (this.highs[row] > this.highs[high]) high = row;
          row += 1;
        }
      }
      return [low, high];
    }
  }

  /**
   * The points that draw a range exactly: per pixel column the first, lowest, highest and last row (M4, Jugel et al.
   * 2014), or all rows where they are few. One row on either side lets the line reach the edges.
   */
  function pointsIn(index, values, extremes, from, to, width, scale) {
    const first = Math.max(0, index.rowAt(from));
    const last = Math.min(index.length - 1, index.rowAt(to) + 1);
    const points = [];
    const add = (row) => points.push({ x: index.timeAt(row), y: values[row] * scale });
    if (last - first <= 4 * width) {
      for (let row = first; row <= last; row++) add(row);
      return points;
    }
    add(first);
    let start = first + 1;
    for (let column = 1; column <= width && start <= last; column++) {
      const end = Math.min(last, index.rowAt(from + ((to - from) * column) / width));
      if (end < start) continue;
      const rows = new Set([start, ...extremes.of(start, end).sort((a, b) => a - b), end]);
      for (const row of rows) add(row);
      start = end + 1;
    }
    if (start <= last) add(last);
    return points;
  }

  /** Percent below the highest value so far. */
  function drawdownOf(values) {
    const result = new Float32Array(values.length);
    let peak = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < values.length; row++) {
      if (values[row] > peak) peak = values[row];
      result[row] = peak > 0 ? (values[row] / peak - 1) * 100 : 0;
    }
    return result;
  }

  const MINUTE = 60000;
  const DAY = 1440 * MINUTE;
  const MONTH = 30 * DAY;
  /** Lengths of candles: 1m 5m 15m 30m 1h 4h 1d 1w 1M. */
  const LADDER = [1, 5, 15, 30, 60, 240].map((m) => m * MINUTE).concat(DAY, 7 * DAY, MONTH);

  /** The start of the bar of a length that contains a time; weeks begin on Monday. */
  function barStart(time, length) {
    if (length === MONTH) {
      const date = new Date(time);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    }
    const origin = length % (7 * DAY) === 0 ? 4 * DAY : 0;
    return Math.floor((time - origin) / length) * length + origin;
  }

  function nextBar(start, length) {
    if (length !== MONTH) return start + length;
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }

  /** The shortest length of which at most `count` bars fit between two times. */
  function barLength(span, count, source) {
    if (span / source <= count) return source;
    const fit = LADDER.find((length) => length % source === 0 && span / length <= count);
    return fit ?? LADDER.findLast((length) => length >= source) ?? source;
  }

  /** Candles of a length that touch [from, to]. */
  function candlesIn(prices, from, to, length) {
    const { index, extremes, scale } = prices;
    const candles = [];
    for (let start = barStart(from, length); start <= to; ) {
      const end = nextBar(start, length);
      const first = index.rowAt(start - 1) + 1;
      const last = index.rowAt(end - 1);
      if (last >= first) {
        const [low, high] = extremes.of(first, last);
        candles.push({
          start,
          end,
          open: prices.open[first] * scale,
          high: prices.high[high] * scale,
          low: prices.low[low] * scale,
          close: prices.close[last] * scale,
        });
      }
      start = end;
    }
    return candles;
  }

  Object.assign(dd, {
    TimeIndex,
    Extremes,
    pointsIn,
    drawdownOf,
    barLength,
    candlesIn,
    MONTH,
  });
}
