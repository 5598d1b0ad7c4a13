import { assertNever } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { isSource, SOURCES } from "./source.ts";

/**
 * What may stand at one place of an indicator's arguments: `period` is a whole number of bars, `factor` a positive
 * number, `percent` 0 to 100, `source` a name such as `hlc3`, `indicator` another indicator, a source or a number.
 */
export type ArgumentKind = "period" | "factor" | "percent" | "source" | "indicator";

/** Longest window in bars: almost two years of minutes, and 8 MB per column of a window. */
export const PERIOD_MAX = 1_000_000;

/** What is wrong with a number at a place of this kind, or undefined when it fits. */
export function numberFault(kind: ArgumentKind, value: number): string | undefined {
  switch (kind) {
    case "period":
      if (Number.isInteger(value) && value >= 1 && value <= PERIOD_MAX) return undefined;
      return `must be a whole number of bars from 1 to ${PERIOD_MAX}`;
    case "factor":
      if (Number.isFinite(value) && value > 0) return undefined;
      return "must be a number above 0";
    case "percent":
      if (value >= 0 && value <= 100) return undefined;
      return "must be a number from 0 to 100";
    case "source":
      return `must be one of ${SOURCES.join(", ")}`;
    case "indicator":
      return "must be an indicator, a source or a number";
    default:
      return assertNever(kind, "kind of argument");
  }
}

/** The canonical name of an indicator: arguments joined without blanks, a source of `close` left out. */
export function formatKey(name: string, args: readonly (number | string)[]): string {
  const shown = args.at(-1) === "close" ? args.slice(0, -1) : args;
  return shown.length === 0 ? name : `${name}(${shown.join(",")})`;
}

/** A value with the kind and the name of the place it stands at. */
export type CheckedArgument = readonly [kind: ArgumentKind, name: string, value: number | string];

/**
 * Checks the arguments a factory was called with and returns the canonical key.
 * @throws E_UNKNOWN_INDICATOR naming the first argument that does not fit.
 */
export function checkedKey(name: string, args: readonly CheckedArgument[]): string {
  const values = args.map(([, , value]) => value);
  args.forEach(([kind, label, value], index) => {
    if (typeof value === "string" && isSource(value)) return;
    const fault = numberFault(kind, Number(value));
    if (fault === undefined) return;
    throw new DrydockError(
      "E_UNKNOWN_INDICATOR",
      `Cannot use "${formatKey(name, values)}": argument ${index + 1} ("${label}") ${fault}`,
    );
  });
  return formatKey(name, values);
}
