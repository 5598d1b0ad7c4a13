import { atr } from "#engine/indicators/atr.ts";
import { runKernel, type Source } from "#engine/indicators/kernel.ts";
import {
  type Columns,
  ema,
  isKnown,
  max,
  min,
  percentile,
  rolling,
  type Series,
  shift,
  sma,
  std,
  toBars,
  trueRange,
  typical,
  wilder,
  wma,
  zip,
} from "./oracles.ts";

const read = (c: Columns, source: Source): Series => {
  if (source === "hlc3") return typical(c);
  if (source === "hl2") return zip((h, l) => (h + l) / 2, c.high, c.low);
  if (source === "ohlc4")
    return zip((o, h, l, k) => (o + h + l + k) / 4, c.open, c.high, c.low, c.close);
  return c[source];
};

const rsi = (xs: Series, n: number): number[] => {
  const change = zip((now, before) => now - before, xs, shift(xs, 1));
  const part = (sign: number): number[] =>
    wilder(
      change.map((d) => (isKnown(d) ? Math.max(0, sign * d) : Number.NaN)),
      n,
    );
  return zip((gain, loss) => (loss === 0 ? 100 : 100 - 100 / (1 + gain / loss)), part(1), part(-1));
};

const macd = (xs: Series, fast: number, slow: number, signal: number): number[][] => {
  const line = zip((a, b) => a - b, ema(xs, fast), ema(xs, slow));
  const smooth = ema(line, signal);
  return [line, smooth, zip((a, b) => a - b, line, smooth)];
};

const bollinger = (xs: Series, n: number, k: number): number[][] => {
  const middle = sma(xs, n);
  const upper = zip((m, s) => m + k * s, middle, std(xs, n));
  const lower = zip((m, s) => m - k * s, middle, std(xs, n));
  const percentB = zip(
    (x, m, s) => (k * s > 1e-13 * Math.abs(m) ? (x - (m - k * s)) / (2 * k * s) : Number.NaN),
    xs,
    middle,
    std(xs, n),
  );
  const bandwidth = zip((m, s) => (m === 0 ? Number.NaN : (2 * k * s) / m), middle, std(xs, n));
  return [middle, upper, lower, percentB, bandwidth];
};

const adx = (c: Columns, n: number): number[][] => {
  const up = zip((now, before) => now - before, c.high, shift(c.high, 1));
  const down = zip((now, before) => before - now, c.low, shift(c.low, 1));
  const range = zip(
    (h, l, before) => Math.max(h - l, Math.abs(h - before), Math.abs(l - before)),
    c.high,
    c.low,
    shift(c.close, 1),
  );
  const whole = zip((a, b, r) => (isKnown(a + b + r) ? 1 : Number.NaN), up, down, range);
  const only = (move: Series, other: Series): number[] =>
    wilder(
      zip((a, b, w) => (a > b && a > 0 ? a : 0) * w, move, other, whole),
      n,
    );
  const average = wilder(
    zip((r, w) => r * w, range, whole),
    n,
  );
  const share = (part: Series): number[] =>
    zip((p, r) => (r === 0 ? 0 : (100 * p) / r), part, average);
  const [plus, minus] = [share(only(up, down)), share(only(down, up))];
  const dx = zip((p, m) => (p + m === 0 ? 0 : (100 * Math.abs(p - m)) / (p + m)), plus, minus);
  return [wilder(dx, n), plus, minus];
};

const stochastic = (c: Columns, k: number, d: number, smooth: number): number[][] => {
  const [highest, lowest] = [max(c.high, k), min(c.low, k)];
  const place = zip((x, h, l) => (100 * (x - l)) / (h - l), c.close, highest, lowest);
  const line = sma(place, smooth);
  return [line, sma(line, d)];
};

const stochasticRsi = (xs: Series, n: number, m: number, k: number, d: number): number[][] => {
  const index = rsi(xs, n);
  const place = zip(
    (x, h, l) => (h - l > 1e-9 ? (100 * (x - l)) / (h - l) : Number.NaN),
    index,
    max(index, m),
    min(index, m),
  );
  const line = sma(place, k);
  return [line, sma(line, d)];
};

