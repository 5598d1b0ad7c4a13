import yargs, { type Argv, type Options } from "yargs";

import type { CommandSpec, OptionSpec, OptionSpecs } from "#cli/command-spec.ts";
import type { CommandTree } from "#cli/command-tree.ts";
import { GLOBAL_OPTIONS, type GlobalArgs } from "#cli/global-options.ts";
import { packageInfo } from "#cli/package-info.ts";
import { readOptions } from "#cli/read-options.ts";
import { unknownCommand } from "#cli/unknown-command.ts";
import { DrydockError } from "#engine/errors.ts";

export type ParsedCommandLine =
  /** Help or version: to be printed as it is. */
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "command";
      readonly spec: CommandSpec;
      readonly args: Readonly<Record<string, unknown>>;
      readonly globals: GlobalArgs;
    };

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

/** Help is laid out for a book's line, not for the whole width of a wide screen. */
const HELP_WIDTH_MAX = 100;
const INDENT = 2;

const GLOBAL_GROUP = "Global options:";

interface Found {
  /** Null for a group named without a command of it. */
  readonly spec: CommandSpec | null;
  readonly group: string | null;
  readonly argv: Readonly<Record<string, unknown>>;
}

/** @throws E_USAGE with the one thing that is wrong and what was probably meant. */
export function parseCommandLine(
  words: readonly string[],
  tree: CommandTree,
  width: number,
): ParsedCommandLine {
  let found: Found | null = null;
  let output = "";
  const parser = buildParser(tree, Math.min(width, HELP_WIDTH_MAX) - INDENT, (match) => {
    found = match;
  });
  const argv = parser.parse([...words], {}, (_error, _argv, text) => {
    output = text;
  }) as Readonly<Record<string, unknown>>;
  if (output !== "") return { kind: "text", text: `${indentArguments(output)}\n` };
  if (argv["version"] === true) return { kind: "text", text: `${packageInfo().version}\n` };
  return settle(found, argv, words, tree, parser);
}

function settle(
  found: Found | null,
  argv: Readonly<Record<string, unknown>>,
  words: readonly string[],
  tree: CommandTree,
  parser: Argv,
): ParsedCommandLine {
  const typed = listOf(argv["_"]);
  if (found === null && typed.length === 0) {
    readOptions(GLOBAL_OPTIONS, argv, words, "drydock");
    let help = "";
    void parser.parse(["--help"], {}, (_error, _argv, text) => {
      help = text;
    });
    return { kind: "text", text: `${help}\n` };
  }
  if (found === null) throw unknownCommand(tree, null, typed[0] ?? "");
  const { spec, group } = found;
  if (spec === null) throw unknownCommand(tree, group, listOf(found.argv["_"])[1]);

  const command = `drydock ${spec.name}`;
  const options: OptionSpecs = { ...GLOBAL_OPTIONS, ...spec.options };
  const values = withWords(spec, found.argv);
  const args = readOptions(options, values, words, command);
  // The record was read by these very declarations.
  const globals = args as unknown as GlobalArgs;
  assertExclusive(globals, ["json", "jsonl", "plain"]);
  assertExclusive(globals, ["color", "no-color"]);
  return { kind: "command", spec, args, globals };
}

/**
 * Gives the words after the command to its positionals in order; the last one may take many. yargs is not asked to,
 * because it takes a word that begins with a dash (`sql -`, or one behind `--`) for an option.
 */
function withWords(
  spec: CommandSpec,
  argv: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const words = listOf(argv["_"]).slice(spec.name.split(" ").length);
  const values: Record<string, unknown> = { ...argv };
  for (const [name, option] of positionalsOf(spec)) {
    if (name in values) throw notAnOption(spec, name);
    if (words.length === 0) continue;
    values[name] = option.kind === "list" ? words.splice(0) : words.shift();
  }
  if (words.length === 0) return values;
  throw new DrydockError("E_USAGE", `Unexpected word "${words[0]}"`, {
    hint: `Use ${usageOf(spec)}`,
    or: `drydock ${spec.name} --help`,
  });
}

function notAnOption(spec: CommandSpec, name: string): DrydockError {
  return new DrydockError("E_USAGE", `"${name}" is written without dashes`, {
    hint: `Use ${usageOf(spec)}`,
  });
}

function buildParser(tree: CommandTree, width: number, onFound: (found: Found) => void): Argv {
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
function indentArguments(help: string): string {
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

function positionalsOf(spec: CommandSpec): readonly (readonly [string, OptionSpec])[] {
  return Object.entries(spec.options).filter(([, option]) => option.positional !== undefined);
}

function usageOf(spec: CommandSpec): string {
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

function assertExclusive(globals: GlobalArgs, names: readonly (keyof GlobalArgs)[]): void {
  const given = names.filter((name) => globals[name] === true);
  if (given.length < 2) return;
  throw new DrydockError("E_USAGE", `Options --${given.join(" and --")} exclude one another`, {
    hint: `Leave all but one of them out`,
  });
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
