import { DrydockError } from "#engine/errors.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";

/**
 * One output of an indicator that has several, as an indicator of its own: `macd(12,26,9).signal`. Its warm-up is
 * that of the whole.
 * @throws E_UNKNOWN_INDICATOR when there is no such output.
 */
export function output<Output extends string>(
  spec: IndicatorSpec<Output>,
  name: Output,
): IndicatorSpec<""> {
  const place = spec.outputs.indexOf(name);
  if (place < 0 || name === "") {
    throw new DrydockError("E_UNKNOWN_INDICATOR", `"${spec.key}" has no output "${name}"`, {
      hint: outputsHint(spec),
    });
  }
  return {
    key: `${spec.key}.${name}`,
    name: spec.name,
    outputs: [""],
    warmup: spec.warmup,
    create: () => new OutputKernel(spec.create(), place),
  };
}

/** Which outputs may be asked for, as a sentence. */
export function outputsHint(spec: IndicatorSpec): string {
  if (spec.outputs.length === 1) return `Use "${spec.key}" alone: it has a single value`;
  return `Use one of ${spec.outputs.map((name) => `${spec.key}.${name}`).join(", ")}`;
}

class OutputKernel implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #inner: Kernel;
  readonly #place: number = 0;

  constructor(inner: Kernel, place: number) {
    this.#inner = inner;
    this.#place = place;
  }

  next(bars: BarColumns, index: number): void {
    this.#inner.next(bars, index);
    this.out[0] = this.#inner.out[this.#place] as number;
  }
}
