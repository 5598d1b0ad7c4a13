import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { Ema } from "./values/ema.ts";

/**
 * Moving average convergence divergence (G. Appel): the fast EMA minus the slow one, the EMA of that difference as
 * `signal`, and `histogram`, the first minus the second. Each EMA starts from the mean of its own first values, so
 * `macd` has values from index slow − 1 and the signal from slow + signal − 2, as on StockCharts. TA-Lib starts the
 * fast EMA later, so that both begin on one bar, and TradingView starts every EMA from a single value; all converge.
 */
export function macd(
  fast = 12,
  slow = 26,
  signal = 9,
  source: Source = "close",
): IndicatorSpec<"macd" | "signal" | "histogram"> {
  return {
    key: checkedKey("macd", [
      ["period", "fast", fast],
      ["period", "slow", slow],
      ["period", "signal", signal],
      ["source", "source", source],
    ]),
    name: "macd",
    outputs: ["macd", "signal", "histogram"],
    warmup: Math.max(fast, slow) + signal - 2,
    create: () => new Macd(fast, slow, signal, source),
  };
}

class Macd implements Kernel {
  readonly out: Float64Array = new Float64Array(3).fill(Number.NaN);
  readonly #fast: Ema;
  readonly #slow: Ema;
  readonly #signal: Ema;
  readonly #source: Source;

  constructor(fast: number, slow: number, signal: number, source: Source) {
    this.#fast = new Ema(fast);
    this.#slow = new Ema(slow);
    this.#signal = new Ema(signal);
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const value = readSource(bars, index, this.#source);
    const difference = this.#fast.next(value) - this.#slow.next(value);
    const signal = this.#signal.next(difference);
    this.out[0] = difference;
    this.out[1] = signal;
    this.out[2] = difference - signal;
  }
}
