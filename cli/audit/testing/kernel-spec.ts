import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import type { BarColumns } from "#engine/market/bars.ts";

/** An indicator of one output from a function of bars and row, made anew for every run. */
export function kernelSpec(
  name: string,
  create: () => (bars: BarColumns, index: number) => number,
): IndicatorSpec {
  return {
    key: `${name}()`,
    name,
    outputs: [""],
    warmup: 0,
    create: () => {
      const out = new Float64Array(1);
      const value = create();
      return {
        out,
        next: (bars, index) => {
          out[0] = value(bars, index);
        },
      };
    },
  };
}
