import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { strategyWarmup } from "#engine/strategy/strategy-runner.ts";
import { auditLookahead } from "#sim/audit/audit-lookahead.ts";
import { AuditRun } from "#sim/audit/audit-run.ts";
import type { AuditOutcome, RunAnswer, RunRequest } from "#sim/audit/audit-terms.ts";
import { KernelSweep } from "#sim/audit/kernel-sweep.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { configOf } from "#sim/testing/fixture.ts";

/** Carries out an audit in one go, without clocks and lines; `make` gives a fresh instance of the strategy. */
export function driveAudit(
  symbols: readonly BacktestSymbol[],
  make: () => Strategy,
  cuts = 8,
): AuditOutcome {
  let strategy = make();
  const from = Math.min(...symbols.map(({ strategyBars }) => strategyBars.time[0] as number));
  const warmup = strategyWarmup(strategy, {});
  const audit = auditLookahead({ symbols, from, warmup, cuts, seed: 1 });
  let step = audit.next();
  while (step.done !== true) {
    if (step.value.instance === "fresh") strategy = make();
    step = audit.next(carryOut(step.value, strategy));
  }
  return step.value;
}

export function carryOut(request: RunRequest, strategy: Strategy): RunAnswer {
  const { symbols, from, growing, sweep } = request;
  const answer = { ambient: [], trace: null, sweep: null };
  if (sweep !== null) {
    const work = new KernelSweep(strategy, {}, symbols, sweep);
    while (work.advance(1_000));
    const log = { symbols: new Map(), decisions: [], failure: null };
    return { ...answer, log, sweep: work.result };
  }
  const config = { ...configOf(symbols, strategy), from };
  const run = new AuditRun(config, { growing, tracer: null });
  while (run.advance(1_000));
  return { ...answer, log: run.log };
}
