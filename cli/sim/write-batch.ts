import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BatchDocument } from "#cli/sim/batch-document.ts";
import { faultReportInput } from "#cli/sim/fault-report-input.ts";
import { DrydockError } from "#engine/errors.ts";
import { faultReport } from "#reports/html/fault-report.ts";

/** Keeps the result, a text per failure and of a strategy the page in a folder. @throws E_NOT_WRITABLE */
export function writeBatch(folder: string, document: BatchDocument): void {
  try {
    mkdirSync(folder, { recursive: true });
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
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrydockError("E_NOT_WRITABLE", `Cannot write to "${folder}": ${why}`, {
      hint: "--out with a folder that can be written to",
      cause,
    });
  }
}
