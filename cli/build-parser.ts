import yargs, { type Argv, type Options } from "yargs";

import type { CommandSpec, OptionSpec, OptionSpecs } from "#cli/command-spec.ts";
import type { CommandTree } from "#cli/command-tree.ts";
import { GLOBAL_OPTIONS } from "#cli/global-options.ts";
import { DrydockError } from "#engine/errors.ts";

/**
 * yargs finds the command, splits the words and writes the help; what a value means is decided in
 * `read-options.ts`, where the messages are ours. Its own conversions are off: `--param 1.50` stays text,
 * `--no-x` is a flag of that name, dots mean nothing, and no environment or config reaches the parser.
 */
const PARSER = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
};

const GLOBAL_GROUP = "Global options:";

/** What the words were taken for. */
export interface Found {
  /** Null for a group named without a command of it. */
  readonly spec: CommandSpec | null;
  readonly group: string | null;
  readonly argv: Readonly<Record<string, unknown>>;
}

/** Makes the parser of a tree; `onFound` hears which command the words name. `width` is that of the help. */
export function buildParser(
  tree: CommandTree,
  width: number,
  onFound: (found: Found) => void,
): Argv {
  const root = yargs()
    .scriptName("drydock")
    .locale("en")
    .exitProcess(false)
    .version(false)
    .help("help", "Show help")
    .alias("help", "h")
    .parserConfiguration(PARSER)
    .wrap(width)
    .usage(
      "drydock <command> [options]\n\nA trading engine: backtest, compare and verify strategies",
    )
    .epilogue("drydock <command> --help shows a command's options and examples.")
    .fail((message, error) => {
      // yargs reports what it finds wrong either way; anything else is a bug and keeps its own face.
      throw error === undefined || error.name === "YError"
        ? parserFailure(error?.message ?? message)
        : error;
    })
    .option("version", { type: "boolean", alias: "V", describe: "Show the version" });
  addOptions(root, GLOBAL_OPTIONS, GLOBAL_GROUP);
  root.group(["help", "version"], GLOBAL_GROUP);

  for (const spec of tree.commands) {
    if (!spec.name.includes(" ")) addCommand(root, spec, spec.name, onFound);
  }
  for (const [group, summary] of Object.entries(tree.groups)) {
    const members = tree.commands.filter((spec) => spec.name.startsWith(`${group} `));
    root.command(
      group,
      summary,
      (inner) => {
        inner.usage(`drydock ${group} <command> [options]\n\n${summary}`);
        inner.epilogue(examplesText(members.slice(0, 2)));
        for (const spec of members) {
          addCommand(inner, spec, spec.name.slice(group.length + 1), onFound);
        }
      },
      (argv) => onFound({ spec: null, group, argv }),
    );
  }
  return root;
}

function addCommand(
  parent: Argv,
  spec: CommandSpec,
  word: string,
  onFound: (found: Found) => void,
): void {
  parent.command(
    [word, ...(spec.aliases ?? [])],
    spec.summary,
    (inner) => {
      inner.usage(`${usageOf(spec)}\n\n${spec.summary}${wordsText(spec)}`);
      addOptions(inner, spec.options, "Options:");
      inner.epilogue(examplesText([spec]));
    },
    (argv) => onFound({ spec, group: null, argv }),
  );
}

/** yargs trims the lines above the options; the list of arguments shall stand in like those below. */
export function indentArguments(help: string): string {
  return help.replace(/(?<=\nArguments:\n)(?:.+\n)+/, (block) =>
    block.replaceAll(/^(?=.)/gm, "  "),
  );
}

function wordsText(spec: CommandSpec): string {
  const positionals = positionalsOf(spec);
  if (positionals.length === 0) return "";
  const width = Math.max(...positionals.map(([name]) => name.length));
  const lines = positionals.map(([name, option]) => `${name.padEnd(width)}  ${describe(option)}`);
  return `\n\nArguments:\n${lines.join("\n")}`;
}

function addOptions(parser: Argv, options: OptionSpecs, group: string): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.positional !== undefined) continue;
    parser.option(name, { ...yargsOption(option), group });
  }
}

function yargsOption(option: OptionSpec): Options {
  const base: Options = { describe: describe(option) };
  if (option.alias !== undefined) base.alias = [...option.alias];
  switch (option.kind) {
    case "flag":
      return { ...base, type: "boolean" };
    case "count":
      return { ...base, type: "count" };
    case "list":
      return { ...base, type: "array", nargs: 1, requiresArg: true };
    case "text":
    case "number":
    case "choice":
      return { ...base, requiresArg: true };
  }
}

function describe(option: OptionSpec): string {
  const notes: string[] = [];
  if (option.kind === "choice") notes.push(option.choices.join(" | "));
  if (option.kind === "list" && option.positional === undefined) notes.push("repeatable");
  const given = "default" in option ? option.default : option.shownDefault;
  if (given !== undefined) notes.push(`default ${given}`);
  return notes.length === 0 ? option.describe : `${option.describe} (${notes.join("; ")})`;
}

/** What a command takes without dashes, in order. */
export function positionalsOf(spec: CommandSpec): readonly (readonly [string, OptionSpec])[] {
  return Object.entries(spec.options).filter(([, option]) => option.positional !== undefined);
}

/** `drydock data import <paths..> [options]`. */
export function usageOf(spec: CommandSpec): string {
  const slots = positionalsOf(spec).map(([name, option]) => {
    const text = option.kind === "list" ? `${name}..` : name;
    return option.positional === "required" ? `<${text}>` : `[${text}]`;
  });
  return ["drydock", spec.name, ...slots, "[options]"].join(" ");
}

function examplesText(specs: readonly CommandSpec[]): string {
  const lines = specs.flatMap((spec) =>
    spec.examples.map((example) => `  ${example.command}\n      ${example.shows}`),
  );
  return `Examples:\n${lines.join("\n")}`;
}

/** yargs itself only complains about a flag without its value; the rest is checked by us. */
function parserFailure(message: string): DrydockError {
  const flag = /following: (\S+)/.exec(message)?.[1];
  if (flag === undefined) return new DrydockError("E_USAGE", message, { hint: "drydock --help" });
  return new DrydockError("E_USAGE", `Option --${flag} needs a value`, {
    hint: `Write --${flag} <value>, or --${flag}=<value> where the value begins with a dash`,
  });
}
