import { expect, test } from "vitest";

import { defineCommand } from "#cli/command-spec.ts";
import type { CommandTree } from "#cli/command-tree.ts";
import { parseCommandLine } from "#cli/parse-command-line.ts";
import { DrydockError } from "#engine/errors.ts";

const load = () => Promise.reject(new Error("a parser loads no handler"));
const examples = [
  { command: "drydock x 1", shows: "one" },
  { command: "drydock x 2", shows: "two" },
] as const;
const tree: CommandTree = {
  groups: { data: "Candles" },
  commands: [
    defineCommand({
      name: "data import",
      summary: "Import files",
      options: {
        paths: { kind: "list", positional: "required", describe: "Files" },
        "dry-run": { kind: "flag", describe: "Change nothing" },
        symbol: { kind: "text", describe: "The symbol" },
        limit: { kind: "number", integer: true, min: 1, max: 100, default: 20, describe: "Rows" },
        param: { kind: "list", describe: "name=value" },
        format: { kind: "choice", choices: ["csv", "json"], default: "csv", describe: "Form" },
      },
      examples,
      load,
    }),
    defineCommand({
      name: "backtest",
      aliases: ["bt"],
      summary: "Run a strategy",
      options: { strategy: { kind: "text", positional: "optional", describe: "The strategy" } },
      examples,
      load,
    }),
  ],
};

function parse(line: string) {
  return parseCommandLine(line === "" ? [] : line.split(" "), tree, 80);
}

function argsOf(line: string): Readonly<Record<string, unknown>> {
  const parsed = parse(line);
  if (parsed.kind !== "command") throw new Error(`"${line}" is no command`);
  return parsed.args;
}

function errorOf(line: string): { code: string; message: string; hint: string | undefined } {
  try {
    parse(line);
  } catch (error) {
    if (!(error instanceof DrydockError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
  throw new Error(`"${line}" was accepted`);
}

test("values, repeated options, counts and defaults", () => {
  expect(
    argsOf("data import --dry-run a.csv --param x=1 --param y=1.50 b.csv --symbol 1000 -vv"),
  ).toMatchObject({
    paths: ["a.csv", "b.csv"],
    "dry-run": true,
    param: ["x=1", "y=1.50"],
    symbol: "1000",
    limit: 20,
    format: "csv",
    verbose: 2,
    json: false,
  });
});

test("of a scalar given twice the last counts", () => {
  expect(argsOf("data import a --symbol A --symbol B --limit 1 --limit 2")).toMatchObject({
    symbol: "B",
    limit: 2,
  });
});

test("global options may stand before the command", () => {
  expect(argsOf("--json --cwd /tmp data import a")).toMatchObject({ json: true, cwd: "/tmp" });
});

test("an alias of a command, and a value that begins with a dash", () => {
  expect(argsOf("bt sma-cross")).toMatchObject({ strategy: "sma-cross" });
  expect(argsOf("data import a --symbol=-x")).toMatchObject({ symbol: "-x" });
});

test("words behind -- are values, even with dashes", () => {
  expect(argsOf("data import a -- --b.csv")).toMatchObject({ paths: ["a", "--b.csv"] });
  expect(argsOf("bt -- -x")).toMatchObject({ strategy: "-x" });
});

test("a dash alone is a word, and a positional is no option", () => {
  expect(argsOf("bt - --json")).toMatchObject({ strategy: "-", json: true });
  expect(errorOf("bt --strategy x").message).toBe('"strategy" is written without dashes');
});

test("dots, no- prefixes and camel case mean nothing special", () => {
  expect(errorOf("data import a --no-dry-run").message).toContain('Unknown option "--no-dry-run"');
  expect(errorOf("data import a --dryRun").hint).toBe('Did you mean "--dry-run"?');
  expect(errorOf("data import a --symbol.x 1").message).toContain('Unknown option "--symbol.x"');
});

test.each([
  { line: "confg", message: 'Unknown command "confg"', hint: "drydock --help lists the commands" },
  {
    line: "backtset",
    message: 'Unknown command "backtset"',
    hint: 'Did you mean "drydock backtest"?',
  },
  {
    line: "import a",
    message: 'Unknown command "import"',
    hint: 'Did you mean "drydock data import"?',
  },
  { line: "data", message: '"drydock data" needs a command: import', hint: "drydock data --help" },
  {
    line: "data imprt",
    message: 'Unknown command "data imprt"',
    hint: 'Did you mean "drydock data import"?',
  },
  {
    line: "data import a --symbl X",
    message: 'Unknown option "--symbl" of "drydock data import"',
    hint: 'Did you mean "--symbol"?',
  },
  {
    line: "data import",
    message: '"drydock data import" needs <paths>',
    hint: "drydock data import <paths>",
  },
  {
    line: "bt a b",
    message: 'Unexpected word "b"',
    hint: "Use drydock backtest [strategy] [options]",
  },
  {
    line: "data import a --limit 1e3",
    message: 'Option --limit must be a whole number from 1 to 100, not "1e3"',
    hint: "Option --limit: Rows",
  },
  {
    line: "data import a --limit 0x10",
    message: 'Option --limit must be a whole number from 1 to 100, not "0x10"',
    hint: "Option --limit: Rows",
  },
  {
    line: "data import a --limit 2.5",
    message: 'Option --limit must be a whole number from 1 to 100, not "2.5"',
    hint: "Option --limit: Rows",
  },
  {
    line: "data import a --format cvs",
    message: 'Option --format must be one of csv, json, not "cvs"',
    hint: 'Did you mean "csv"?',
  },
  {
    line: "data import a --symbol=",
    message: "Option --symbol needs a value, the one given is empty",
    hint: "Option --symbol: The symbol",
  },
  {
    line: "data import a --dry-run=yes",
    message: "Option --dry-run is a switch and takes no value",
    hint: "Write --dry-run, or leave it out",
  },
  {
    line: "bt --json --plain",
    message: "Options --json and --plain exclude one another",
    hint: "Leave all but one of them out",
  },
])("$line is refused with what is wrong", ({ line, message, hint }) => {
  expect(errorOf(line)).toEqual({ code: "E_USAGE", message, hint });
});

test.each(["data import a --symbol", "data import a --symbol --json", "--cwd"])(
  "%s: a value is missing",
  (line) => {
    expect(errorOf(line).message).toMatch(/^Option --(symbol|cwd) needs a value$/);
  },
);

test("help of the program, a group and a command; none of them is an error", () => {
  const text = (line: string) => {
    const parsed = parse(line);
    return parsed.kind === "text" ? parsed.text : "";
  };
  expect(text("")).toBe(text("--help"));
  expect(text("--help")).toMatch(/^drydock <command> \[options\]\n/);
  expect(text("data --help")).toContain("drydock data import  Import files");
  expect(text("data import -h")).toMatch(
    /^drydock data import <paths\.\.> \[options\]\n\nImport files\n/,
  );
  expect(text("data import -h")).toContain("Examples:\n  drydock x 1\n      one\n");
  expect(text("data import -h")).toContain("\n\nArguments:\n  paths  Files\n");
  expect(text("data import -h")).toContain("default 20");
  expect(text("bt --version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});
