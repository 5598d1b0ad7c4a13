import { setImmediate } from "node:timers/promises";

import { AmbientTrap } from "#cli/audit/ambient-trap.ts";
import type { PreparedAudit } from "#cli/audit/prepare-audit.ts";
import { ReadTrap } from "#cli/audit/read-trap.ts";
import { type OutsideImport, StrategyInstances } from "#cli/audit/strategy-instances.ts";
import type { CommandContext } from "#cli/command-context.ts";
import { tellLauncher } from "#cli/process-guard.ts";
import { loadedStrategyFiles } from "#cli/user-module.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import { auditLookahead } from "#sim/audit/audit-lookahead.ts";
import { AuditRun } from "#sim/audit/audit-run.ts";
import type { AuditOutcome, RunAnswer, RunRequest } from "#sim/audit/audit-terms.ts";
import { KernelSweep } from "#sim/audit/kernel-sweep.ts";
import type { RunLog } from "#sim/audit/run-log.ts";

export interface AuditOptions {
  readonly cuts: number;
  readonly seed: number;
}

type AuditContext = Pick<CommandContext, "progress" | "signal">;

export interface PerformedAudit {
  readonly outcome: AuditOutcome;
  readonly outside: readonly OutsideImport[];
}

/** Time between two looks at the event loop: a Ctrl-C is heard within it. */
const STEP_MS = 40;
const STEPS_MIN = 16;
const STEPS_MAX = 100_000;
/** Runs besides those of the cuts; for the progress only. */
const OTHER_RUNS = 14;
const RUNS_PER_CUT = 3;

/**
 * Carries out the runs that the audit asks for, each in an instance of the strategy of its own.
 * @throws E_INTERRUPTED between two steps of a run, and what the strategy's file throws while it is loaded again
 */
export async function runAudit(
  context: AuditContext,
  prepared: PreparedAudit,
  options: AuditOptions,
): Promise<PerformedAudit> {
  const { progress } = context;
  const { market, params, loaded } = prepared;
  const instances = new StrategyInstances(loaded);
  const audit = auditLookahead({
    symbols: market.symbols,
    from: market.from,
    warmup: strategyWarmup(loaded.strategy, params),
    ...options,
  });
  const expected = OTHER_RUNS + RUNS_PER_CUT * options.cuts;
  progress.start("audit", expected);
  let strategy = loaded.strategy;
  let done = 0;
  let step = audit.next();
  while (step.done !== true) {
    const request = step.value;
    progress.update(Math.min(done, expected), request.label);
    // The lines that ask for time or chance are those of the first run; a stack costs time.
    const files = done === 0 ? loadedStrategyFiles : (): readonly string[] => [];
    const trap = new AmbientTrap(request.surroundings, market.to, files);
    if (request.instance === "fresh") strategy = await freshInstance(instances, trap);
    step = audit.next(await carryOut(context, { prepared, request, strategy, trap }));
    done += 1;
  }
  progress.done();
  return { outcome: step.value, outside: instances.outside };
}

/** What a file does while it is loaded counts as well. */
async function freshInstance(instances: StrategyInstances, trap: AmbientTrap): Promise<Strategy> {
  tellLauncher("strategy");
  trap.open();
  try {
    return await instances.fresh();
  } finally {
    trap.close();
    tellLauncher("drydock");
  }
}

interface Job {
  readonly prepared: PreparedAudit;
  readonly request: RunRequest;
  readonly strategy: Strategy;
  readonly trap: AmbientTrap;
}

async function carryOut(
  { signal }: AuditContext,
  { prepared, request, strategy, trap }: Job,
): Promise<RunAnswer> {
  const tracer = request.trace ? new ReadTrap(loadedStrategyFiles) : null;
  const { params, rules, aged, risk, settings, balance, leverage } = prepared;
  const { symbols, from, growing } = request;
  const startBalance = balance;
  const config = {
    symbols,
    strategy,
    params,
    rules,
    aged,
    risk,
    settings,
    startBalance,
    leverage,
    from,
  };
  const work =
    request.sweep === null
      ? withTrap(trap, () => new AuditRun(config, { growing, tracer }))
      : withTrap(trap, () => new KernelSweep(strategy, params, symbols, request.sweep ?? ""));
  tellLauncher("strategy");
  await inSteps(signal, (steps) => withTrap(trap, () => work.advance(steps)));
  tellLauncher("drydock");
  return {
    log: work instanceof AuditRun ? work.log : NO_LOG,
    ambient: trap.reads,
    trace: tracer?.trace ?? null,
    sweep: work instanceof KernelSweep ? work.result : null,
  };
}

const NO_LOG: RunLog = { symbols: new Map(), decisions: [], failure: null };

/** Advances to the end, with a look at the event loop every now and then. @throws the reason of the signal */
async function inSteps(signal: AbortSignal, advance: (steps: number) => boolean): Promise<void> {
  let steps = STEPS_MIN;
  for (let isMore = true; isMore; ) {
    const startedAt = performance.now();
    isMore = advance(steps);
    const tookMs = performance.now() - startedAt;
    if (tookMs > STEP_MS) steps = Math.max(STEPS_MIN, steps >>> 1);
    else if (tookMs < STEP_MS / 2) steps = Math.min(STEPS_MAX, steps * 2);
    await setImmediate();
    if (signal.aborted) throw signal.reason;
  }
}

function withTrap<T>(trap: AmbientTrap, work: () => T): T {
  trap.open();
  try {
    return work();
  } finally {
    trap.close();
  }
}
