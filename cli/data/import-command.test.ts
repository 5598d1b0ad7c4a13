import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CommandContext } from "#cli/command-context.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { DrydockError } from "#engine/errors.ts";
import { type ImportArgs, run } from "./import-command.ts";

/** A command that was interrupted before it began, in a folder with or without market data. */
function interruptedImport(file: string | null) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "deep", "deeper"), { recursive: true });
  if (file !== null) writeFileSync(join(folder, "deep", file), "time,open,high,low,close\n");
  const controller = new AbortController();
  controller.abort(new DrydockError("E_INTERRUPTED", "Interrupted"));
  const context = {
    globals: { json: true },
    signal: controller.signal,
    progress: { start() {}, update() {}, done() {} },
    talk: { detail() {} },
    warn() {},
    loadConfig: () => Promise.resolve({ values: { dataDir: join(folder, ".drydock") } }),
  } as unknown as CommandContext;
  return run(context, { paths: [folder], repair: false, "dry-run": true } as unknown as ImportArgs);
}

test.each([
  ["market data", "bybit_BTCUSDT_1h.csv"],
  ["other files", "notes.md"],
  ["no file at all", null],
])(
  "an interrupted import of a folder with %s does not say that there is none",
  async (_name, file) => {
    await expect(interruptedImport(file)).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  },
);
