import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BatchDocument } from "#cli/sim/batch-document.ts";
import { faultReportInput } from "#cli/sim/fault-report-input.ts";
import { DrydockError } from "#engine/errors.ts";
import { faultReport } from "#reports/html/fault-report.ts";

/** Makes the folder before the work begins whose result it is for. @throws E_NOT_WRITABLE */
export function makeBatchFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

/** Keeps the result, a text per failure and of a strategy the page in a folder. @throws E_NOT_WRITABLE */
export function writeBatch(folder: string, document: BatchDocument): void {
  try {
    writeFileSync(join(folder, "sim-run.json"), `${JSON.stringify(document, null, 2)}\n`);
    if (document.strategy !== null) {
      const page = faultReport(faultReportInput(document, document.strategy));
      writeFileSync(join(folder, "report.html"), page);
    }
    for (const { seed, invariant, message, time, lastRecords, replay } of document.failures) {
      const lines = [
        `${invariant}  ${message}`,
        `seed ${seed}`,
        `time ${time}`,
        ...lastRecords,
        replay,
      ];
      writeFileSync(join(folder, `seed-${seed}.txt`), `${lines.join("\n")}\n`);
    }
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

function notWritable(folder: string, cause: unknown): DrydockError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DrydockError("E_NOT_WRITABLE", `Cannot write to "${folder}": ${why}`, {
    hint: "--out with a folder that can be written to",
    cause,
  });
}
