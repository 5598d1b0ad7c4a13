import { join } from "node:path";

import { type MeasuredRun, measureRun } from "#cli/backtest/perform-run.ts";
import { requestOfRecord } from "#cli/backtest/request-of-record.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { type FoundRun, findRun } from "#cli/runs/find-run.ts";
import { endText } from "#cli/runs/run-end.ts";
import { type Comparison, compareRun } from "#cli/verify/compare-run.ts";

interface Args {
  readonly run: string;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const request = requestOfRecord(found.record, values.dataDir, process.cwd());
  const { end } = found.record;
  const measured = await measureRun(context, request, true, end?.bars ?? null);
  if (context.signal.aborted) throw context.signal.reason;
  const comparisons = compareRun(found, measured, join(found.path, "trace.bin"));
  const isSame = comparisons.every((one) => one.same);
  return {
    data: verifyDocument(found, measured, comparisons),
    exit: isSame ? 0 : 7,
    text: ({ width, isTerminal, style }) => {
      const limits = { width: isTerminal ? width : Number.POSITIVE_INFINITY };
      const part = end === undefined ? "" : ` as far as it came: ${endText(end)}`;
      const verdict = isSame
        ? style("good", `ok  ${found.id} comes out the same${part}`)
        : style("bad", `differs  ${found.id} does not come out the same${part}`);
      return `${renderTable(comparisonTable(comparisons), limits)}\n\n${verdict}\n`;
    },
    plain: () => comparisonTable(comparisons),
  };
}

function verifyDocument(
  found: FoundRun,
  measured: MeasuredRun,
  comparisons: readonly Comparison[],
): object {
  const { facts } = found.record;
  return {
    run: found.id,
    same: comparisons.every((one) => one.same),
    status: found.record.status,
    ...(found.record.end === undefined ? {} : { end: found.record.end }),
    before: {
      runHash: facts.runHash,
      traceHash: found.record.document.run.traceHash,
      dataFingerprint: facts.dataFingerprint,
    },
    now: {
      runHash: measured.prepared.runHash,
      traceHash: measured.executed.traceHash,
      dataFingerprint: measured.prepared.market.fingerprint,
    },
    comparisons,
  };
}

function comparisonTable(comparisons: readonly Comparison[]): Table {
  return {
    columns: [
      { name: "what" },
      { name: "" },
      { name: "before", shrink: true },
      { name: "now", shrink: true },
      { name: "where", shrink: true },
    ],
    rows: comparisons.map((one) => [
      one.what,
      one.same ? "same" : "DIFFERS",
      one.before,
      one.now,
      one.where.join("; "),
    ]),
  };
}
