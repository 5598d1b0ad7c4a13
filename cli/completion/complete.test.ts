import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { COMMAND_TREE } from "#cli/command-tree.ts";
import { complete } from "#cli/completion/complete.ts";
import { COMPLETE_WORD } from "#cli/completion/complete-word.ts";

function wordsFor(...typed: string[]): string[] {
  return complete(typed, COMMAND_TREE)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t")[0] ?? "");
}

test("commands and groups, sorted, by what was typed", () => {
  expect(wordsFor("con")).toEqual(["config"]);
  expect(wordsFor("")).toContain("completion");
  expect(wordsFor("config", "")).toEqual(["show", "path", "validate"]);
  expect(wordsFor("config", "sh")).toEqual(["show"]);
});

test("options of the command and the global ones, also with global options before", () => {
  expect(wordsFor("config", "show", "--fill")).toEqual(["--fill-at"]);
  expect(wordsFor("--cwd", "/tmp", "config", "show", "--js")).toEqual(["--json", "--jsonl"]);
});

test("choices of an option and of a positional", () => {
  expect(wordsFor("config", "show", "--fill-at", "")).toEqual(["nextOpen", "close"]);
  expect(wordsFor("completion", "")).toEqual(["bash", "zsh"]);
});

test("where a file or free text belongs, nothing is offered and the shell offers files", () => {
  expect(wordsFor("config", "show", "--config", "")).toEqual([]);
  expect(wordsFor("config", "validate", "")).toEqual([]);
  expect(wordsFor("nonsense", "")).toEqual([]);
});

test("the launcher starts no second process at a Tab", () => {
  const launcher = readFileSync(new URL("../../bin/drydock.js", import.meta.url), "utf8");
  expect(launcher).toContain(`COMPLETE_WORD = "${COMPLETE_WORD}"`);
});
