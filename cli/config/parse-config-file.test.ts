import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findConfig } from "#cli/config/find-config.ts";
import { loadConfig } from "#cli/config/load-config.ts";
import { parseConfigFile } from "#cli/config/parse-config-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "drydock-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a full file is read, with the line of each key", async () => {
  const path = write(
    "drydock.yaml",
    [
      "symbol: BTCUSDT",
      "from: 2024",
      "slippageBps: { halfSpreadBps: 2 }",
      "to:",
      "rules:",
      "  stopLossPct: 5",
      "  roi: { 0: 4, 120: 2 }",
      "  trailing: { pct: 2, onlyAfterOffset: true }",
      "params: { fast: 10, mode: x, on: true }",
    ].join("\n"),
  );
  const { content, problems, whereIs } = await parseConfigFile(path);
  expect(problems).toEqual([]);
  expect(content).toEqual({
    symbols: "BTCUSDT",
    from: "2024",
    slippage: { halfSpreadBps: 2 },
    rules: {
      stopLossPct: 5,
      roi: { "0": 4, "120": 2 },
      trailing: { pct: 2, onlyAfterOffset: true },
    },
    params: { fast: 10, mode: "x", on: true },
  });
  expect(whereIs(["rules", "trailing", "pct"])).toBe("drydock.yaml:8");
});

test.each([
  {
    text: "seed: 1\nsymbl: A",
    where: 2,
    message: 'Unknown key "symbl"',
    hint: 'Did you mean "symbols"?',
  },
  {
    text: "rules:\n  stopLos: 1",
    where: 2,
    message: 'Unknown key "rules.stopLos"',
    hint: "stopLossPct",
  },
  {
    text: "stopLossPct: 1",
    where: 1,
    message: 'Unknown key "stopLossPct"',
    hint: 'The key is "rules.stopLossPct"',
  },
  { text: "seed: 1.5", where: 1, message: '"seed" must be a whole number', hint: "" },
  { text: "seed: '1'", where: 1, message: '"seed" must be a whole number', hint: "" },
  {
    text: "\nfillAt: Close",
    where: 2,
    message: '"fillAt" must be one of nextOpen, close, not "Close"',
    hint: "",
  },
  {
    text: "limitImprove: yes",
    where: 1,
    message: '"limitImprove" must be true or false, not "yes"',
    hint: "",
  },
  {
    text: "interval: 5x",
    where: 1,
    message: '"interval" is wrong: "5x" is not an interval',
    hint: "",
  },
  { text: "from: soon", where: 1, message: '"from" is wrong', hint: "" },
  { text: "rules: 5", where: 1, message: '"rules" must be names with values', hint: "" },
  { text: "rules: { roi: { a: 1 } }", where: 1, message: '"rules.roi', hint: "" },
  {
    text: "symbols: [1]",
    where: 1,
    message: '"symbols" must be a text or a list of texts',
    hint: "",
  },
  {
    text: "symbol: A\nsymbols: B",
    where: 1,
    message: '"symbol" and "symbols" are the same',
    hint: "",
  },
  {
    text: "- a",
    where: 1,
    message: "The config must be a list of names and values",
    hint: "",
  },
])("$text → $message", async ({ text, where, message, hint }) => {
  const { problems } = await parseConfigFile(write("drydock.yaml", text));
  expect(problems.length).toBe(1);
  expect(problems[0]?.message).toContain(message);
  expect(problems[0]?.where).toBe(`drydock.yaml:${where}`);
  expect(problems[0]?.hint ?? "").toContain(hint);
});

test.each([
  {
    name: "drydock.yaml",
    text: "seed: 1\nseed: 2",
    message: "drydock.yaml:2: Map keys must be unique",
  },
  { name: "drydock.yaml", text: "a: [1\nb: 2", message: "Cannot read drydock.yaml:2" },
  { name: "drydock.yaml", text: "seed: 1\n---\nseed: 2", message: "Cannot read drydock.yaml:" },
  { name: "drydock.json", text: '{ "seed": 1, }', message: "Cannot read drydock.json" },
])("$name with $text can not be read", async ({ name, text, message }) => {
  await expect(parseConfigFile(write(name, text))).rejects.toThrow(message);
});

test("an empty file is an empty config, JSON has lines too", async () => {
  expect((await parseConfigFile(write("drydock.yaml", ""))).content).toEqual({});
  const { problems } = await parseConfigFile(write("drydock.json", '{\n  "seed": -1\n}'));
  expect(problems[0]?.where).toBe("drydock.json:2");
});

test("the first folder upwards counts, a named file beats it, two in one folder are refused", () => {
  const deep = join(folder, "a", "b");
  mkdirSync(deep, { recursive: true });
  expect(findConfig(deep, undefined)).toBeNull();
  const top = write("drydock.yaml", "");
  expect(findConfig(deep, undefined)).toBe(top);
  const near = write("a/drydock.json", "{}");
  expect(findConfig(deep, undefined)).toBe(near);
  expect(findConfig(deep, "../../drydock.yaml")).toBe(top);
  expect(() => findConfig(deep, "nope.yaml")).toThrow('The config file "nope.yaml" does not exist');
  write("a/drydock.yaml", "");
  expect(() => findConfig(deep, undefined)).toThrow("only one can apply");
});

test("loadConfig() reports the first problem with its place and counts the others", async () => {
  write("drydock.yaml", "sed: 1\nbalance: -1");
  const failure = await loadConfig({ flags: {}, file: undefined, env: {}, folder }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "E_CONFIG", or: "drydock config validate lists 1 more" });
});
