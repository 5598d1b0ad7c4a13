import type { ConfigKey } from "#cli/config/key-kinds.ts";
import type { ParamValue } from "#cli/config/keys.ts";
import { numberProblem, parseDecimal } from "#cli/number-limits.ts";
import { didYouMean } from "#cli/suggest.ts";
import { parseTimeBound } from "#cli/time-bound.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

/**
 * Reads the text form of a setting, as it stands in an environment variable or behind a flag.
 *
 * @param label what is read, for messages: `DRYDOCK_SEED`, `--from`
 * @throws E_USAGE when the text is no value of the setting
 */
export function valueFromText(key: ConfigKey, text: string, label: string): unknown {
  switch (key.kind) {
    case "number":
      return readNumber(key, text, label);
    case "switch":
      return readSwitch(text, label);
    case "choice":
      if (key.choices.includes(text)) return text;
      throw new DrydockError(
        "E_USAGE",
        `${label} must be one of ${key.choices.join(", ")}, not "${text}"`,
        { hint: didYouMean(text, key.choices, key.describe) },
      );
    case "interval":
      parseInterval(text);
      return text;
    case "time":
      parseTimeBound(text, label);
      return text;
    case "list":
      return splitList(text);
    case "steps":
      return readSteps(text, label);
    case "params":
      return readParams(splitList(text), label);
    case "text":
    case "path":
      return text;
  }
}

/** `A, B` → two texts; empty ones are dropped. */
export function splitList(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/**
 * `fast=10` → a name and a value. Text that is a plain number or true/false becomes one; the strategy's own
 * declaration decides later whether that is what it wants.
 *
 * @throws E_USAGE when a part has no name or no `=`
 */
export function readParams(
  parts: readonly string[],
  label: string,
): Readonly<Record<string, ParamValue>> {
  const params = new Map<string, ParamValue>();
  for (const part of parts) {
    const match = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(part);
    if (match === null) {
      throw new DrydockError("E_USAGE", `${label} must be name=value, not "${part}"`, {
        hint: `Such as ${label.startsWith("--") ? `${label} ` : ""}fast=10`,
      });
    }
    const text = match[2] ?? "";
    const number = parseDecimal(text);
    const plain = text === "true" ? true : text === "false" ? false : text;
    params.set(match[1] ?? "", Number.isNaN(number) ? plain : number);
  }
  // Not by assignment: a parameter called __proto__ would vanish instead of being refused.
  return Object.fromEntries(params);
}

function readNumber(
  key: Extract<ConfigKey, { kind: "number" }>,
  text: string,
  label: string,
): number {
  const value = parseDecimal(text.trim());
  const problem = numberProblem(value, key);
  if (problem === null) return value;
  throw new DrydockError("E_USAGE", `${label} must be ${problem}, not "${text}"`, {
    hint: key.describe,
  });
}

function readSwitch(text: string, label: string): boolean {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new DrydockError("E_USAGE", `${label} must be true or false, not "${text}"`);
}

function readSteps(text: string, label: string): Readonly<Record<string, number>> {
  const steps: Record<string, number> = {};
  for (const part of splitList(text)) {
    const match = /^(\d+)\s*:\s*(\S+)$/.exec(part);
    const value = match === null ? Number.NaN : parseDecimal(match[2] ?? "");
    if (Number.isNaN(value)) {
      throw new DrydockError("E_USAGE", `${label} must be minutes:percent pairs, not "${part}"`, {
        hint: "Such as 0:4,120:2,240:0",
      });
    }
    steps[String(Number(match?.[1]))] = value;
  }
  return steps;
}
