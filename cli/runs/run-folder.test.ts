import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { MeasuredRun } from "#cli/backtest/perform-run.ts";
import { findRun } from "#cli/runs/find-run.ts";
import { RunFolder } from "#cli/runs/run-folder.ts";
import type { RunRecord } from "#cli/runs/run-record.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";

test("a run whose report can not be made is kept without one", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "drydock-folder-"));
  try {
    const hash = "aaaa1111".repeat(8);
    const folder = RunFolder.create(dataDir, "sma", hash);
    const files = folder.files({ journal: false, report: true });
    const record = {
      format: 1,
      status: "complete",
      startedAt: "2024-01-01T00:00:00.000Z",
      source: { strategy: "sma", files: null, command: "" },
      facts: {
        id: folder.id,
        runHash: hash,
        engineVersion: "1",
        dataFingerprint: "f",
        config: { strategy: "sma" },
      },
      document: { run: { traceHash: "t", seed: 1 }, summary: {}, files },
    } as unknown as RunRecord;
    // Nothing of what the report reads is there.
    const measured = {
      executed: { checksums: new Uint32Array(2), chunks: [] },
      result: sampleRun({ seed: 1, bars: 50, trades: 3 }),
    } as unknown as MeasuredRun;
    const saved = await folder.save(record, measured);
    expect(saved.reportFailure).toBeInstanceOf(TypeError);
    expect(existsSync(files.report as string)).toBe(false);
    expect(readFileSync(files.trades, "utf8").split("\n").length).toBeGreaterThan(2);
    const found = findRun(dataDir, folder.id);
    expect(found.record.status).toBe("complete");
    expect(found.files).toMatchObject({ report: null, trades: files.trades });
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