const mfi = (c: Columns, n: number): number[] => {
  const price = typical(c);
  const flow = (sign: number): number[] =>
    zip(
      (now, before, volume) => {
        if (!isKnown(now + before + volume)) return Number.NaN;
        return Math.sign(now - before) === sign ? now * volume : 0;
      },
      price,
      shift(price, 1),
      c.volume,
    );
  return zip((up, down) => (100 * up) / (up + down), sma(flow(1), n), sma(flow(-1), n));
};

const adl = (c: Columns): number[] => {
  let sum = 0;
  return zip(
    (high, low, close, volume) => {
      if (!isKnown(high + low + close + volume)) return Number.NaN;
      if (high > low) sum += ((2 * close - high - low) / (high - low)) * volume;
      return sum;
    },
    c.high,
    c.low,
    c.close,
    c.volume,
  );
};

/** On the average range of the indicator itself, which has its own oracle: at a tie the last digit decides. */
const superTrend = (c: Columns, n: number, k: number): number[][] => {
  const average = Array.from(runKernel(atr(n), toBars(c))[0] ?? []);
  const line: number[] = [];
  const trend: number[] = [];
  let before: { upper: number; lower: number; close: number; trend: number } | undefined;
  average.forEach((range, i) => {
    if (!isKnown(range)) {
      before = undefined;
      line.push(Number.NaN);
      trend.push(Number.NaN);
      return;
    }
    const [high, low, close] = [c.high[i] as number, c.low[i] as number, c.close[i] as number];
    let upper = (high + low) / 2 + k * range;
    let lower = (high + low) / 2 - k * range;
    let now = -1;
    if (before !== undefined) {
      if (!(upper < before.upper || before.close > before.upper)) upper = before.upper;
      if (!(lower > before.lower || before.close < before.lower)) lower = before.lower;
      now = before.trend === -1 ? (close > upper ? 1 : -1) : close < lower ? -1 : 1;
    }
    before = { upper, lower, close, trend: now };
    line.push(now === 1 ? lower : upper);
    trend.push(now);
  });
  return [line, trend];
};

const obv = (c: Columns): number[] => {
  let sum = 0;
  return zip(
    (close, before, volume) => {
      if (!isKnown(close) || !isKnown(volume)) return Number.NaN;
      if (close > before) sum += volume;
      if (close < before) sum -= volume;
      return sum;
    },
    c.close,
    shift(c.close, 1),
    c.volume,
  );
};

const sessionVwap = (c: Columns): number[] =>
  c.time.map((time, i) => {
    const day = Math.floor(time / 86_400_000);
    const places = c.time.flatMap((at, j) =>
      j <= i && Math.floor(at / 86_400_000) === day ? [j] : [],
    );
    const price = typical(c);
    const total = places.reduce((sum, j) => sum + (c.volume[j] as number), 0);
    const value = places.reduce(
      (sum, j) => sum + (price[j] as number) * (c.volume[j] as number),
      0,
    );
    return total === 0 || !isKnown(total) ? Number.NaN : value / total;
  });

const rollingVwap = (c: Columns, n: number): number[] => {
  const value = zip((p, v) => p * v, typical(c), c.volume);
  const volume = zip((v, x) => (isKnown(x) ? v : Number.NaN), c.volume, value);
  return zip((a, b) => (b === 0 ? Number.NaN : a / b), sma(value, n), sma(volume, n));
};

const cci = (c: Columns, n: number): number[] =>
  rolling(typical(c), n, (window) => {
    const price = window[n - 1] as number;
    const middle = window.reduce((sum, x) => sum + x, 0) / n;
    const deviation = window.reduce((sum, x) => sum + Math.abs(x - middle), 0) / n;
    return deviation <= 1e-13 * Math.abs(middle) ? 0 : (price - middle) / (0.015 * deviation);
  });

const roc = (xs: Series, n: number): number[] =>
  zip((now, before) => (before === 0 ? Number.NaN : (now / before - 1) * 100), xs, shift(xs, n));

const ichimoku = (c: Columns, n: number, m: number, k: number, ago: number): number[][] => {
  const middle = (length: number): number[] =>
    zip((h, l) => (h + l) / 2, max(c.high, length), min(c.low, length));
  const spanA = zip((a, b) => (a + b) / 2, middle(n), middle(m));
  return [middle(n), middle(m), shift(spanA, ago), shift(middle(k), ago), shift(c.close, ago)];
};

