import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun, listRuns, TAGS_FILE } from "#cli/runs/find-run.ts";
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
  if (!/^[A-Za-z0-9][\w.-]*$/.test(tag)) {
    throw new DrydockError(
      "E_USAGE",
      `"${tag}" is no tag: letters, digits, ".", "-" and "_" only`,
      {
        hint: "Such as baseline or v2.1",
      },
    );
  }
  const holder = listRuns(values.dataDir).find(
    (one) => one.id !== found.id && one.tags.includes(tag),
  );
  if (holder !== undefined && !args.remove) {
    throw new DrydockError("E_USAGE", `The tag "${tag}" belongs to "${holder.id}"`, {
      hint: `drydock runs tag ${holder.id} ${tag} --remove`,
    });
  }
  const others = found.tags.filter((one) => one !== tag);
  const tags = args.remove ? others : [...others, tag];
  await writeFile(join(found.path, TAGS_FILE), tags.map((one) => `${one}\n`).join(""));
  return {
    data: { run: found.id, tags },
    text: () => `${found.id}  ${tags.length === 0 ? "has no tags" : `tags: ${tags.join(", ")}`}\n`,
  };
}
