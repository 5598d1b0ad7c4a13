import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { findConfig } from "#cli/config/find-config.ts";

export async function run(context: CommandContext): Promise<CommandResult> {
  const path = findConfig(process.cwd(), context.globals.config);
  if (path === null) {
    context.talk.say("No config file here or in a folder above; drydock init writes one");
  }
  return { data: { path }, text: () => path ?? "" };
}
