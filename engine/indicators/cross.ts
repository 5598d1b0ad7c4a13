import { DrydockError } from "#engine/errors.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorSpec, Kernel } from "./kernel.ts";
import { level } from "./level.ts";
import { outputsHint } from "./output.ts";

/**
 * 1 at a bar at which `a` rose through `b` (at or below it one bar ago, above it now), else 0; NaN until both have two
 * values, and beside a bar without one. A number as `b` is a fixed level.
 * @throws E_UNKNOWN_INDICATOR when one of them has several outputs: choose with `output(spec, name)`.
 */
export function crossOver(a: IndicatorSpec, b: IndicatorSpec | number): IndicatorSpec<""> {
  return makeCross("crossOver", a, typeof b === "number" ? level(b) : b, 1);
}

/** 1 at a bar at which `a` fell through `b`; otherwise as `crossOver`. */
export function crossUnder(a: IndicatorSpec, b: IndicatorSpec | number): IndicatorSpec<""> {
  return makeCross("crossUnder", a, typeof b === "number" ? level(b) : b, -1);
}

function makeCross(
  name: string,
  a: IndicatorSpec,
  b: IndicatorSpec,
  sign: number,
): IndicatorSpec<""> {
  const key = `${name}(${a.key},${b.key})`;
  for (const spec of [a, b]) {
    if (spec.outputs.length === 1) continue;
    throw new DrydockError(
      "E_UNKNOWN_INDICATOR",
      `Cannot use "${key}": "${spec.key}" has several outputs`,
      { hint: outputsHint(spec) },
    );
  }
  return {
    key,
    name,
    outputs: [""],
    warmup: Math.max(a.warmup, b.warmup) + 1,
    create: () => new Cross(a.create(), b.create(), sign),
  };
}

class Cross implements Kernel {
  readonly out: Float64Array = new Float64Array(1).fill(Number.NaN);
  readonly #a: Kernel;
  readonly #b: Kernel;
  readonly #sign: number = 0;
  #previous = Number.NaN;

  constructor(a: Kernel, b: Kernel, sign: number) {
    this.#a = a;
    this.#b = b;
    this.#sign = sign;
  }

  next(bars: BarColumns, index: number): void {
    this.#a.next(bars, index);
    this.#b.next(bars, index);
    const before = this.#previous;
    // A difference of doubles is 0 only when they are equal, so its sign is the comparison.
    const now = this.#sign * ((this.#a.out[0] as number) - (this.#b.out[0] as number));
    this.#previous = now;
    if (before !== before || now !== now) this.out[0] = Number.NaN;
    else this.out[0] = before <= 0 && now > 0 ? 1 : 0;
  }
}
