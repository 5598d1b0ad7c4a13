import { Fields } from "#cli/scenario/fields.ts";
import type { ProblemList } from "#cli/scenario/problem-list.ts";
import type { Path } from "#cli/scenario/scenario-source.ts";
import { didYouMean } from "#cli/suggest.ts";
import {
  hasLimitPrice,
  hasTriggerPrice,
  ORDER_TYPE,
  type OrderTypeName,
  TIME_IN_FORCE,
  type TimeInForceName,
  TRIGGER_BY,
  type TriggerByName,
} from "#engine/model/order-terms.ts";
import type { OrderSize, OrderStep, ScenarioStep } from "#sim/scenario/scenario.ts";

/** A step with its place in the file, for what is checked later. */
export interface ReadStep {
  readonly step: ScenarioStep;
  readonly path: Path;
}

export const STEP_WORDS = ["order", "amend", "cancel", "close", "leverage", "addMargin"] as const;
type StepWord = (typeof STEP_WORDS)[number];

const SIZES = ["qty", "qtyPctOfEquity", "notional"] as const;
const ORDER_KEYS = [
  "at",
  "order",
  "symbol",
  "side",
  "type",
  ...SIZES,
  "price",
  "trigger",
  "triggerBy",
  "callbackPct",
  "callback",
  "activation",
  "tif",
  "expiresAt",
  "postOnly",
  "reduceOnly",
  "positionSide",
  "oco",
];
const KEYS: Readonly<Record<StepWord, readonly string[]>> = {
  order: ORDER_KEYS,
  amend: ["at", "amend", "symbol", "price", "trigger", "qty"],
  cancel: ["at", "cancel", "symbol"],
  close: ["at", "close", "symbol"],
  leverage: ["at", "leverage", "symbol"],
  addMargin: ["at", "addMargin", "symbol", "positionSide"],
};

export interface StepFrame {
  readonly symbols: readonly string[];
  /** Bars of the scenario, gaps included. */
  readonly bars: number;
}

/** The steps as written, in the order in which they happen. */
export function readSteps(fields: Fields, frame: StepFrame): readonly ReadStep[] {
  const steps = (fields.list("steps") ?? []).flatMap((row, at) => {
    const path = [...fields.at("steps"), at];
    const step = readStep(fields.problems, path, row, frame);
    return step === null ? [] : [{ step, path }];
  });
  // Stable: at one bar in the order written.
  return steps.sort((a, b) => a.step.at - b.step.at);
}

function readStep(
  problems: ProblemList,
  path: Path,
  row: unknown,
  frame: StepFrame,
): ScenarioStep | null {
  const all = Fields.of(problems, path, row, null);
  if (all === null) return null;
  const words = STEP_WORDS.filter((word) => all.has(word));
  const [word] = words;
  if (word === undefined || words.length > 1) {
    const hint = all.keys.map((key) => didYouMean(key, STEP_WORDS, null)).find(Boolean);
    const what = word === undefined ? "says nothing to do" : `says two things: ${words.join(", ")}`;
    problems.add(path, `${what}; a step has one of ${STEP_WORDS.join(", ")}`, hint ?? undefined);
    return null;
  }
  const own = Fields.of(problems, path, row, KEYS[word]);
  if (own === null) return null;
  if (!own.has("at")) own.add("at", "is missing");
  const at = own.number("at", { min: 0, integer: true });
  if (at === undefined) return null;
  if (at >= frame.bars) {
    own.add("at", `is ${at}, but the last bar is ${frame.bars - 1}`);
  }
  return readAction(own, word, at, readSymbol(own, frame));
}

function readAction(own: Fields, word: StepWord, at: number, symbol: string): ScenarioStep | null {
  switch (word) {
    case "order":
      return readOrder(own, at, symbol);
    case "amend": {
      const name = own.text("amend");
      const change = {
        price: own.number("price", { above: 0 }),
        trigger: own.number("trigger", { above: 0 }),
        qty: own.number("qty", { above: 0 }),
      };
      if (!["price", "trigger", "qty"].some((key) => own.has(key))) {
        own.add("amend", "changes nothing", "Give it a price, a trigger or a qty");
      }
      return name === undefined ? null : { kind: "amend", at, name, ...change };
    }
    case "cancel": {
      const name = own.text("cancel");
      return name === undefined ? null : { kind: "cancel", at, name };
    }
    case "close": {
      const which = own.choice("close", ["all", "long", "short"]);
      return which === undefined ? null : { kind: "close", at, symbol, which };
    }
    case "leverage": {
      const leverage = own.number("leverage", { min: 1 });
      return leverage === undefined ? null : { kind: "leverage", at, symbol, leverage };
    }
    case "addMargin": {
      const amount = own.number("addMargin", { above: 0 });
      const positionSide = own.choice("positionSide", ["long", "short"]);
      return amount === undefined ? null : { kind: "addMargin", at, symbol, amount, positionSide };
    }
  }
}

