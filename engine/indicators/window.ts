import { checkedKey } from "./arguments.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";
import { SourceKernel } from "./source-kernel.ts";
import { RollingMax, RollingMin } from "./values/rolling-extreme.ts";
import { RollingPercentile } from "./values/rolling-percentile.ts";
import { RollingStd } from "./values/rolling-std.ts";

/** The highest value of the last `period` bars, the current one included; of closes unless told `"high"`. */
export function highest(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("highest", period, source),
    name: "highest",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new RollingMax(period), source),
  };
}

/** The lowest value of the last `period` bars, the current one included; of closes unless told `"low"`. */
export function lowest(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("lowest", period, source),
    name: "lowest",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new RollingMin(period), source),
  };
}

/** The population standard deviation of the last `period` values. */
export function std(period = 20, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: windowKey("std", period, source),
    name: "std",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new RollingStd(period), source),
  };
}

/** The `percent`-th percentile (0 to 100) of the last `period` values, interpolated between ranks; 50 is the median. */
export function percentile(period = 20, percent = 50, source: Source = "close"): IndicatorSpec<""> {
  return {
    key: checkedKey("percentile", [
      ["period", "period", period],
      ["percent", "percent", percent],
      ["source", "source", source],
    ]),
    name: "percentile",
    outputs: [""],
    warmup: period - 1,
    create: () => new SourceKernel(new RollingPercentile(period, percent), source),
  };
}

function windowKey(name: string, period: number, source: Source): string {
  return checkedKey(name, [
    ["period", "period", period],
    ["source", "source", source],
  ]);
}
