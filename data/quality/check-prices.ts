/** Whether the numbers of each bar can be a bar: finite, positive, in order, and not wildly off their neighbours. */

import { priceDecimals } from "#data/store/price-decimals.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { type Finding, type FindingCode, type Severity, Tally } from "./finding.ts";
import { formatCount, formatTime, plural } from "./wording.ts";

const DAY_MS = 86_400_000;

type Where = (index: number) => string;

/** A bar that spans this factor, or leaves and returns by it, is worth a look. */
const SPAN_FACTOR = 3;
/** A close-to-close move that the next bar takes back, as a fraction. */
const SPIKE_MOVE = 0.25;
const SPIKE_RETURN = 0.8;
/** A ratio of closes within this is neither a spike nor a jump, without looking at its logarithm. */
const USUAL_RATIO = 1.25;
/** So many flat bars without volume at the end look like a symbol that is no longer traded. */
const DEAD_TAIL = 48;

export function checkPrices(
  bars: BarColumns,
  where: Where,
  kind: "candles" | "mark" | "index",
): Finding[] {
  return [
    ...checkValues(bars, where),
    ...checkSpikes(bars, where),
    ...(kind === "candles" ? checkVolume(bars, where) : []),
    ...checkFlat(bars, where),
  ];
}

/** Beyond these no market quotes: in whole ticks such a price is no exact number, or none at all. */
const PRICE_MAX = 1e12;
const PRICE_MIN = 1e-12;
/** The smallest tick that is inferred is 1e-8; what is nearer to zero than half of it is rounded to zero. */
const TICK_DECIMALS_MAX = 8;
const HALF_TICK_MIN = 5e-9;
/** A price that the ticks of the others can not hold is wrong when it is also so many times their size. */
const SIZE_FACTOR = 1e4;
const MEDIAN_SAMPLE = 1_000;

/** Between which prices a bar of this series can lie. */
export interface PriceRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The prices that the tick of a series can hold, wide enough for every price near its usual size. One bar of 1e308
 * would take the tick of all the others with it.
 */
export function priceRange(bars: BarColumns): PriceRange {
  const usual = usualPrice(bars);
  if (!(usual > 0)) return { min: PRICE_MIN, max: PRICE_MAX };
  const min = Math.max(PRICE_MIN, Math.min(HALF_TICK_MIN, usual / SIZE_FACTOR));
  const near = usual * SIZE_FACTOR;
  const columns = [bars.open, bars.high, bars.low, bars.close].map((column) =>
    column.subarray(0, bars.length),
  );
  // Where no price is far from the usual one the tick need not be known, and looking for it takes long.
  if (columns.every((column) => isWithin(column, near))) {
    return { min, max: Math.min(PRICE_MAX, near) };
  }
  const usable = columns.map((column) => column.filter((price) => price > 0 && price <= near));
  const decimals = Math.min(TICK_DECIMALS_MAX, priceDecimals(usable));
  const exact = Number.MAX_SAFE_INTEGER / 10 ** decimals;
  return { min, max: Math.min(PRICE_MAX, Math.max(exact, near)) };
}

function isWithin(column: Float64Array, most: number): boolean {
  for (let index = 0; index < column.length; index++) {
    if ((column[index] as number) > most) return false;
  }
  return true;
}

/** The median close of an even sample. */
function usualPrice(bars: BarColumns): number {
  const step = Math.max(1, Math.floor(bars.length / MEDIAN_SAMPLE));
  const sample: number[] = [];
  for (let index = 0; index < bars.length; index += step) {
    const close = bars.close[index] as number;
    if (close >= PRICE_MIN && close <= PRICE_MAX) sample.push(close);
  }
  return sample.sort((a, b) => a - b)[sample.length >> 1] ?? 0;
}

/** Why the prices of a row cannot be a bar, the worst first; null when they can. */
export function priceFault(
  bars: BarColumns,
  index: number,
  range: PriceRange,
): "notFinite" | "nonPositivePrice" | "absurdPrice" | "ohlc" | null {
  const open = bars.open[index] as number;
  const high = bars.high[index] as number;
  const low = bars.low[index] as number;
  const close = bars.close[index] as number;
  const time = bars.time[index] as number;
  // Almost every bar: what is no number compares as false.
  const isOrdered = low <= open && open <= high && low <= close && close <= high;
  if (isOrdered && low >= range.min && high <= range.max && Number.isFinite(time)) return null;
  // A sum is finite only when each part is: prices near the largest double do not occur.
  if (!Number.isFinite(open + high + low + close + time)) return "notFinite";
  if (open <= 0 || high <= 0 || low <= 0 || close <= 0) return "nonPositivePrice";
  if (Math.max(open, high, low, close) > range.max) return "absurdPrice";
  if (Math.min(open, high, low, close) < range.min) return "absurdPrice";
  if (high < open || high < close || low > open || low > close) return "ohlc";
  return null;
}

/** A volume that no source can mean; none at all (NaN) is allowed. */
export function isVolumeFault(volume: number): boolean {
  return volume < 0 || volume === Infinity;
}

/** Whether so many rows break the order of prices that the columns themselves must be in another order. */
export function isColumnMixUp(faults: number, rows: number): boolean {
  return faults * 2 > rows;
}

