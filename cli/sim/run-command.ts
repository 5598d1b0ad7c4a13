import { performance } from "node:perf_hooks";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { batchDocument, type RegressionResult } from "#cli/sim/batch-document.ts";
import { batchTable, batchText } from "#cli/sim/batch-text.ts";
import { planOf } from "#cli/sim/plan-of.ts";
import { readRegressions } from "#cli/sim/read-regressions.ts";
import { runSeeds } from "#cli/sim/run-seeds.ts";
import { runTasks } from "#cli/sim/seed-pool.ts";
import { simBuild } from "#cli/sim/sim-build.ts";
import { jobsOf, type PlanArgs, planWords, seedTerms, strategyMs } from "#cli/sim/sim-options.ts";
import type { SimTask } from "#cli/sim/sim-task.ts";
import { strategyDocument } from "#cli/sim/strategy-document.ts";
import {
  type PreparedStrategy,
  prepareStrategy,
  type StrategyArgs,
} from "#cli/sim/strategy-offer.ts";
import { strategyText } from "#cli/sim/strategy-text.ts";
import { strategyWords } from "#cli/sim/strategy-words.ts";
import { makeBatchFolder, writeBatch } from "#cli/sim/write-batch.ts";
import { DrydockError } from "#engine/errors.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import type { Regression } from "#live/faults/batch/regression.ts";
import { strategyPlan } from "#live/faults/batch/strategy-plan.ts";
import { parseSeed, type Seed, seedAfter, seedText } from "#live/faults/world/seed.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

export interface RunArgs extends PlanArgs, StrategyArgs {
  readonly seeds: number | undefined;
  readonly seed: string;
  readonly jobs: number | undefined;
  readonly single: boolean;
  readonly nightly: boolean;
  readonly out: string | undefined;
}

/** Seeds of a batch that are not told otherwise. */
const SEEDS = 300;
const STRATEGY_SEEDS = 25;
/** From so many seeds on a fault that never struck is a fault of the harness. */
const ENOUGH_SEEDS = 1_000;

/** Exit 0 when everything held, 7 when something did not or, over many seeds, something never came up. */
export async function run(
  context: CommandContext,
  args: RunArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const first = parseSeed(args.seed);
  refuseCanary(args);
  if (args.out !== undefined) makeBatchFolder(args.out);
  const strategy = await prepareStrategy(context, args);
  return strategy === null
    ? runWorkload(context, args, first)
    : runStrategy(context, args, { first, strategy });
}

async function runWorkload(
  context: CommandContext,
  args: RunArgs,
  first: Seed,
): Promise<CommandResult> {
  const longest = args.nightly ? { ...args, minutes: 0 } : args;
  const terms = seedTerms(longest);
  const { canary } = args;
  const startedAt = performance.now();
  const jobs = jobsOf(args.jobs);
  const wanted = args.seeds ?? SEEDS;
  const old = canary === undefined ? readRegressions() : [];
  const tasks = tasksOf(first, wanted, (seed) => ({
    plan: planOf(seed, longest),
    how: howOf(args),
    canary,
  }));
  const regressions = await runRegressions(context, old, jobs);
  const { count, failed } = await runSeeds(context, tasks, { total: wanted, jobs, offer: null });
  const wallMs = performance.now() - startedAt;
  const { totals } = count;
  const document = batchDocument({
    build: simBuild(),
    terms,
    how: howOf(args),
    wanted,
    first: args.seed,
    regressions,
    totals,
    failed,
    needsAll: needsAll(args, totals.seeds),
    replayWords: (tieBreak) => [
      ...planWords({ ...terms, tieBreak }),
      ...(canary === undefined ? [] : ["--canary", canary]),
    ],
    strategy: null,
  });
  if (args.out !== undefined) writeBatch(args.out, document);
  return {
    data: document,
    exit: document.passed ? 0 : 7,
    text: (view) => batchText(document, { ...view, wallMs }),
    plain: () => batchTable(document),
  };
}

/** Exit 0 when no invariant broke, 7 when one did or an outcome stayed open, 6 when the strategy threw. */
async function runStrategy(
  context: CommandContext,
  args: RunArgs,
  { first, strategy }: { readonly first: Seed; readonly strategy: PreparedStrategy },
): Promise<CommandResult> {
  const { offer, about } = strategy;
  const { profile, order: tieBreak } = args;
  const startedAt = performance.now();
  const wanted = args.seeds ?? STRATEGY_SEEDS;
  const lengthMs = strategyMs(args.nightly ? 0 : args.minutes, strategy.terms.candleMs);
  const plan = (seed: string): WorldPlan =>
    strategyPlan(seed, { ...strategy.terms, profile, tieBreak, lengthMs });
  const tasks = tasksOf(first, wanted, (seed) => ({ plan: plan(seed), how: howOf(args) }));
  const jobs = jobsOf(args.jobs);
  const { count, failed, days } = await runSeeds(context, tasks, { total: wanted, jobs, offer });
  if (days.length === 0)
    throw new DrydockError("E_INTERRUPTED", "Interrupted before the first day was over");
  const own = strategyWords(process.argv.slice(2), args.nightly);
  const document = batchDocument({
    build: simBuild(),
    terms: { profile, minutes: args.minutes ?? null, tieBreak },
    how: howOf(args),
    wanted,
    first: args.seed,
    regressions: [],
    totals: count.totals,
    failed,
    needsAll: false,
    replayWords: (order) => [...own, ...(order === tieBreak ? [] : ["--order", order])],
    strategy: strategyDocument(about, days),
  });
  const wallMs = performance.now() - startedAt;
  if (args.out !== undefined) writeBatch(args.out, document);
  const hasThrown = (document.strategy?.exceptions.length ?? 0) > 0;
  return {
    data: document,
    exit: document.failed > 0 ? 7 : hasThrown ? 6 : document.passed ? 0 : 7,
    text: (view) => strategyText(document, { ...view, wallMs, out: args.out ?? null }),
    plain: () => batchTable(document),
  };
}

/** Bugs are planted under the workload, whose orders show them. */
function refuseCanary({ canary, strategy }: RunArgs): void {
  if (canary === undefined || strategy === undefined) return;
  throw new DrydockError("E_USAGE", "--canary plants a bug under the workload, not a strategy", {
    hint: `drydock sim run --canary ${canary}`,
  });
}

function howOf({ single }: RunArgs): "single" | "thorough" {
  return single ? "single" : "thorough";
}

function* tasksOf(first: Seed, count: number, task: (seed: string) => SimTask): Generator<SimTask> {
  for (let at = 0; at < count; at++) yield task(seedText(seedAfter(first, at)));
}

function needsAll({ profile, nightly, canary }: RunArgs, seeds: number): boolean {
  if (profile !== "swarm" || canary !== undefined) return false;
  return nightly || seeds >= ENOUGH_SEEDS;
}

async function runRegressions(
  { progress, signal }: CommandContext,
  regressions: readonly Regression[],
  jobs: number,
): Promise<readonly RegressionResult[]> {
  if (regressions.length === 0) return [];
  progress.start("regressions", regressions.length);
  const results = new Map<Regression, SeedReport>();
  const tasks = regressions.map(({ plan }) => ({ plan, how: "thorough" }) as const);
  await runTasks(tasks, {
    jobs: Math.min(jobs, tasks.length),
    signal,
    offer: null,
    onReport: (report, at) => {
      results.set(regressions[at] as Regression, report);
      progress.update(results.size);
    },
  });
  progress.done();
  return regressions.flatMap((regression) => {
    const report = results.get(regression);
    return report === undefined ? [] : [{ regression, report }];
  });
}
