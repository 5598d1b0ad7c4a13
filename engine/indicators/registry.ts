import { assert } from "#engine/assert.ts";
import { DrydockError } from "#engine/errors.ts";
import { type ArgumentKind, numberFault } from "./arguments.ts";
import { closestName } from "./closest-name.ts";
import { CORE_DEFINITIONS } from "./core-definitions.ts";
import type { ArgumentDefinition, ArgumentValue, IndicatorDefinition } from "./definition.ts";
import type { IndicatorSpec } from "./kernel.ts";
import { level } from "./level.ts";
import { output, outputsHint } from "./output.ts";
import { price } from "./price.ts";
import { isSource } from "./source.ts";
import { parseTerms, type Term } from "./syntax.ts";

const definitions = new Map<string, IndicatorDefinition>(
  CORE_DEFINITIONS.map((definition) => [definition.name, definition]),
);

/** Adds indicators from outside the engine; adding the same definition again changes nothing. */
export function registerIndicators(list: readonly IndicatorDefinition[]): void {
  for (const definition of list) {
    const known = definitions.get(definition.name);
    assert(
      known === undefined || known === definition,
      () => `The name "${definition.name}" belongs to one indicator`,
    );
    definitions.set(definition.name, definition);
  }
}

/** One row of the list of indicators. */
export interface CatalogueEntry {
  readonly name: string;
  /** How it is written: `macd(fast = 12, slow = 26, signal = 9, source = close)`; `period?` may be left out. */
  readonly signature: string;
  readonly arguments: readonly CatalogueArgument[];
  /** `[""]` when there is a single one. */
  readonly outputs: readonly string[];
  readonly doc: string;
}

/** `min` of a factor is not allowed itself; arguments that are not numbers have none. */
export interface CatalogueArgument extends ArgumentDefinition {
  readonly min: number | undefined;
}

/** Every indicator by name, with its arguments, outputs and a line of description; core first. */
export function indicatorCatalogue(): readonly CatalogueEntry[] {
  return Array.from(definitions.values(), (definition) => ({
    name: definition.name,
    signature: signature(definition),
    arguments: definition.arguments.map((argument) => ({ ...argument, min: MIN[argument.kind] })),
    outputs: definition.outputs,
    doc: definition.doc,
  }));
}

const MIN: Readonly<Record<ArgumentKind, number | undefined>> = {
  period: 1,
  factor: 0,
  percent: 0,
  source: undefined,
  indicator: undefined,
};

function signature(definition: IndicatorDefinition): string {
  if (definition.arguments.length === 0) return definition.name;
  const args = definition.arguments.map((argument) => {
    if (argument.default === undefined) return argument.name;
    return argument.default === null
      ? `${argument.name}?`
      : `${argument.name} = ${argument.default}`;
  });
  return `${definition.name}(${args.join(", ")})`;
}

/** The names of the columns that `runKernel` returns: `rsi(14)`, or `macd(12,26,9).signal` where there are several. */
export function columnNames(spec: IndicatorSpec): readonly string[] {
  return spec.outputs.map((name) => (name === "" ? spec.key : `${spec.key}.${name}`));
}

/**
 * Reads a list of indicators such as `rsi(14),macd(12,26,9).signal,ema(20,volume)`. Missing arguments take their
 * defaults; `.output` picks one of several outputs.
 * @throws E_UNKNOWN_INDICATOR with the place in the text: an unknown name or output, too many or missing arguments, or
 * one that does not fit.
 */
export function parseIndicators(text: string): readonly IndicatorSpec[] {
  return parseTerms(text).map((term) => resolveTerm(term, text));
}

function resolveTerm(term: Term, text: string): IndicatorSpec {
  const definition = findDefinition(term, text);
  const places = definition.arguments;
  const extra = term.arguments[places.length];
  if (extra !== undefined) {
    const most = places.length === 0 ? "no arguments" : `at most ${places.length}`;
    throw unreadable(text, extra.at, `"${term.text}" takes ${most}, not ${term.arguments.length}`, {
      hint: `Use ${signature(definition)}`,
    });
  }
  const args = places.map((place, index) => {
    const given = term.arguments[index];
    if (given !== undefined) return resolveArgument(given, text, { definition, place, index });
    if (place.default !== undefined) return place.default;
    throw unreadable(text, term.at, `"${term.text}" needs argument ${index + 1}, "${place.name}"`, {
      hint: `Use ${signature(definition)}`,
    });
  });
  const spec = definition.create(args);
  return term.output === undefined ? spec : pickOutput(spec, term.output, text);
}

function findDefinition(term: Term, text: string): IndicatorDefinition {
  const definition = definitions.get(term.text);
  if (definition !== undefined) return definition;
  const near = closestName(term.text, definitions.keys());
  throw unreadable(text, term.at, `there is no indicator "${term.text}"`, {
    hint: near === undefined ? LIST_HINT : `Did you mean "${near}"?`,
    or: near === undefined ? undefined : LIST_HINT,
  });
}

const LIST_HINT = "Run drydock data show --with list for every name";

interface ArgumentPlace {
  readonly definition: IndicatorDefinition;
  readonly place: ArgumentDefinition;
  readonly index: number;
}

function resolveArgument(term: Term, text: string, at: ArgumentPlace): ArgumentValue {
  const { kind, name } = at.place;
  const plain = term.arguments.length === 0 && term.output === undefined;
  if (kind === "indicator") {
    if (plain && isSource(term.text)) return price(term.text);
    const fixed = Number(term.text);
    return Number.isFinite(fixed) ? level(fixed) : resolveTerm(term, text);
  }
  if (kind === "source" && plain && isSource(term.text)) return term.text;
  // Number("") is 0 and Number("1e3") is 1000; the form of the text is checked by the parser.
  const value = kind === "source" || !plain ? Number.NaN : Number(term.text);
  const fault = numberFault(kind, value);
  if (fault === undefined) return value;
  throw unreadable(
    text,
    term.at,
    `argument ${at.index + 1} of "${at.definition.name}" ("${name}") ${fault}, not "${term.text}"`,
    { hint: `Use ${signature(at.definition)}` },
  );
}

function pickOutput(
  spec: IndicatorSpec,
  wanted: { readonly name: string; readonly at: number },
  text: string,
): IndicatorSpec {
  if (spec.outputs.includes(wanted.name)) return output(spec, wanted.name);
  throw unreadable(text, wanted.at, `"${spec.key}" has no output "${wanted.name}"`, {
    hint: outputsHint(spec),
  });
}

function unreadable(
  text: string,
  at: number,
  what: string,
  details: { readonly hint: string; readonly or?: string | undefined },
): DrydockError {
  return new DrydockError(
    "E_UNKNOWN_INDICATOR",
    `Cannot read "${text}" at character ${at}: ${what}`,
    details,
  );
}
