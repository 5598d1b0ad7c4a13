import { isoTime } from "#data/store/csv-text.ts";
import { eventsOf, type Shrunk } from "#live/faults/batch/shrink-plan.ts";
import { FAULTS, type FaultCode } from "#live/faults/world/fault-codes.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

export interface ScenarioSource {
  readonly seed: string;
  readonly build: string;
  /** The bug that was planted. */
  readonly canary?: string | undefined;
}

/** A small plan as a test file for vitest, which fails until the fault is mended. */
export function scenarioFile(
  { plan, violation }: Shrunk,
  { seed, build, canary }: ScenarioSource,
): string {
  const { invariant, message } = violation;
  const minutes = Math.ceil(plan.durationMs / 60_000);
  const planted = canary === undefined ? "" : `, { canary: ${JSON.stringify(canary)} }`;
  const what = (message.split("\n")[0] ?? "").replaceAll("*/", "* /");
  return `import { expect, test } from "vitest";
import { runPlan } from "#live/faults/batch/run-plan.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

/**
 * Seed ${seed} of build ${build} made small: ${eventsOf(plan) ?? "many"} events in ${minutes} minutes. It broke ${invariant}:
 * ${what}
 *
${eventLines(plan)
  .map((line) => ` * ${line}\n`)
  .join("")} */
const PLAN: WorldPlan = ${JSON.stringify(plan, null, 2)};

test(${JSON.stringify(`${invariant} holds in seed ${seed}`)}, () => {
  const { violations } = runPlan(PLAN${planted});
  expect(violations).toEqual([]);
});
`;
}

/** What happens in a small plan, one line each: rules first, then by time where it is known. */
export function eventLines({ rates, script, workload }: WorldPlan): readonly string[] {
  const rules = (Object.keys(rates) as FaultCode[]).filter(
    (code) => FAULTS[code].kind === "rule" && (rates[code] ?? 0) > 0,
  );
  const strikes = (script ?? []).map(({ code, at }) => {
    const { kind, what } = FAULTS[code];
    const when = kind === "timed" ? isoTime(at) : `chance ${at}`;
    return `${when}  ${code}  ${what}`;
  });
  const steps = (workload.steps ?? []).map(
    ({ account, symbol, candle, action }) =>
      `${isoTime(candle)}  ${account} ${symbol}  ${action.kind} ${action.side > 0 ? "buy" : "sell"}`,
  );
  return [...rules.map((code) => `always  ${code}  ${FAULTS[code].what}`), ...strikes, ...steps];
}
