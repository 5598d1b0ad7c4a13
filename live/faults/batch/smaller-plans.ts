import type { TargetKey } from "#engine/model/target.ts";
import type { WorkloadStep, WorldPlan } from "#live/faults/world/world-plan.ts";

/** The plan without an account and what was to be done there. */
export function withoutTarget(plan: WorldPlan, key: TargetKey): WorldPlan {
  const targets = plan.targets.filter((target) => target.key !== key);
  return withSteps({ ...plan, targets }, ({ account }) => account !== key);
}

/** The plan without the contract that only hands trade in an account. */
export function withoutForeign(plan: WorldPlan, key: TargetKey): WorldPlan {
  const targets = plan.targets.map((target) =>
    target.key === key ? { ...target, foreignSymbol: null } : target,
  );
  return { ...plan, targets };
}

/** The plan without those symbols of an account. */
export function withoutSymbols(
  plan: WorldPlan,
  key: TargetKey,
  dropped: readonly string[],
): WorldPlan {
  const targets = plan.targets.map((target) =>
    target.key === key
      ? { ...target, symbols: target.symbols.filter((symbol) => !dropped.includes(symbol)) }
      : target,
  );
  return withSteps(
    { ...plan, targets },
    ({ account, symbol }) => account !== key || !dropped.includes(symbol),
  );
}

function withSteps(plan: WorldPlan, isKept: (step: WorkloadStep) => boolean): WorldPlan {
  const { steps } = plan.workload;
  if (steps === undefined) return plan;
  return { ...plan, workload: { ...plan.workload, steps: steps.filter(isKept) } };
}
