import { holds } from "#props/invariants/invariant-broken.ts";
import { type PlayedRun, playRun, type RunConfig } from "#props/invariants/played-run.ts";
import { checkSameRun } from "#props/invariants/same-run.ts";

/** At every decision. */
const RECONCILE_MS = 1;

/**
 * The same run with its books compared with the exchange at every decision does the same, and nothing is found. With
 * commands that take longer than a bar only the first is asked: a stop that grows with its position may then be too
 * small for several bars, which is a finding.
 * @throws InvariantBroken `reconciles`
 */
export function checkReconciles(config: RunConfig, run: PlayedRun): void {
  const reconciled = playRun({ ...config, reconcileMs: RECONCILE_MS });
  checkSameRun("reconciles", run, reconciled, "when it was reconciled");
  const { settings, symbols } = config;
  if (symbols.some(({ bars }) => settings.latencyMs >= bars.intervalMs)) return;
  const { reconcile } = reconciled.backtest.engine;
  const found = reconcile?.findings ?? 0;
  holds("reconciles", found === 0, () => {
    const open = JSON.stringify(reconcile?.openFindings ?? []);
    return `Reconciling found ${found} differences; open at the end: ${open}`;
  });
}