function checkValues(bars: BarColumns, where: Where): Finding[] {
  const notFinite = new Tally();
  const nonPositive = new Tally();
  const absurd = new Tally();
  const ohlc = new Tally();
  const range = priceRange(bars);
  for (let index = 0; index < bars.length; index++) {
    const fault = priceFault(bars, index, range);
    if (fault === null) continue;
    const time = bars.time[index] as number;
    const tally = { notFinite, nonPositivePrice: nonPositive, absurdPrice: absurd, ohlc }[fault];
    tally.add(time, index, () => {
      const prices = `open ${bars.open[index]}, high ${bars.high[index]}, low ${bars.low[index]}, close ${bars.close[index]}`;
      return `${prices} at ${formatTime(time)}, ${where(index)}`;
    });
  }
  return [
    ...report(
      "notFinite",
      "error",
      notFinite,
      (rows) => `${rows} with a price that is missing or no number`,
    ),
    ...report(
      "nonPositivePrice",
      "error",
      nonPositive,
      (rows) => `${rows} with a price of zero or below`,
    ),
    ...report(
      "absurdPrice",
      "error",
      absurd,
      (rows) => `${rows} with a price that no market of this size has`,
    ),
    ...report("ohlc", "error", ohlc, (rows) =>
      isColumnMixUp(ohlc.count, bars.length)
        ? `${rows} whose high or low does not contain open and close: the columns are probably in another order`
        : `${rows} whose high or low does not contain open and close`,
    ),
  ];
}

function report(
  code: FindingCode,
  severity: Severity,
  tally: Tally,
  message: (rows: string) => string,
): Finding[] {
  if (tally.count === 0) return [];
  const text = `${message(plural(tally.count, "row"))}, the first: ${tally.first[0]?.detail}`;
  return [{ code, severity, count: tally.count, first: tally.first, message: text }];
}

function checkSpikes(bars: BarColumns, where: Where): Finding[] {
  // Over weeks and months prices do move by such factors.
  if (bars.intervalMs > DAY_MS) return [];
  const tally = new Tally();
  for (let index = 0; index < bars.length; index++) {
    const high = bars.high[index] as number;
    const low = bars.low[index] as number;
    const close = bars.close[index] as number;
    const time = bars.time[index] as number;
    if (!(low > 0 && close > 0)) continue;
    const before = index === 0 ? close : (bars.close[index - 1] as number);
    const ratio = close / before;
    if (ratio < USUAL_RATIO && ratio > 1 / USUAL_RATIO && high < low * SPAN_FACTOR) continue;
    const after = index + 1 < bars.length ? (bars.close[index + 1] as number) : close;
    const move = Math.log(ratio);
    const back = Math.log(after / close);
    const isSpike = Math.abs(move) > SPIKE_MOVE && back / move < -SPIKE_RETURN;
    const isJump = Math.abs(move) > Math.log(SPAN_FACTOR);
    if (!isSpike && !isJump && high / low < SPAN_FACTOR) continue;
    tally.add(
      time,
      index,
      () =>
        `close ${before} to ${close}, range ${low} to ${high} at ${formatTime(time)}, ${where(index)}`,
    );
  }
  return report("outlier", "warning", tally, (rows) => `${rows} with an extreme move`);
}

function checkVolume(bars: BarColumns, where: Where): Finding[] {
  const zero = new Tally();
  const negative = new Tally();
  const missing = new Tally();
  for (let index = 0; index < bars.length; index++) {
    const volume = bars.volume[index] as number;
    const time = bars.time[index] as number;
    const place = (): string => `${formatTime(time)}, ${where(index)}`;
    if (volume === 0) zero.add(time, index, place);
    else if (Number.isNaN(volume)) missing.add(time, index, place);
    else if (isVolumeFault(volume)) negative.add(time, index, place);
  }
  // A source without volume is not a defect; one that lost some of it is.
  const isPartial = missing.count > 0 && missing.count < bars.length;
  return [
    ...report(
      "negativeVolume",
      "error",
      negative,
      (rows) => `${rows} with a volume below zero or infinite`,
    ),
    ...(isPartial
      ? report("missingVolume", "warning", missing, (rows) => `${rows} without a volume`)
      : []),
    ...report("zeroVolume", "warning", zero, (rows) => `${rows} with zero volume${deadTail(bars)}`),
  ];
}

/** What to say when the series ends in a long run of equal bars without trades. */
function deadTail(bars: BarColumns): string {
  let start = bars.length;
  while (start > 0 && bars.volume[start - 1] === 0 && bars.high[start - 1] === bars.low[start - 1])
    start--;
  const length = bars.length - start;
  if (length < DEAD_TAIL) return "";
  const since = formatTime(bars.time[start] as number);
  const price = bars.close[bars.length - 1];
  return `, the last ${formatCount(length)} of them flat at ${price} from ${since} on: the symbol seems to be no longer traded`;
}

function checkFlat(bars: BarColumns, where: Where): Finding[] {
  const tally = new Tally();
  for (let index = 0; index < bars.length; index++) {
    if (bars.high[index] !== bars.low[index]) continue;
    const time = bars.time[index] as number;
    tally.add(time, index, () => `${formatTime(time)}, ${where(index)}`);
  }
  return report("flat", "warning", tally, (rows) => `${rows} with high equal to low`);
}
