import type { Argv } from "yargs";

import {
  buildParser,
  type Found,
  indentArguments,
  positionalsOf,
  usageOf,
} from "#cli/build-parser.ts";
import type { CommandSpec, OptionSpecs } from "#cli/command-spec.ts";
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

/** Help is laid out for a book's line, not for the whole width of a wide screen. */
const HELP_WIDTH_MAX = 100;
/** Room for the list of arguments, which is moved in after the lay-out. */
const INDENT = 2;

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
