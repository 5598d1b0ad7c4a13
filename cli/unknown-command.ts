import type { CommandTree } from "#cli/command-tree.ts";
import { didYouMean } from "#cli/suggest.ts";
import { DrydockError } from "#engine/errors.ts";

/**
 * The error for words that name no command, with what was probably meant.
 *
 * @param group the first word, when that was right
 * @param word what stands where a command should; undefined when nothing does
 */
export function unknownCommand(
  tree: CommandTree,
  group: string | null,
  word: string | undefined,
): DrydockError {
  const inGroup = tree.commands.filter(
    (spec) => group !== null && spec.name.startsWith(`${group} `),
  );
  if (group !== null && word === undefined) {
    const names = inGroup.map((spec) => spec.name.slice(group.length + 1)).join(", ");
    return new DrydockError("E_USAGE", `"drydock ${group}" needs a command: ${names}`, {
      hint: `drydock ${group} --help`,
    });
  }
  const typed = word ?? "";
  const full = group === null ? typed : `${group} ${typed}`;
  const lastWordMatches = tree.commands.filter((spec) => spec.name.split(" ").at(-1) === typed);
  const [only] = lastWordMatches;
  const hint =
    lastWordMatches.length === 1 && only !== undefined
      ? `Did you mean "drydock ${only.name}"?`
      : nearestCommand(tree, group, typed);
  return new DrydockError("E_USAGE", `Unknown command "${full}"`, {
    hint: hint ?? "drydock --help lists the commands",
  });
}

function nearestCommand(tree: CommandTree, group: string | null, word: string): string | null {
  if (group === null) {
    const tops = tree.commands
      .filter((spec) => !spec.name.includes(" "))
      .flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
    const found = didYouMean(word, [...tops, ...Object.keys(tree.groups)], null);
    return found?.replace('"', '"drydock ') ?? null;
  }
  const members = tree.commands
    .filter((spec) => spec.name.startsWith(`${group} `))
    .flatMap((spec) => [spec.name.slice(group.length + 1), ...(spec.aliases ?? [])]);
  return didYouMean(word, members, null)?.replace('"', `"drydock ${group} `) ?? null;
}
