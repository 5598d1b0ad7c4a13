import type { IndicatorSpec, Source } from "./kernel.ts";
import { SourceKernel } from "./source-kernel.ts";

/** A source itself as an indicator, for places that take one: `crossOver(price("close"), sma(50))`. */
export function price(source: Source): IndicatorSpec<""> {
  return {
    key: source,
    name: source,
    outputs: [""],
    warmup: 0,
    create: () => new SourceKernel({ next: (value) => value }, source),
  };
}
