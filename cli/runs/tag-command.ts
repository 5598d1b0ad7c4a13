import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun, listRuns, stateOf } from "#cli/runs/find-run.ts";
import { DrydockError } from "#engine/errors.ts";

interface Args {
  readonly run: string;
  readonly tag: string;
  readonly remove: boolean;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const { tag } = args;
  const holder = listRuns(values.dataDir).runs.find(
    (one) => one.id !== found.id && one.tags.includes(tag),
  );
  if (holder !== undefined && !args.remove) {
    throw new DrydockError("E_USAGE", `The tag "${tag}" belongs to "${holder.id}"`, {
      hint: `drydock runs tag ${holder.id} ${tag} --remove`,
    });
  }
  const change = args.remove ? { remove: [tag] } : { add: [tag] };
  const { tags } = await stateOf(values.dataDir).tagRun(found.id, change);
  return {
    data: { run: found.id, tags },
    text: () => `${found.id}  ${tags.length === 0 ? "has no tags" : `tags: ${tags.join(", ")}`}\n`,
  };
}
