import { performance } from "node:perf_hooks";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { formatCount } from "#cli/output/progress.ts";
import { batchDocument, type RegressionResult } from "#cli/sim/batch-document.ts";
import { batchTable, batchText } from "#cli/sim/batch-text.ts";
import { readRegressions } from "#cli/sim/read-regressions.ts";
import { runTasks } from "#cli/sim/seed-pool.ts";
import { simBuild } from "#cli/sim/sim-build.ts";
import { jobsOf, type PlanArgs, seedTerms } from "#cli/sim/sim-options.ts";
import type { SimTask } from "#cli/sim/sim-task.ts";
import { writeBatch } from "#cli/sim/write-batch.ts";
import type { SeedReport } from "#live/faults/batch/check-seed.ts";
import type { Regression } from "#live/faults/batch/regression.ts";
import { seedPlan } from "#live/faults/batch/seed-plan.ts";
import { TotalsCount } from "#live/faults/batch/totals.ts";
import { parseSeed, seedAfter, seedText } from "#live/faults/world/seed.ts";

export interface RunArgs extends PlanArgs {
  readonly seeds: number;
  readonly seed: string;
  readonly jobs: number | undefined;
  readonly single: boolean;
  readonly nightly: boolean;
  readonly out: string | undefined;
}

/** From so many seeds on a fault that never struck is a fault of the harness. */
const ENOUGH_SEEDS = 1_000;
const DAY = 86_400_000;

/** Exit 0 when everything held, 7 when something did not or, over many seeds, something never came up. */
export async function run(context: CommandContext, args: RunArgs): Promise<CommandResult> {
  const first = parseSeed(args.seed);
  const terms = seedTerms(args.nightly ? { ...args, minutes: 0 } : args);
  const how = args.single ? "single" : "thorough";
  const regressions = readRegressions();
  const startedAt = performance.now();
  const jobs = jobsOf(args.jobs);
  const before = await runRegressions(context, regressions, jobs);
  const seeds = (function* (): Generator<SimTask> {
    for (let at = 0; at < args.seeds; at++) {
      yield { plan: seedPlan(seedText(seedAfter(first, at)), terms), how };
    }
  })();
  const { count, failed } = await runSeeds(context, seeds, { total: args.seeds, jobs });
  const wallMs = performance.now() - startedAt;
  const { totals } = count;
  const needsAll = terms.profile === "swarm" && (args.nightly || totals.seeds >= ENOUGH_SEEDS);
  const document = batchDocument({
    build: simBuild(),
    terms,
    how,
    wanted: args.seeds,
    first: args.seed,
    regressions: before,
    totals,
    failed,
    needsAll,
  });
  if (args.out !== undefined) writeBatch(args.out, document);
  return {
    data: document,
    exit: document.passed ? 0 : 7,
    text: (view) => batchText(document, { ...view, wallMs }),
    plain: () => batchTable(document),
  };
}

async function runRegressions(
  context: CommandContext,
  regressions: readonly Regression[],
  jobs: number,
): Promise<readonly RegressionResult[]> {
  const { progress, signal } = context;
  if (regressions.length === 0) return [];
  progress.start("regressions", regressions.length);
  const results = new Map<Regression, SeedReport>();
  const tasks = regressions.map(({ plan }) => ({ plan, how: "thorough" }) as const);
  await runTasks(tasks, {
    jobs: Math.min(jobs, tasks.length),
    signal,
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

/** Seeds in the order in which they are counted, whatever thread was first. */
async function runSeeds(
  { progress, signal, emit }: CommandContext,
  tasks: Iterable<SimTask>,
  { total, jobs }: { readonly total: number; readonly jobs: number },
): Promise<{ readonly count: TotalsCount; readonly failed: readonly SeedReport[] }> {
  const count = new TotalsCount();
  const failed = new Map<number, SeedReport>();
  progress.start("seeds", total);
  await runTasks(tasks, {
    jobs: Math.min(jobs, total),
    signal,
    onReport: (report, at) => {
      count.add(report);
      if (report.failure !== null) failed.set(at, report);
      const { seeds, virtualMs, events } = count.totals;
      const days = `${(virtualMs / DAY).toFixed(1)} days`;
      progress.update(seeds, `${failed.size} failed  ${days}  ${formatCount(events)} events`);
      void emit({ kind: "seed", seed: report.seed, failure: report.failure, hash: report.hash });
    },
  });
  progress.done();
  const inOrder = [...failed].sort(([a], [b]) => a - b).map(([, report]) => report);
  return { count, failed: inOrder };
}
