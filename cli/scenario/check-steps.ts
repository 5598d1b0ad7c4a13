import type { ProblemList } from "#cli/scenario/problem-list.ts";
import type { ReadStep } from "#cli/scenario/read-steps.ts";
import type { Path } from "#cli/scenario/scenario-source.ts";
import { didYouMean } from "#cli/suggest.ts";
import { type Grid, isOnGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { hasLimitPrice, hasTriggerPrice, ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { OrderStep, Scenario, ScenarioSymbol } from "#sim/scenario/scenario.ts";

export interface StepTerms extends Pick<Scenario, "positionMode"> {
  readonly symbols: readonly ScenarioSymbol[];
}

const RESERVED: ReadonlySet<string> = new Set(["close", "liquidation"]);

/**
 * What makes a list of steps an invalid file rather than a reject: names that are taken or not known, prices off the
 * tick and quantities off the lot.
 */
export function checkSteps(
  steps: readonly ReadStep[],
  { symbols, positionMode }: StepTerms,
  problems: ProblemList,
): void {
  const orders = new Map<string, { readonly step: OrderStep; readonly index: number }>();
  steps.forEach(({ step, path }, index) => {
    if (step.kind === "order" || step.kind === "addMargin") {
      checkPositionSide(step.positionSide, path, positionMode, problems);
    }
    if (step.kind !== "order") return;
    if (RESERVED.has(step.name)) {
      const message = `can not be "${step.name}": fills of the venue and of close steps bear that name`;
      problems.add([...path, "order"], message, "Choose another name");
      return;
    }
    if (orders.has(step.name)) {
      const message = `is taken: there is an order "${step.name}" already`;
      problems.add([...path, "order"], message, "Give each order a name of its own");
      return;
    }
    orders.set(step.name, { step, index });
    checkGrid(step, path, instrumentOf(symbols, step.symbol), problems);
  });
  steps.forEach(({ step, path }, index) => {
    if (step.kind !== "amend" && step.kind !== "cancel") return;
    const known = orders.get(step.name);
    if (known === undefined) {
      const names = [...orders.keys()];
      const hint = didYouMean(step.name, names, `Orders here: ${names.join(", ") || "none"}`);
      problems.add([...path, step.kind], `names no order of the scenario: "${step.name}"`, hint);
      return;
    }
    if (known.index > index) {
      problems.add([...path, step.kind], `comes before the order "${step.name}" is placed`);
    }
    if (step.kind === "amend") {
      checkGrid(step, path, instrumentOf(symbols, known.step.symbol), problems);
      checkChange(step, known.step, path, problems);
    }
  });
}

/** A change of what the order does not have would do nothing. */
function checkChange(
  change: Extract<ReadStep["step"], { readonly kind: "amend" }>,
  { type }: OrderStep,
  path: Path,
  problems: ProblemList,
): void {
  const known = ORDER_TYPE[type];
  if (change.price !== undefined && !hasLimitPrice(known)) {
    problems.add([...path, "price"], `means nothing for a ${type} order`);
  }
  const hasTrigger = hasTriggerPrice(known) || known === ORDER_TYPE.trailingStop;
  if (change.trigger !== undefined && !hasTrigger) {
    problems.add([...path, "trigger"], `means nothing for a ${type} order`);
  }
}

function checkPositionSide(
  side: "long" | "short" | undefined,
  path: Path,
  mode: Scenario["positionMode"],
  problems: ProblemList,
): void {
  if (mode === "hedge" && side === undefined) {
    problems.add(
      [...path, "positionSide"],
      "is missing: in hedge mode an order names its position",
    );
  }
  if (mode === "oneWay" && side !== undefined) {
    const hint = "Write account: { positionMode: hedge }";
    problems.add([...path, "positionSide"], "belongs to hedge mode", hint);
  }
}

function instrumentOf(symbols: readonly ScenarioSymbol[], name: string): Instrument | undefined {
  return symbols.find(({ instrument }) => instrument.symbol === name)?.instrument;
}

function checkGrid(
  step: ReadStep["step"],
  path: Path,
  instrument: Instrument | undefined,
  problems: ProblemList,
): void {
  if (instrument === undefined || (step.kind !== "order" && step.kind !== "amend")) return;
  const off = (key: string, value: number | undefined, grid: Grid, name: string): void => {
    if (value === undefined || isOnGrid(grid, value)) return;
    problems.add([...path, key], `is off the ${name} of ${grid.step}: ${value}`);
  };
  const { tick, lot } = instrument;
  off("price", step.price, tick, "tick");
  off("trigger", step.trigger, tick, "tick");
  if (step.kind === "amend") {
    off("qty", step.qty, lot, "lot");
    return;
  }
  off("activation", step.activation, tick, "tick");
  if (step.size.unit === "qty") off("qty", step.size.value, lot, "lot");
}
