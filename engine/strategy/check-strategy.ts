import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";
import { acceptsParam, describeRange, type Param } from "#engine/strategy/params.ts";

/**
 * What the type checker would say of a strategy. Strategy files run without one: their types are only removed, so
 * every mistake is looked for before the first bar and told by its field.
 */

/** Fields that are functions; each is called with one argument and answers at once. */
const FUNCTIONS = ["indicators", "intervals", "rules", "state", "onBar", "onBars"] as const;
const PARAM_KINDS: readonly unknown[] = ["int", "number", "choice", "bool", "interval"];

/** Checks the terms of a strategy as they were written. @throws E_STRATEGY_FILE naming the strategy and the field */
export function checkStrategyTerms(given: unknown): void {
  if (!isRecord(given)) fail("A strategy", "is defined by an object", "defineStrategy({ … })");
  const terms = given;
  const { name } = terms;
  if (typeof name !== "string" || name.trim() === "") {
    fail("A strategy", `has no name: "name" is ${shown(name)}`, 'Add name: "my-strategy"');
  }
  const who = `Strategy "${name}"`;
  const { description, scope, warmupBars, symbolCount } = terms;
  if (description !== undefined && typeof description !== "string") {
    fail(who, `has the description ${shown(description)}`, "Describe it with a text");
  }
  if (scope !== undefined && scope !== "symbol" && scope !== "portfolio") {
    fail(who, `has the scope ${shown(scope)}`, 'scope is "symbol" or "portfolio"');
  }
  if (warmupBars !== undefined && !isCount(warmupBars, 0)) {
    fail(who, `has ${shown(warmupBars)} as warmupBars`, "warmupBars is a whole number from 0");
  }
  if (symbolCount !== undefined && !isCount(symbolCount, 1)) {
    fail(who, `has ${shown(symbolCount)} as symbolCount`, "symbolCount is a whole number from 1");
  }
  for (const field of FUNCTIONS) checkFunction(who, field, terms[field]);
  const decides = scope === "portfolio" ? "onBars" : "onBar";
  if (terms[decides] === undefined) {
    fail(who, `has no ${decides}: it never decides`, `Add ${decides}(ctx) { … }`);
  }
  checkParams(who, terms["params"]);
}

/**
 * Refuses a promise as the answer of a strategy: what it does later has no place in the order of events.
 * @throws E_STRATEGY_THREW
 */
export function refuseThenable(strategy: string, field: string, answer: unknown): void {
  if (!isRecord(answer) || !("then" in answer) || typeof answer["then"] !== "function") return;
  throw new DrydockError("E_STRATEGY_THREW", promiseMessage(strategy, field), {
    hint: PROMISE_HINT,
  });
}

/** Checks what `indicators` made. @throws E_STRATEGY_FILE naming the key */
export function checkIndicators(strategy: string, made: unknown): void {
  const who = `Strategy "${strategy}"`;
  if (!isRecord(made)) {
    fail(who, `has indicators that are ${shown(made)}`, INDICATORS_HINT);
  }
  for (const [key, entry] of Object.entries(made)) {
    const isOn = isRecord(entry) && "interval" in entry;
    if (isOn) checkInterval(who, `indicator "${key}"`, entry["interval"]);
    if (isSpec(isOn ? entry["spec"] : entry)) continue;
    fail(who, `has as indicator "${key}" ${shown(entry)}`, INDICATORS_HINT);
  }
}

/** Checks what `intervals` named. @throws E_STRATEGY_FILE */
export function checkIntervals(strategy: string, made: unknown): void {
  const who = `Strategy "${strategy}"`;
  if (!Array.isArray(made)) {
    fail(who, `has intervals that are ${shown(made)}`, 'intervals: () => ["4h"]');
  }
  for (const word of made as readonly unknown[]) checkInterval(who, "intervals", word);
}

/** Checks that `rules` gave an object; what stands in it is checked with the rules of the run. @throws E_STRATEGY_FILE */
export function checkRulesObject(strategy: string, made: unknown): void {
  if (isRecord(made) && !Array.isArray(made)) return;
  fail(`Strategy "${strategy}"`, `has rules that are ${shown(made)}`, "rules: () => ({ … })");
}

const INDICATORS_HINT = 'indicators: () => ({ fast: sma(10), trend: on("4h", ema(50)) })';
const PROMISE_HINT =
  "Decide at once: no async, no await, no promise. The order in which promises end differs from run to run";

function promiseMessage(strategy: string, field: string): string {
  return `Strategy "${strategy}" answers ${field} with a promise`;
}

function checkFunction(who: string, field: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "function") {
    fail(who, `has as ${field} ${shown(value)}`, `${field} is a function`);
  }
  const kind = Object.prototype.toString.call(value);
  if (kind === "[object Function]") return;
  const word = kind.includes("Async") ? "async" : "a generator";
  fail(who, `has as ${field} a function that is ${word}`, PROMISE_HINT);
}

function checkParams(who: string, params: unknown): void {
  if (params === undefined) return;
  if (!isRecord(params) || Array.isArray(params)) {
    fail(who, `has params that are ${shown(params)}`, "params: { fast: param.int(10, …) }");
  }
  for (const [name, spec] of Object.entries(params)) {
    const what = `parameter "${name}"`;
    if (!isRecord(spec) || !PARAM_KINDS.includes(spec["kind"])) {
      fail(who, `has as ${what} ${shown(spec)}`, `${name}: param.int(10, { min: 1, max: 100 })`);
    }
    checkParam(who, what, spec as unknown as Param);
  }
}

function checkParam(who: string, what: string, spec: Param): void {
  if (spec.kind === "int" || spec.kind === "number") {
    if (!Number.isFinite(spec.min) || !Number.isFinite(spec.max) || spec.min > spec.max) {
      const bounds = `from ${shown(spec.min)} to ${shown(spec.max)}`;
      fail(who, `has a ${what} ${bounds}`, "Give it min and max, min not above max");
    }
  }
  if (spec.kind === "choice" && !isTexts(spec.choices)) {
    fail(who, `has a ${what} without choices`, 'param.choice("a", ["a", "b"])');
  }
  // Given as it is, not as text: a default of "5" for a number is a mistake as well.
  const isOfKind =
    typeof spec.default ===
    { int: "number", number: "number", choice: "string", bool: "boolean", interval: "string" }[
      spec.kind
    ];
  if (isOfKind && acceptsParam(spec, spec.default)) return;
  const range = describeRange(spec);
  fail(who, `has a ${what} whose default ${shown(spec.default)} is not ${range}`, "Correct it");
}

function checkInterval(who: string, where: string, word: unknown): void {
  try {
    if (typeof word === "string") {
      parseInterval(word);
      return;
    }
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
  }
  fail(who, `names in ${where} the interval ${shown(word)}`, "Such as 15m, 1h, 4h or 1d");
}

function isSpec(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value["key"] === "string" &&
    typeof value["create"] === "function" &&
    isCount(value["warmup"], 0) &&
    isTexts(value["outputs"])
  );
}

function isTexts(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")
  );
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** A value in a message, short. */
function shown(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return isRecord(value) ? "an object" : String(value);
}

function fail(who: string, what: string, hint: string): never {
  throw new DrydockError("E_STRATEGY_FILE", `${who} ${what}`, { hint });
}
