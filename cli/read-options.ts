import type { NumberOption, OptionSpec, OptionSpecs } from "#cli/command-spec.ts";
import { numberProblem, parseDecimal } from "#cli/number-limits.ts";
import { didYouMean } from "#cli/suggest.ts";
import { DrydockError } from "#engine/errors.ts";

/** Keys that the parser adds by itself. */
const PARSER_KEYS: ReadonlySet<string> = new Set(["_", "$0", "help", "h", "version", "V"]);

/**
 * Checks what the parser split and gives every declared option its value: unknown options are errors, of a scalar
 * given twice the last counts, numbers and choices are checked.
 *
 * @param command for messages: `drydock data ls`
 * @throws E_USAGE naming the option, what it takes and what was probably meant
 */
export function readOptions(
  options: OptionSpecs,
  argv: Readonly<Record<string, unknown>>,
  words: readonly string[],
  command: string,
): Readonly<Record<string, unknown>> {
  assertKnown(options, argv, command);
  assertFlagValues(options, words);
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    values[name] = readValue(name, option, argv[name], command);
  }
  return values;
}

function assertKnown(
  options: OptionSpecs,
  argv: Readonly<Record<string, unknown>>,
  command: string,
): void {
  const known = new Set(PARSER_KEYS);
  const suggestible = ["help", "version"];
  for (const [name, option] of Object.entries(options)) {
    known.add(name);
    for (const alias of option.alias ?? []) known.add(alias);
    if (option.positional === undefined) suggestible.push(name, ...(option.alias ?? []));
  }
  for (const key of Object.keys(argv)) {
    if (known.has(key)) continue;
    const dashes = key.length === 1 ? "-" : "--";
    throw new DrydockError("E_USAGE", `Unknown option "${dashes}${key}" of "${command}"`, {
      hint: optionHint(key, suggestible, `${command} --help lists its options`),
    });
  }
}

function optionHint(key: string, names: readonly string[], otherwise: string): string {
  const words = names.filter((name) => name.length > 1);
  const found = didYouMean(key, words, null);
  return found === null ? otherwise : found.replace('"', '"--');
}

/** The parser takes `--dry-run=yes` for false; nobody who writes that means it. */
function assertFlagValues(options: OptionSpecs, words: readonly string[]): void {
  for (const word of words) {
    if (word === "--") return;
    const match = /^--([^=]+)=(.*)$/.exec(word);
    const option = match === null ? undefined : options[match[1] ?? ""];
    if (match === null || option?.kind !== "flag") continue;
    if (match[2] === "true" || match[2] === "false") continue;
    throw new DrydockError("E_USAGE", `Option --${match[1]} is a switch and takes no value`, {
      hint: `Write --${match[1]}, or leave it out`,
    });
  }
}

function readValue(name: string, option: OptionSpec, given: unknown, command: string): unknown {
  if (option.kind === "list") {
    const list = given === undefined ? [] : [given].flat().map(String);
    if (list.length === 0 && option.positional === "required") throw missing(name, command);
    for (const item of list) assertNotEmpty(name, option, item);
    return list;
  }
  const value: unknown = Array.isArray(given) ? given.at(-1) : given;
  if (option.kind === "flag") {
    return value === undefined && option.tristate === true ? undefined : value === true;
  }
  if (option.kind === "count") return typeof value === "number" ? value : 0;
  if (value === undefined) {
    if (option.positional === "required") throw missing(name, command);
    return option.default;
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  assertNotEmpty(name, option, text);
  if (option.kind === "number") return readNumber(label(name, option), option, text);
  if (option.kind === "choice" && !option.choices.includes(text)) {
    throw new DrydockError(
      "E_USAGE",
      `${label(name, option)} must be one of ${option.choices.join(", ")}, not "${text}"`,
      { hint: didYouMean(text, option.choices, `${label(name, option)}: ${option.describe}`) },
    );
  }
  return text;
}

function readNumber(what: string, option: NumberOption, text: string): number {
  const value = parseDecimal(text);
  const problem = numberProblem(value, option);
  if (problem === null) return value;
  throw new DrydockError("E_USAGE", `${what} must be ${problem}, not "${text}"`, {
    hint: `${what}: ${option.describe}`,
  });
}

function assertNotEmpty(name: string, option: OptionSpec, text: string): void {
  if (text !== "") return;
  const what = label(name, option);
  throw new DrydockError("E_USAGE", `${what} needs a value, the one given is empty`, {
    hint: `${what}: ${option.describe}`,
  });
}

function missing(name: string, command: string): DrydockError {
  return new DrydockError("E_USAGE", `"${command}" needs <${name}>`, {
    hint: `${command} <${name}>`,
    or: `${command} --help`,
  });
}

function label(name: string, option: OptionSpec): string {
  return option.positional === undefined ? `Option --${name}` : `<${name}>`;
}
