/** What a number has to be. */
export interface NumberLimits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Greater than this. */
  readonly above?: number | undefined;
  readonly integer?: boolean | undefined;
}

/** A decimal number as people write it; `0x10`, `1_000` and an empty text are none. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** NaN for text that is not one plain decimal number. */
export function parseDecimal(text: string): number {
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** What the value should have been, in words that follow "must be", or null when it is right. */
export function numberProblem(value: number, limits: NumberLimits): string | null {
  const { min = -Infinity, max = Infinity, above = -Infinity } = limits;
  const isWhole = limits.integer !== true || Number.isSafeInteger(value);
  if (Number.isFinite(value) && isWhole && value >= min && value <= max && value > above)
    return null;
  return `${limits.integer === true ? "a whole number" : "a number"}${range(limits)}`;
}

function range({ min, max, above }: NumberLimits): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (above !== undefined && max !== undefined) return ` above ${above} and at most ${max}`;
  if (above !== undefined) return ` above ${above}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
