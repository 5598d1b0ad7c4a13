import { expect, test } from "vitest";
import type { ConfigFlags } from "#cli/config/config-flags.ts";
import { CONFIG_KEYS, type ConfigKeyName } from "#cli/config/keys.ts";
import { resolveConfig } from "#cli/config/resolve-config.ts";
import { AGED_RANGES } from "#engine/aged/aged-config.ts";
import { configuredAged } from "./run-plan.ts";

function agedOf(flags: ConfigFlags, aged?: object, env: Readonly<Record<string, string>> = {}) {
  const content = aged === undefined ? {} : { aged };
  const file = { path: "/x/drydock.yaml", content, whereIs: () => "drydock.yaml:1" };
  return configuredAged(resolveConfig({ flags, env, file, folder: "/x" }).values);
}

test("nothing said is off, the switch alone is all defaults", () => {
  expect(agedOf({})).toBeNull();
  expect(agedOf({ "aged.enabled": true })).toEqual({});
});

test("any setting switches them on, from a flag, a file or the environment, and the flag goes first", () => {
  expect(agedOf({ "aged.mode": "limit" })).toEqual({ mode: "limit" });
  expect(agedOf({}, { graceHours: 4 })).toEqual({ graceHours: 4 });
  expect(agedOf({}, undefined, { DRYDOCK_AGED_MAX_LOSS_PCT: "5" })).toEqual({ maxLossPct: 5 });
  const both = agedOf({ "aged.maxAgeHours": 6 }, { maxAgeHours: 2, closeAttempts: 5 });
  expect(both).toEqual({ maxAgeHours: 6, closeAttempts: 5 });
});

test("an explicit no is off, whatever else is set", () => {
  expect(agedOf({ "aged.enabled": false }, { enabled: true, graceHours: 4 })).toBeNull();
  expect(agedOf({}, { enabled: false, graceHours: 4 })).toBeNull();
});

test("every parameter of the rules is a key with a flag of its own", () => {
  const names = ["enabled", "mode", ...Object.keys(AGED_RANGES)].map((name) => `aged.${name}`);
  const keys = Object.keys(CONFIG_KEYS).filter((name) => name.startsWith("aged."));
  expect(keys.sort()).toEqual(names.sort());
  const flags = keys.map((name) => CONFIG_KEYS[name as ConfigKeyName].flag);
  expect(new Set(flags).size).toBe(keys.length);
});
