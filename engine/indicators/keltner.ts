import type { BarColumns } from "#engine/market/bars.ts";
import { checkedKey } from "./arguments.ts";
import { AverageTrueRange } from "./atr.ts";
import type { IndicatorSpec, Kernel, Source } from "./kernel.ts";
import { readSource } from "./source.ts";
import { Ema } from "./values/ema.ts";

/**
 * Keltner channel in the form of L. Raschke, as on StockCharts: the EMA of the close, and
 * `multiplier` average true ranges above and below it. (Keltner's own of 1960 takes means of the typical price and of
 * high − low; give `"hlc3"` for the middle line that TA-Lib uses.)
 */
export function keltner(
  period = 20,
  atrPeriod = 10,
  multiplier = 2,
  source: Source = "close",
): IndicatorSpec<"middle" | "upper" | "lower"> {
  return {
    key: checkedKey("keltner", [
      ["period", "period", period],
      ["period", "atrPeriod", atrPeriod],
      ["factor", "multiplier", multiplier],
      ["source", "source", source],
    ]),
    name: "keltner",
    outputs: ["middle", "upper", "lower"],
    warmup: Math.max(period, atrPeriod) - 1,
    create: () => new Keltner(period, atrPeriod, multiplier, source),
  };
}

class Keltner implements Kernel {
  readonly out: Float64Array = new Float64Array(3).fill(Number.NaN);
  readonly #middle: Ema;
  readonly #range: AverageTrueRange;
  readonly #multiplier: number = 0;
  readonly #source: Source;

  constructor(period: number, atrPeriod: number, multiplier: number, source: Source) {
    this.#middle = new Ema(period);
    this.#range = new AverageTrueRange(atrPeriod);
    this.#multiplier = multiplier;
    this.#source = source;
  }

  next(bars: BarColumns, index: number): void {
    const middle = this.#middle.next(readSource(bars, index, this.#source));
    const reach = this.#range.next(bars, index) * this.#multiplier;
    this.out[0] = middle;
    this.out[1] = middle + reach;
    this.out[2] = middle - reach;
  }
}
