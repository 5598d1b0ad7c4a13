import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { DrydockError } from "#engine/errors.ts";

export function run(_context: CommandContext, _args: unknown): Promise<CommandResult> {
  throw new DrydockError("E_USAGE", "not yet");
}