function readSymbol(own: Fields, { symbols }: StepFrame): string {
  const [main = ""] = symbols;
  const given = own.text("symbol");
  if (given === undefined || symbols.includes(given)) return given ?? main;
  const hint = didYouMean(given, symbols, `Known here: ${symbols.join(", ")}`);
  own.add("symbol", `names no symbol of the scenario: "${given}"`, hint);
  return main;
}

function readOrder(own: Fields, at: number, symbol: string): OrderStep | null {
  const name = own.text("order");
  if (!own.has("side")) own.add("side", "is missing");
  const side = own.choice("side", ["buy", "sell"]);
  const types = Object.keys(ORDER_TYPE) as OrderTypeName[];
  const type = own.has("type") ? own.choice("type", types) : "market";
  const size = readSize(own);
  if (name === undefined || side === undefined || type === undefined || size === null) return null;
  const step: OrderStep = {
    kind: "order",
    at,
    name,
    symbol,
    side,
    type,
    size,
    price: own.number("price", { above: 0 }),
    trigger: own.number("trigger", { above: 0 }),
    triggerBy: own.choice("triggerBy", Object.keys(TRIGGER_BY) as TriggerByName[]),
    callbackPct: own.number("callbackPct", { above: 0, max: 99.99 }),
    callback: own.number("callback", { above: 0 }),
    activation: own.number("activation", { above: 0 }),
    tif: own.choice("tif", Object.keys(TIME_IN_FORCE) as TimeInForceName[]),
    expiresAt: own.time("expiresAt"),
    postOnly: own.flag("postOnly"),
    reduceOnly: own.flag("reduceOnly"),
    positionSide: own.choice("positionSide", ["long", "short"]),
    oco: own.text("oco"),
  };
  checkTerms(own, step);
  return step;
}

function readSize(own: Fields): OrderSize | null {
  const given = SIZES.filter((key) => own.has(key));
  const [unit] = given;
  if (unit === undefined || given.length > 1) {
    const what = unit === undefined ? "has no size" : `has ${given.length} sizes`;
    own.problems.add(own.at(given[1] ?? "order"), `${what}: give it one of ${SIZES.join(", ")}`);
    return null;
  }
  const value = own.number(unit, { above: 0 });
  return value === undefined ? null : { unit, value };
}

/** Which terms a type of order needs, and which would be without meaning. */
function checkTerms(own: Fields, { type, tif }: OrderStep): void {
  const kind = ORDER_TYPE[type];
  const isTrailing = type === "trailingStop";
  const needs = (key: string, isNeeded: boolean): void => {
    if (isNeeded && !own.has(key)) own.add(key, `is missing: a ${type} order has one`);
    if (!isNeeded && own.has(key)) own.add(key, `means nothing for a ${type} order`);
  };
  needs("price", hasLimitPrice(kind));
  needs("trigger", hasTriggerPrice(kind));
  const callbacks = ["callbackPct", "callback"].filter((key) => own.has(key));
  if (isTrailing && callbacks.length !== 1) {
    own.add("order", "needs callbackPct or callback, one of them");
  }
  for (const key of ["callbackPct", "callback", "activation"]) if (!isTrailing) needs(key, false);
  if (own.has("triggerBy") && !isTrailing && !hasTriggerPrice(kind)) needs("triggerBy", false);
  if (tif === "gtd" && !own.has("expiresAt")) own.add("expiresAt", "is missing: tif is gtd");
  if (tif !== "gtd" && own.has("expiresAt")) {
    own.add("expiresAt", "needs tif: gtd", "Write tif: gtd beside it");
  }
  if (own.raw("postOnly") !== true) return;
  if (type !== "limit") own.add("postOnly", `means nothing for a ${type} order`);
  else if (tif === "ioc" || tif === "fok") own.add("postOnly", `contradicts tif: ${tif}`);
}
