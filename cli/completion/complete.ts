import type { CommandSpec, OptionSpec, OptionSpecs } from "#cli/command-spec.ts";
import type { CommandTree } from "#cli/command-tree.ts";
import { GLOBAL_OPTIONS } from "#cli/global-options.ts";

/** What a shell offers: a word, and what it means where the shell can show that. */
interface Candidate {
  readonly word: string;
  readonly means: string;
}

/**
 * Answers a Tab. `words` are those after `drydock`, the last one being typed (possibly empty). One candidate per
 * line as `word<tab>meaning`; an empty answer lets the shell offer files.
 */
export function complete(words: readonly string[], tree: CommandTree): string {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const candidates = candidatesFor(before, typed, tree);
  return candidates
    .filter((candidate) => candidate.word.startsWith(typed))
    .map((candidate) => `${candidate.word}\t${candidate.means}\n`)
    .join("");
}

function candidatesFor(
  before: readonly string[],
  typed: string,
  tree: CommandTree,
): readonly Candidate[] {
  const path = commandWords(before);
  const spec = findCommand(path, tree);
  const options: OptionSpecs = { ...spec?.options, ...GLOBAL_OPTIONS };
  const waiting = waitingOption(before.at(-1) ?? "", options);
  if (waiting !== null) return waiting.kind === "choice" ? choicesOf(waiting) : [];
  if (typed.startsWith("-")) return optionCandidates(options);
  if (spec !== null) return positionalChoices(spec, path);
  const [group] = path;
  if (group === undefined) return topCandidates(tree);
  return tree.commands
    .filter((command) => command.name.startsWith(`${group} `) && path.length === 1)
    .map((command) => ({ word: command.name.slice(group.length + 1), means: command.summary }));
}

/** The words that are no options and no values of global options. */
function commandWords(before: readonly string[]): readonly string[] {
  return before.filter((word, index) => {
    if (word.startsWith("-")) return false;
    return waitingOption(before[index - 1] ?? "", GLOBAL_OPTIONS) === null;
  });
}

function findCommand(path: readonly string[], tree: CommandTree): CommandSpec | null {
  const [first = "", second = ""] = path;
  return (
    tree.commands.find((spec) => spec.name === `${first} ${second}`) ??
    tree.commands.find((spec) => spec.name === first || (spec.aliases ?? []).includes(first)) ??
    null
  );
}

/** The option whose value is expected next, or null. */
function waitingOption(word: string, options: OptionSpecs): OptionSpec | null {
  const name = /^--?([^=]+)$/.exec(word)?.[1];
  if (name === undefined) return null;
  const option = Object.entries(options).find(
    ([key, spec]) => key === name || (spec.alias ?? []).includes(name),
  )?.[1];
  if (option === undefined || option.kind === "flag" || option.kind === "count") return null;
  return option.positional === undefined ? option : null;
}

function optionCandidates(options: OptionSpecs): readonly Candidate[] {
  const own = Object.entries(options)
    .filter(([, option]) => option.positional === undefined)
    .map(([name, option]) => ({ word: `--${name}`, means: option.describe }));
  return [...own, { word: "--help", means: "Show help" }];
}

function positionalChoices(spec: CommandSpec, path: readonly string[]): readonly Candidate[] {
  const positionals = Object.values(spec.options).filter(
    (option) => option.positional !== undefined,
  );
  const option = positionals[path.length - spec.name.split(" ").length];
  return option?.kind === "choice" ? choicesOf(option) : [];
}

function choicesOf(option: { readonly choices: readonly string[] }): readonly Candidate[] {
  return option.choices.map((word) => ({ word, means: "" }));
}

function topCandidates(tree: CommandTree): readonly Candidate[] {
  const single = tree.commands
    .filter((spec) => !spec.name.includes(" "))
    .map((spec) => ({ word: spec.name, means: spec.summary }));
  const groups = Object.entries(tree.groups).map(([word, means]) => ({ word, means }));
  return [...single, ...groups].toSorted((a, b) => (a.word < b.word ? -1 : 1));
}
