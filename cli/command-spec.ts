import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";

/**
 * What a command is, as data: the tree, the help, the completion and the parser all read this, and the code that
 * does the work is loaded only when the command runs.
 */

interface OptionBase {
  /** One line for `--help`, without a full stop. */
  readonly describe: string;
  /** Further names: a single letter or a word. */
  readonly alias?: readonly string[] | undefined;
  /** Shown in the help where the value that applies comes from elsewhere than the option. */
  readonly shownDefault?: string | undefined;
  /** Written without dashes, in the order of the record; kind `list` takes several and stands last. */
  readonly positional?: "required" | "optional" | undefined;
}

export interface TextOption extends OptionBase {
  readonly kind: "text";
  readonly default?: string | undefined;
}

/** May be given several times; each use adds one value. */
export interface ListOption extends OptionBase {
  readonly kind: "list";
}

export interface NumberOption extends OptionBase {
  readonly kind: "number";
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Greater than this, where the limit itself is not allowed. */
  readonly above?: number | undefined;
  readonly integer?: boolean | undefined;
  readonly default?: number | undefined;
}

export interface ChoiceOption extends OptionBase {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default?: string | undefined;
}

export interface FlagOption extends OptionBase {
  readonly kind: "flag";
  /** Undefined when it is not given, so that `--x=false` can overrule a config file. */
  readonly tristate?: boolean | undefined;
}

/** Counts how often it is given: `-vv` is 2. */
export interface CountOption extends OptionBase {
  readonly kind: "count";
}

export type OptionSpec =
  | TextOption
  | ListOption
  | NumberOption
  | ChoiceOption
  | FlagOption
  | CountOption;
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<O> = O extends { kind: "flag" }
  ? O extends { tristate: true }
    ? boolean | undefined
    : boolean
  : O extends { kind: "count" }
    ? number
    : O extends { kind: "list" }
      ? readonly string[]
      : O extends { kind: "number" }
        ? O extends { default: number }
          ? number
          : number | undefined
        : O extends { kind: "choice"; choices: readonly (infer Choice)[] }
          ? O extends { default: string } | { positional: "required" }
            ? Choice
            : Choice | undefined
          : O extends { default: string } | { positional: "required" }
            ? string
            : string | undefined;

/** The parsed values of a command's options, by their names as written: `args["dry-run"]`. */
export type ArgsOf<O extends OptionSpecs> = { readonly [Name in keyof O]: ValueOf<O[Name]> };

export interface Example {
  readonly command: string;
  readonly shows: string;
}

interface CommandBase {
  /** The words after `drydock`: `data ls`. */
  readonly name: string;
  /** Other last words: `bt` for `backtest`. */
  readonly aliases?: readonly string[] | undefined;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly examples: readonly [Example, Example, ...Example[]];
  /** Number of the JSON document `drydock.<command>/<version>`; 1 unless changed. */
  readonly schemaVersion?: number | undefined;
}

export interface CommandSpec extends CommandBase {
  readonly options: OptionSpecs;
  readonly load: () => Promise<{
    readonly run: (context: CommandContext, args: never) => Promise<CommandResult>;
  }>;
}

/** Declares a command and checks that its handler takes the options as declared. */
export function defineCommand<const O extends OptionSpecs>(
  spec: CommandBase & {
    readonly options: O;
    readonly load: () => Promise<{
      readonly run: (context: CommandContext, args: ArgsOf<O>) => Promise<CommandResult>;
    }>;
  },
): CommandSpec {
  return spec;
}

/** Names the JSON document of a command: `drydock.data.ls/1`. */
export function schemaOf(spec: CommandSpec): string {
  return `drydock.${spec.name.replaceAll(" ", ".")}/${spec.schemaVersion ?? 1}`;
}
