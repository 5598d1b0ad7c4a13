import { assert } from "#engine/assert.ts";
import type { IndicatorSpec } from "./kernel.ts";

/** A fixed number as an indicator, for places that take one: `crossOver(rsi(14), level(30))`. */
export function level(value: number): IndicatorSpec<""> {
  assert(Number.isFinite(value), () => `A level is a finite number, not ${value}`);
  return {
    key: `${value}`,
    name: "level",
    outputs: [""],
    warmup: 0,
    create: () => ({ out: new Float64Array([value]), next: () => {} }),
  };
}
