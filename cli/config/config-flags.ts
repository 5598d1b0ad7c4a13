import type { OptionSpec, OptionSpecs } from "#cli/command-spec.ts";
import type { ConfigKey } from "#cli/config/key-kinds.ts";
import { CONFIG_KEYS, type ConfigKeyName } from "#cli/config/keys.ts";

/** Settings as flags gave them; what was not given is not there. */
export type ConfigFlags = Readonly<Partial<Record<ConfigKeyName, FlagValue>>>;
export type FlagValue = string | number | boolean | readonly string[];

/** The command-line options of these settings, for a command's `options`. Defaults are not theirs to give. */
export function configOptions(...names: readonly ConfigKeyName[]): OptionSpecs {
  const options: Record<string, OptionSpec> = {};
  for (const name of names) {
    const key: ConfigKey = CONFIG_KEYS[name];
    options[key.flag] = optionOf(key);
  }
  return options;
}

/** Picks from parsed arguments what belongs to settings and was given. */
export function configFlags(args: Readonly<Record<string, unknown>>): ConfigFlags {
  const flags: Partial<Record<ConfigKeyName, FlagValue>> = {};
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [ConfigKeyName, ConfigKey][]) {
    const value = args[key.flag] as FlagValue | undefined;
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    flags[name] = value;
  }
  return flags;
}

function optionOf(key: ConfigKey): OptionSpec {
  const given = "default" in key ? key.default : undefined;
  const shownDefault = given === undefined ? undefined : String(given);
  const base = { describe: key.describe, alias: key.alias, shownDefault };
  switch (key.kind) {
    case "number": {
      const { min, max, above, integer } = key;
      return { ...base, kind: "number", min, max, above, integer };
    }
    case "choice":
      return { ...base, kind: "choice", choices: key.choices };
    case "switch":
      return { ...base, kind: "flag", tristate: true };
    case "list":
    case "params":
      return { ...base, kind: "list" };
    case "text":
    case "path":
    case "interval":
    case "time":
    case "steps":
      return { ...base, kind: "text" };
  }
}
