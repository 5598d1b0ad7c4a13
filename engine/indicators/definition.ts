import type { ArgumentKind } from "./arguments.ts";
import type { IndicatorSpec, Source } from "./kernel.ts";

/** One place in the arguments of an indicator. */
export interface ArgumentDefinition {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Stands in when the argument is missing; `null`: the indicator does something else without it; absent: required. */
  readonly default?: number | Source | null | undefined;
}

/** A value given for an argument, already checked against its kind; `null` as in `ArgumentDefinition.default`. */
export type ArgumentValue = number | Source | IndicatorSpec | null;

/** An indicator that can be asked for by name. */
export interface IndicatorDefinition {
  readonly name: string;
  readonly arguments: readonly ArgumentDefinition[];
  /** `[""]` when there is a single one. */
  readonly outputs: readonly string[];
  /** One line. */
  readonly doc: string;
  /** `args` has one value per argument. */
  readonly create: (args: readonly ArgumentValue[]) => IndicatorSpec;
}
