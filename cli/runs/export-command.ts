import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { resolve } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun } from "#cli/runs/find-run.ts";
import { DrydockError } from "#engine/errors.ts";

interface Args {
  readonly run: string;
  readonly out: string | undefined;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const out = resolve(args.out ?? found.id);
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new DrydockError("E_USAGE", `"${out}" is not empty: nothing is overwritten`, {
      hint: "--out with a folder that is empty or not there",
    });
  }
  await mkdir(out, { recursive: true });
  await cp(found.path, out, { recursive: true });
  const files = readdirSync(out).sort();
  return {
    data: { run: found.id, folder: out, files },
    text: () => `${files.length} files of ${found.id} are in ${out}\n`,
  };
}
