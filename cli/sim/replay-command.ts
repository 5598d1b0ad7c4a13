import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { printable, printableLines } from "#cli/output/printable.ts";
import { strategyRun } from "#cli/sim/answer-task.ts";
import { type NamedSeedArgs, namedSeed } from "#cli/sim/named-seed.ts";
import { strategyMs } from "#cli/sim/sim-options.ts";
import {
  type PreparedStrategy,
  prepareStrategy,
  type StrategyArgs,
} from "#cli/sim/strategy-offer.ts";
import { plural } from "#data/quality/wording.ts";
import { isoTime } from "#data/store/csv-text.ts";
import { differenceOf } from "#live/faults/batch/check-seed.ts";
import { dayRun } from "#live/faults/batch/check-strategy.ts";
import { recordsOf, recordText } from "#live/faults/batch/journal-text.ts";
import { type RunReport, runPlan } from "#live/faults/batch/run-plan.ts";
import { strategyPlan } from "#live/faults/batch/strategy-plan.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";

interface Args extends NamedSeedArgs, StrategyArgs {
  readonly until: number | undefined;
  readonly trace: boolean;
}

/** Exit 7 when it fails as it did before, 0 when it holds. */
export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const prepared = await prepareStrategy(context, args);
  const { seed, build, plan } = namedSeed(
    context,
    args,
    prepared === null ? undefined : (wanted) => dayOf(wanted, prepared, args),
  );
  const strategy = prepared === null ? null : dayRun(plan, await strategyRun(prepared.offer));
  const { until } = args;
  const lines: string[] = [];
  const options = { canary: args.canary, ...(strategy !== null && { strategy }) };
  const first = runPlan(plan, {
    ...options,
    until,
    look: ({ world }) => {
      if (!args.trace) return;
      for (const record of recordsOf(world.disk)) {
        if (until === undefined || record.seq <= until) lines.push(recordText(record));
      }
    },
  });
  const isDone = until !== undefined || first.violations.length > 0;
  const report = isDone ? first : compared(first, runPlan(plan, options), plan);
  const data = {
    seed,
    build,
    profile: args.profile,
    order: plan.tieBreak,
    hash: report.hash,
    events: report.events,
    records: report.records,
    endedAt: isoTime(plan.start + report.virtualMs),
    stoppedAt: until !== undefined && report.records >= until ? until : null,
    faults: Object.entries(report.fired).map(([code, fired]) => ({ code, fired })),
    restarts: report.ends,
    violations: report.violations.map(({ invariant, moment, time, seq, message }) => ({
      invariant,
      moment,
      time: isoTime(time),
      record: seq,
      message,
    })),
    lastRecords: report.tail,
    trace: args.trace ? lines : null,
  };
  return {
    data,
    exit: report.violations.length > 0 ? 7 : 0,
    text: (view) => replayText(report, { ...view, lines, seed, build }),
  };
}

/** The day that a batch with this strategy drew from the seed. */
function dayOf(seed: string, { terms }: PreparedStrategy, args: Args): WorldPlan {
  const { profile, order: tieBreak, minutes } = args;
  const lengthMs = strategyMs(minutes, terms.candleMs);
  return strategyPlan(seed, { ...terms, profile, tieBreak, lengthMs });
}

/** Where nothing broke, the same run again must be the same (I38), as in a batch. */
function compared(first: RunReport, again: RunReport, plan: WorldPlan): RunReport {
  const difference = differenceOf(first, again, plan.start);
  return difference === null ? first : { ...first, violations: [difference] };
}

interface ReplayView extends TextView {
  readonly lines: readonly string[];
  readonly seed: string;
  readonly build: string;
}

function* replayText(report: RunReport, view: ReplayView): Generator<string> {
  const { style, lines, seed, build } = view;
  for (const line of lines) yield `${printable(line)}\n`;
  for (const { invariant, time, seq, message } of report.violations) {
    yield `${style("bad", `FAILED  ${invariant}`)}  ${printableLines(message)}\n`;
    yield `  at       ${isoTime(time)}, record ${seq}\n`;
  }
  if (lines.length === 0) for (const line of report.tail) yield `  ${printable(line)}\n`;
  const word = report.violations.length > 0 ? style("bad", "failed") : style("good", "held");
  yield `${word}  seed ${seed}@${build}  ${plural(report.events, "event")}, ${plural(report.records, "record")}\n`;
  yield `hash ${report.hash}\n`;
}
