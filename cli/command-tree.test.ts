import { existsSync } from "node:fs";

import { expect, test } from "vitest";

import { schemaOf } from "#cli/command-spec.ts";
import { COMMAND_TREE } from "#cli/command-tree.ts";
import { GLOBAL_OPTIONS } from "#cli/global-options.ts";
import { parseCommandLine } from "#cli/parse-command-line.ts";

/** Words of an example as a shell would split them; redirections and pipes end the command. */
function splitExample(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const end = words.findIndex((word) => word === ">" || word === "|");
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/^["']|["']$/g, ""));
}

for (const spec of COMMAND_TREE.commands) {
  test(`${spec.name}: every example parses as this command`, () => {
    for (const example of spec.examples) {
      const [program, ...words] = splitExample(example.command);
      expect(program).toBe("drydock");
      const parsed = parseCommandLine(words, COMMAND_TREE, 80);
      expect(parsed.kind === "command" ? parsed.spec.name : parsed.kind).toBe(spec.name);
    }
  });

  test(`${spec.name}: no option hides a global one`, () => {
    const taken = new Set(["help", "h", "version", "V", "complete"]);
    for (const [name, option] of Object.entries(GLOBAL_OPTIONS)) {
      taken.add(name);
      for (const alias of "alias" in option ? option.alias : []) taken.add(alias);
    }
    const names = Object.entries(spec.options).flatMap(([name, option]) => [
      name,
      ...(option.alias ?? []),
    ]);
    expect(names.filter((name) => taken.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  test(`${spec.name}: help fits 80 columns`, () => {
    const parsed = parseCommandLine([...spec.name.split(" "), "--help"], COMMAND_TREE, 80);
    const text = parsed.kind === "text" ? parsed.text : "";
    const options = text.slice(0, text.indexOf("Examples:"));
    expect(options.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test(`${spec.name}: its document has a schema file`, () => {
    const name = schemaOf(spec).replace("drydock.", "").replace("/", ".");
    expect(existsSync(new URL(`./schemas/${name}.json`, import.meta.url))).toBe(true);
  });
}

test("every group has a summary and members, every two-word command a group", () => {
  for (const group of Object.keys(COMMAND_TREE.groups)) {
    expect(COMMAND_TREE.commands.some((spec) => spec.name.startsWith(`${group} `))).toBe(true);
  }
  const groups = COMMAND_TREE.commands
    .filter((spec) => spec.name.includes(" "))
    .map((spec) => spec.name.split(" ")[0] ?? "");
  expect(groups.filter((group) => !(group in COMMAND_TREE.groups))).toEqual([]);
});

test("names and aliases are unique", () => {
  const names = COMMAND_TREE.commands.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
});
