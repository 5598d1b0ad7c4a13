import { dirname, isAbsolute, resolve } from "node:path";
import type { ConfigFlags, FlagValue } from "#cli/config/config-flags.ts";
import type { ConfigKey } from "#cli/config/key-kinds.ts";
import {
  CONFIG_KEY_NAMES,
  CONFIG_KEYS,
  type ConfigKeyName,
  type ConfigValues,
  environmentName,
} from "#cli/config/keys.ts";
import { readParams, splitList, valueFromText } from "#cli/config/read-value.ts";
import { formatInterval, parseInterval } from "#engine/market/interval.ts";

/** A value and the place that gave it: `flag --seed`, `env DRYDOCK_SEED`, `drydock.yaml:7`, `default`. */
export interface Setting {
  readonly value: unknown;
  readonly origin: string;
}

export interface ResolvedConfig {
  readonly values: ConfigValues;
  /** One entry per key; parameters have one each (`params.fast`). Keys without any value are not there. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** The config file that was read; null without one. */
  readonly file: string | null;
}

export interface ConfigSources {
  readonly flags: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Validated content of the config file and where each key stands in it. */
  readonly file: {
    readonly path: string;
    readonly content: Readonly<Record<string, unknown>>;
    readonly whereIs: (path: readonly string[]) => string;
  } | null;
  /** The working directory: base of relative paths from flags, environment and defaults without a file. */
  readonly folder: string;
}

/** Puts the sources over one another: flag over environment over config file over default. @throws E_USAGE */
export function resolveConfig(sources: ConfigSources): ResolvedConfig {
  const settings = new Map<string, Setting>();
  const values: Record<string, unknown> = {};
  for (const name of CONFIG_KEY_NAMES) {
    const key: ConfigKey = CONFIG_KEYS[name];
    if (key.kind === "params") {
      values[name] = mergeParams(name, sources, settings);
      continue;
    }
    const setting = firstOf(name, key, sources);
    if (setting === null) continue;
    settings.set(name, setting);
    values[name] = setting.value;
  }
  // Every name of ConfigValues was visited, and each source checked its own value.
  return { values: values as unknown as ConfigValues, settings, file: sources.file?.path ?? null };
}

function firstOf(name: ConfigKeyName, key: ConfigKey, sources: ConfigSources): Setting | null {
  const flag = sources.flags[name];
  if (flag !== undefined) {
    const value = settle(key, fromFlag(key, flag), sources.folder);
    return { value, origin: `flag --${key.flag}` };
  }
  const variable = environmentName(name);
  const text = sources.env[variable];
  if (text !== undefined && text !== "") {
    const value = settle(key, valueFromText(key, text, variable), sources.folder);
    return { value, origin: `env ${variable}` };
  }
  const { file } = sources;
  const base = file === null ? sources.folder : dirname(file.path);
  if (file !== null) {
    const path = name.split(".");
    const value = at(file.content, path);
    if (value !== undefined) return { value: settle(key, value, base), origin: file.whereIs(path) };
  }
  const fallback = "default" in key ? key.default : undefined;
  return fallback === undefined ? null : { value: settle(key, fallback, base), origin: "default" };
}

function fromFlag(key: ConfigKey, value: FlagValue): unknown {
  if (typeof value === "string") return valueFromText(key, value, `--${key.flag}`);
  if (key.kind === "list" && Array.isArray(value)) return value.flatMap(splitList);
  return value;
}

/** Gives a checked value the form in which it is used. */
function settle(key: ConfigKey, value: unknown, base: string): unknown {
  if (key.kind === "path" && typeof value === "string") return resolve(base, value);
  if (key.kind === "list") return typeof value === "string" ? splitList(value) : value;
  // 60m and 1h are one interval and shall be one word from here on.
  if (key.kind === "interval" && typeof value === "string") {
    return formatInterval(parseInterval(value));
  }
  if (key.flag === "strategy" && typeof value === "string" && isFilePath(value)) {
    return isAbsolute(value) ? value : resolve(base, value);
  }
  return value;
}

/** A strategy is named or is a file; only the second has slashes or the ending of a program. */
export function isFilePath(text: string): boolean {
  return /[\\/]/.test(text) || /\.[cm]?[jt]s$/.test(text);
}

/** A flag for one parameter leaves the others of the file in place. */
function mergeParams(
  name: ConfigKeyName,
  sources: ConfigSources,
  settings: Map<string, Setting>,
): Readonly<Record<string, unknown>> | undefined {
  const put = (params: object, origin: (param: string) => string): void => {
    for (const [param, value] of Object.entries(params)) {
      settings.set(`${name}.${param}`, { value, origin: origin(param) });
    }
  };
  const { file } = sources;
  const written = file === null ? undefined : at(file.content, [name]);
  if (file !== null && typeof written === "object" && written !== null) {
    put(written, (param) => file.whereIs([name, param]));
  }
  const variable = environmentName(name);
  const text = sources.env[variable];
  if (text !== undefined && text !== "") {
    put(readParams(splitList(text), variable), () => `env ${variable}`);
  }
  const flag = sources.flags[name];
  if (Array.isArray(flag)) put(readParams(flag, "--param"), () => "flag --param");

  const prefix = `${name}.`;
  const merged: [string, unknown][] = [...settings]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, setting]) => [key.slice(prefix.length), setting.value]);
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
}

function at(content: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = content;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}