/** Expected columns by the text that asks for them; with small windows so that short series reach everything. */
export const INDICATOR_ORACLES: Readonly<Record<string, (c: Columns) => readonly Series[]>> = {
  "sma(5)": (c) => [sma(c.close, 5)],
  "sma(1,hl2)": (c) => [sma(read(c, "hl2"), 1)],
  "sma(4,volume)": (c) => [sma(c.volume, 4)],
  "ema(5)": (c) => [ema(c.close, 5)],
  "ema(4,ohlc4)": (c) => [ema(read(c, "ohlc4"), 4)],
  "wma(6)": (c) => [wma(c.close, 6)],
  "wilder(5,open)": (c) => [wilder(c.open, 5)],
  "rsi(5)": (c) => [rsi(c.close, 5)],
  "rsi(1)": (c) => [rsi(c.close, 1)],
  "rsi(3,volume)": (c) => [rsi(c.volume, 3)],
  "macd(3,6,4)": (c) => macd(c.close, 3, 6, 4),
  "macd(6,3,2,hlc3)": (c) => macd(read(c, "hlc3"), 6, 3, 2),
  "bollinger(5,2)": (c) => bollinger(c.close, 5, 2),
  "bollinger(4,1.5,hlc3)": (c) => bollinger(read(c, "hlc3"), 4, 1.5),
  "atr(5)": (c) => [wilder(trueRange(c), 5)],
  "atr(1)": (c) => [trueRange(c)],
  "adx(4)": (c) => adx(c, 4),
  "stochastic(5,3,2)": (c) => stochastic(c, 5, 3, 2),
  "stochastic(4,2,1)": (c) => stochastic(c, 4, 2, 1),
  "stochasticRsi(4,5,2,3)": (c) => stochasticRsi(c.close, 4, 5, 2, 3),
  "donchian(5)": (c) => [
    max(c.high, 5),
    zip((h, l) => (h + l) / 2, max(c.high, 5), min(c.low, 5)),
    min(c.low, 5),
  ],
  "keltner(5,3,1.5)": (c) => {
    const middle = ema(c.close, 5);
    const range = wilder(trueRange(c), 3);
    return [
      middle,
      zip((m, r) => m + 1.5 * r, middle, range),
      zip((m, r) => m - 1.5 * r, middle, range),
    ];
  },
  "superTrend(4,1)": (c) => superTrend(c, 4, 1),
  "superTrend(3,2.5)": (c) => superTrend(c, 3, 2.5),
  obv: (c) => [obv(c)],
  vwap: (c) => [sessionVwap(c)],
  "vwap(4)": (c) => [rollingVwap(c, 4)],
  adl: (c) => [adl(c)],
  "mfi(5)": (c) => [mfi(c, 5)],
  "forceIndex(4)": (c) => [
    ema(
      zip((now, before, volume) => (now - before) * volume, c.close, shift(c.close, 1), c.volume),
      4,
    ),
  ],
  "cci(5)": (c) => [cci(c, 5)],
  "roc(3)": (c) => [roc(c.close, 3)],
  "roc(2,volume)": (c) => [roc(c.volume, 2)],
  "ichimoku(3,5,8,4)": (c) => ichimoku(c, 3, 5, 8, 4),
  "highest(5,high)": (c) => [max(c.high, 5)],
  "lowest(5)": (c) => [min(c.close, 5)],
  "std(5)": (c) => [std(c.close, 5)],
  "percentile(6,35)": (c) => [percentile(c.close, 6, 35)],
};

/** What crosses what; compared on the inner columns themselves, for at a tie the last digit decides. */
export const CROSSINGS: Readonly<Record<string, readonly [a: string, b: string, sign: number]>> = {
  "crossOver(close,sma(4))": ["sma(1)", "sma(4)", 1],
  "crossUnder(macd(3,6,4).macd,macd(3,6,4).signal)": ["macd(3,6,4).macd", "macd(3,6,4).signal", -1],
  "crossUnder(rsi(5),hl2)": ["rsi(5)", "sma(1,hl2)", -1],
};
