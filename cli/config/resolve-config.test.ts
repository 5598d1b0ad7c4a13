import { expect, test } from "vitest";
import type { ConfigKey } from "#cli/config/key-kinds.ts";

import { CONFIG_KEY_NAMES, CONFIG_KEYS, environmentName } from "#cli/config/keys.ts";
import { readParams } from "#cli/config/read-value.ts";
import { type ConfigSources, resolveConfig } from "#cli/config/resolve-config.ts";

function resolveWith(sources: Partial<ConfigSources>) {
  return resolveConfig({ flags: {}, env: {}, file: null, folder: "/project", ...sources });
}

const file = (content: Record<string, unknown>): ConfigSources["file"] => ({
  path: "/project/drydock.yaml",
  content,
  whereIs: (path) => `drydock.yaml#${path.join(".")}`,
});

test("flag beats environment beats file beats default, and each value knows where it comes from", () => {
  const sources = { file: file({ seed: 2 }), env: { DRYDOCK_SEED: "3" }, flags: { seed: 4 } };
  const originAndValue = (given: Partial<ConfigSources>) => {
    const { values, settings } = resolveWith(given);
    return [values.seed, settings.get("seed")?.origin];
  };
  expect(originAndValue(sources)).toEqual([4, "flag --seed"]);
  expect(originAndValue({ file: sources.file, env: sources.env })).toEqual([3, "env DRYDOCK_SEED"]);
  expect(originAndValue({ file: sources.file })).toEqual([2, "drydock.yaml#seed"]);
  expect(originAndValue({})).toEqual([1, "default"]);
});

test("parameters are merged name by name", () => {
  const { values, settings } = resolveWith({
    file: file({ params: { fast: 10, slow: 30 } }),
    env: { DRYDOCK_PARAMS: "slow=40,mode=a" },
    flags: { params: ["fast=1.50", "on=true", "text=a=b"] },
  });
  expect(values.params).toEqual({ fast: 1.5, slow: 40, mode: "a", on: true, text: "a=b" });
  expect(settings.get("params.slow")?.origin).toBe("env DRYDOCK_PARAMS");
  expect(resolveWith({}).values.params).toBeUndefined();
});

test("paths belong to the file that names them, else to the working directory", () => {
  expect(resolveWith({}).values.dataDir).toBe("/project/.drydock");
  expect(resolveWith({ file: file({}) }).values.dataDir).toBe("/project/.drydock");
  expect(resolveWith({ file: file({ dataDir: "store" }) }).values.dataDir).toBe("/project/store");
  expect(resolveWith({ file: file({}), env: { DRYDOCK_DATA_DIR: "x" } }).values.dataDir).toBe(
    "/project/x",
  );
});

test("a strategy that is a file becomes a path, a name stays a name", () => {
  const strategyIn = (strategy: string) =>
    resolveWith({ file: file({ strategy }) }).values.strategy;
  expect(strategyIn("./strategies/a.ts")).toBe("/project/strategies/a.ts");
  expect(strategyIn("strategies/a.ts#fast")).toBe("/project/strategies/a.ts#fast");
  expect(strategyIn("sma-cross")).toBe("sma-cross");
});

test("symbols come from a text, a list, repeated flags and commas", () => {
  expect(resolveWith({ file: file({ symbols: "A, B" }) }).values.symbols).toEqual(["A", "B"]);
  expect(resolveWith({ flags: { symbols: ["A,B", "C"] } }).values.symbols).toEqual(["A", "B", "C"]);
});

test("an interval has one word however it is written", () => {
  expect(resolveWith({ flags: { interval: "60m" } }).values.interval).toBe("1h");
});

test("nested keys, steps and switches have text forms", () => {
  const { values } = resolveWith({
    env: { DRYDOCK_RULES_STOP_LOSS_PCT: "2.5", DRYDOCK_LIMIT_IMPROVE: "true" },
    flags: { "rules.roi": "0:4, 120:2" },
  });
  expect(values["rules.stopLossPct"]).toBe(2.5);
  expect(values.limitImprove).toBe(true);
  expect(values["rules.roi"]).toEqual({ "0": 4, "120": 2 });
});

test.each([
  { env: { DRYDOCK_SEED: "abc" }, message: "DRYDOCK_SEED must be a whole number" },
  { env: { DRYDOCK_FILL_AT: "Close" }, message: "DRYDOCK_FILL_AT must be one of nextOpen, close" },
  { env: { DRYDOCK_LIMIT_IMPROVE: "yes" }, message: "DRYDOCK_LIMIT_IMPROVE must be true or false" },
  { env: { DRYDOCK_FROM: "soon" }, message: "DRYDOCK_FROM is no time" },
  { env: { DRYDOCK_RULES_ROI: "4" }, message: "DRYDOCK_RULES_ROI must be minutes:percent pairs" },
  { env: { DRYDOCK_PARAMS: "fast" }, message: "DRYDOCK_PARAMS must be name=value" },
  { env: { DRYDOCK_BALANCE: "0" }, message: "DRYDOCK_BALANCE must be a number above 0" },
])("$env is refused", ({ env, message }) => {
  expect(() => resolveWith({ env })).toThrow(message);
});

test("an unknown or empty variable changes nothing", () => {
  expect(resolveWith({ env: { DRYDOCK_SEED: "", DRYDOCK_NONSENSE: "1" } })).toEqual(
    resolveWith({}),
  );
});

test("flags and variables of all keys are unique and well formed", () => {
  const keys = CONFIG_KEY_NAMES.map((name): ConfigKey => CONFIG_KEYS[name]);
  const flags = keys.flatMap((key) => [key.flag, ...(key.alias ?? [])]);
  expect(new Set(flags).size).toBe(flags.length);
  const variables = CONFIG_KEY_NAMES.map(environmentName);
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables.filter((name) => !/^DRYDOCK(_[A-Z]+)+$/.test(name))).toEqual([]);
  expect(environmentName("rules.trailing.onlyAfterOffset")).toBe(
    "DRYDOCK_RULES_TRAILING_ONLY_AFTER_OFFSET",
  );
});

test("a parameter named as something every object has reaches the strategy, which refuses it", () => {
  const params = readParams(["__proto__=3", "constructor=4"], "--param");
  expect(Object.entries(params)).toEqual([
    ["__proto__", 3],
    ["constructor", 4],
  ]);
});
