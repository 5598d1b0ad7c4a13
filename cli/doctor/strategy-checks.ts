import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ResolvedConfig } from "#cli/config/resolve-config.ts";
import { isFilePath } from "#cli/config/resolve-config.ts";
import { type Check, check } from "#cli/doctor/check.ts";
import { asDrydockError } from "#cli/output/as-drydock-error.ts";
import { loadStrategy } from "#cli/strategy-loader.ts";
import { importUserModule } from "#cli/user-module.ts";
import { resolveParams } from "#engine/strategy/params.ts";
import { strategyIntervals } from "#engine/strategy/strategy-runner.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

/**
 * Loads the configured strategy, and every file in the workspace's folder `strategies`: each fault is a failed check
 * of its own with file and line.
 */
export async function checkStrategies(config: ResolvedConfig): Promise<readonly Check[]> {
  const folder = config.file === null ? process.cwd() : dirname(config.file);
  const { strategy, params } = config.values;
  const files = strategyFiles(join(folder, "strategies"));
  const checks: Check[] = [];
  if (strategy !== undefined) {
    checks.push(...(await failureOf(() => tryConfigured(strategy, params ?? {}))));
  }
  const isConfigured = (file: string): boolean =>
    strategy !== undefined &&
    isFilePath(strategy) &&
    resolve(strategy.split("#")[0] ?? "") === file;
  for (const file of files.filter((one) => !isConfigured(one))) {
    checks.push(
      ...(await failureOf(() => importUserModule(pathToFileURL(file), "E_STRATEGY_FILE"))),
    );
  }
  if (checks.length > 0) return checks;
  if (strategy === undefined && files.length === 0) {
    return [check("strategies", "skip", "None configured and no files in strategies/")];
  }
  const names = [
    ...(strategy === undefined ? [] : [`${strategy} (configured)`]),
    ...files.filter((one) => !isConfigured(one)).map((file) => relative(folder, file)),
  ];
  return [check("strategies", "pass", `${names.join(", ")} can be used`)];
}

async function tryConfigured(
  wanted: string,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { strategy } = await loadStrategy({ wanted, builtIns: BUILT_IN, folder: process.cwd() });
  strategyIntervals(strategy, resolveParams(strategy.name, strategy.params, params));
}

/** One failed check, or none. */
async function failureOf(load: () => Promise<unknown>): Promise<readonly Check[]> {
  try {
    await load();
    return [];
  } catch (error) {
    const known = asDrydockError(error);
    if (known === null) throw error;
    const [where = ""] = (known.while ?? "").split("\n");
    const message = where === "" ? known.message : `${known.message} (${where})`;
    return [check("strategies", "fail", message, known.hint ?? null)];
  }
}

/** Programs in the folder, tests and type declarations left out; in the order of their names. */
function strategyFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.[cm]?[jt]s$/.test(name) && !/\.(test|spec|d)\.[cm]?[jt]s$/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}
