import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

/** A whole number within bounds, for periods and counts. */
export interface IntParam {
  readonly kind: "int";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

/** A number within bounds. */
export interface NumberParam {
  readonly kind: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

export interface ChoiceParam<Choice extends string = string> {
  readonly kind: "choice";
  readonly default: Choice;
  readonly choices: readonly Choice[];
  readonly doc: string;
}

export interface BoolParam {
  readonly kind: "bool";
  readonly default: boolean;
  readonly doc: string;
}

/** A bar length such as 4h. */
export interface IntervalParam {
  readonly kind: "interval";
  readonly default: string;
  readonly doc: string;
}

export type Param = IntParam | NumberParam | ChoiceParam | BoolParam | IntervalParam;
export type ParamSpecs = Readonly<Record<string, Param>>;
export type ParamValue = number | string | boolean;

type ValueOf<P extends Param> = P extends IntParam | NumberParam
  ? number
  : P extends BoolParam
    ? boolean
    : P extends ChoiceParam<infer Choice>
      ? Choice
      : string;

export type ParamValues<P extends ParamSpecs> = { readonly [Name in keyof P]: ValueOf<P[Name]> };

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly doc?: string;
}

/** Declares a strategy's parameters; ranges are known to `--help`, to validation and to sweeps. */
export const param = {
  int: (value: number, { min, max, doc = "" }: Bounds): IntParam => ({
    kind: "int",
    default: value,
    min,
    max,
    doc,
  }),
  number: (value: number, { min, max, doc = "" }: Bounds): NumberParam => ({
    kind: "number",
    default: value,
    min,
    max,
    doc,
  }),
  choice: <const Choice extends string>(
    value: NoInfer<Choice>,
    choices: readonly Choice[],
    doc = "",
  ): ChoiceParam<Choice> => ({ kind: "choice", default: value, choices, doc }),
  bool: (value: boolean, doc = ""): BoolParam => ({ kind: "bool", default: value, doc }),
  interval: (value: string, doc = ""): IntervalParam => ({ kind: "interval", default: value, doc }),
};

/** What a parameter accepts, as one phrase for help and errors. */
export function describeRange(spec: Param): string {
  switch (spec.kind) {
    case "int":
      return `a whole number from ${spec.min} to ${spec.max}`;
    case "number":
      return `a number from ${spec.min} to ${spec.max}`;
    case "choice":
      return `one of ${spec.choices.join(", ")}`;
    case "bool":
      return "true or false";
    case "interval":
      return "an interval such as 1h or 4h";
  }
}

/**
 * Checks given values (text from the command line, or values from a file) against the declaration and fills in
 * the defaults.
 * @throws E_UNKNOWN_PARAM, E_PARAM_RANGE
 */
export function resolveParams(
  strategy: string,
  specs: ParamSpecs,
  given: Readonly<Record<string, unknown>>,
): Record<string, ParamValue> {
  const names = Object.keys(specs).sort();
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(specs, name)) continue;
    throw new DrydockError("E_UNKNOWN_PARAM", `Strategy "${strategy}" has no parameter "${name}"`, {
      hint: names.length > 0 ? `Its parameters: ${names.join(", ")}` : "It has no parameters",
    });
  }
  return Object.fromEntries(
    names.map((name) => {
      const spec = specs[name] as Param;
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      return [name, value === undefined ? spec.default : resolveValue(strategy, name, spec, value)];
    }),
  );
}

/** Whether a value, as itself or as text, is one that the parameter takes. */
export function acceptsParam(spec: Param, given: unknown): boolean {
  return parseValue(spec, given) !== undefined;
}

function resolveValue(strategy: string, name: string, spec: Param, given: unknown): ParamValue {
  const value = parseValue(spec, given);
  if (value !== undefined) return value;
  throw new DrydockError(
    "E_PARAM_RANGE",
    `Parameter "${name}" of "${strategy}" can not be "${String(given)}": it is ${describeRange(spec)}`,
    { hint: `--param ${name}=${String(spec.default)}` },
  );
}

function parseValue(spec: Param, given: unknown): ParamValue | undefined {
  switch (spec.kind) {
    case "int":
    case "number": {
      const text = typeof given === "string" ? given.trim() : given;
      const number = typeof text === "number" ? text : text === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(number)) return undefined;
      if (spec.kind === "int" && !Number.isInteger(number)) return undefined;
      return number >= spec.min && number <= spec.max ? number : undefined;
    }
    case "choice":
      return spec.choices.find((choice) => choice === given);
    case "bool":
      if (given === true || given === "true") return true;
      return given === false || given === "false" ? false : undefined;
    case "interval":
      if (typeof given !== "string") return undefined;
      try {
        parseInterval(given);
        return given;
      } catch {
        return undefined;
      }
  }
}
