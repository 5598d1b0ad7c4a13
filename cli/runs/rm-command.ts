import { confirm } from "#cli/ask.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun, stateOf } from "#cli/runs/find-run.ts";
import { DrydockError } from "#engine/errors.ts";

interface Args {
  readonly run: string;
  readonly yes: boolean;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  if (!args.yes) {
    if (!context.canAsk) {
      throw new DrydockError("E_REFUSED", `Deleting "${found.id}" has to be confirmed`, {
        hint: `drydock runs rm ${found.id} --yes`,
      });
    }
    if (!(await confirm(`Delete ${found.path}?`, context.signal))) {
      return { data: { run: found.id, removed: false }, text: () => "Nothing was deleted\n" };
    }
  }
  await stateOf(values.dataDir).removeRun(found.id);
  return { data: { run: found.id, removed: true }, text: () => `${found.id} is deleted\n` };
}
