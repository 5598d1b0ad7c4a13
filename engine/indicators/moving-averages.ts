import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";
import { SourceKernel } from "./source-kernel.ts";
import { Ema, makeWilder } from "./values/ema.ts";
import { Sma } from "./values/sma.ts";
import { Wma } from "./values/wma.ts";

/** Simple moving average: the mean of the last `period` values. */
export function sma(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("sma", period, source),
    name: "sma",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new Sma(period), source),
  };
}

/**
 * Exponential moving average, alpha = 2 / (period + 1), starting from the mean of the first `period` values
 * (as StockCharts and TA-Lib do; some tools start from the first value alone).
 */
export function ema(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("ema", period, source),
    name: "ema",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new Ema(period), source),
  };
}

/** Linearly weighted moving average: weight 1 for the oldest value, `period` for the newest. */
export function wma(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("wma", period, source),
    name: "wma",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new Wma(period), source),
  };
}

/** Wilder's moving average, alpha = 1 / period, starting from the mean of the first `period` values. */
export function wilder(period = 14, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: averageKey("wilder", period, source),
    name: "wilder",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(makeWilder(period), source),
  };
}

function averageKey(name: string, period: number, source: Source): string {
  return checkedKey(name, [
    ["period", "period", period],
    ["source", "source", source],
  ]);
}
