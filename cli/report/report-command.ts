import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { measureRun } from "#cli/backtest/perform-run.ts";
import { reportInput } from "#cli/backtest/report-of-run.ts";
import { requestOfRecord } from "#cli/backtest/request-of-record.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun } from "#cli/runs/find-run.ts";
import { writeReport } from "#reports/html/write-report.ts";

interface Args {
  readonly run: string;
  readonly out: string | undefined;
}

/** A report that lies in the run's folder is handed out; another one is made by doing the run again. */
export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const stored = join(found.path, "report.html");
  const target = args.out === undefined ? stored : resolve(args.out);
  if (args.out === undefined && existsSync(stored)) return answer(found.id, stored, false);
  const { record } = found;
  const request = requestOfRecord(record, values.dataDir, process.cwd());
  const measured = await measureRun(context, request, false, record.end?.bars ?? null);
  if (context.signal.aborted) throw context.signal.reason;
  if (measured.executed.traceHash !== record.document.run.traceHash) {
    context.warn({
      code: "not-the-same",
      message: `${found.id} does not come out as it did: drydock verify ${found.id} names what differs`,
    });
  }
  await writeFile(target, await writeReport(reportInput(measured, record.source.command)));
  return answer(found.id, target, true);
}

function answer(id: string, path: string, isNew: boolean): CommandResult {
  return { data: { run: id, report: path, written: isNew }, text: () => `${path}\n` };
}
