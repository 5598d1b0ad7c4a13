import { realpathSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { isFilePath } from "#cli/config/resolve-config.ts";
import { didYouMean } from "#cli/suggest.ts";
import { importUserModule, loadedSources, type SourceFile } from "#cli/user-module.ts";
import { DrydockError } from "#engine/errors.ts";
import { isStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";

export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** Absolute path; null for a built-in one. */
  readonly file: string | null;
  /** The strategy file and the local files it imports, for the run hash; empty for a built-in one. */
  readonly sources: readonly SourceFile[];
}

export interface StrategyRequest {
  /** A built-in name, a file, or `file.ts#name` where a file holds several. */
  readonly wanted: string;
  readonly builtIns: readonly Strategy[];
  /** Base of a relative path. */
  readonly folder: string;
}

/**
 * @throws E_UNKNOWN_STRATEGY for an unknown name, or when a file holds several and none was chosen
 * @throws E_FILE_MISSING, E_STRATEGY_FILE for a file that is not there, can not be read or holds no strategy
 */
export async function loadStrategy(request: StrategyRequest): Promise<LoadedStrategy> {
  const { wanted, builtIns, folder } = request;
  const [path, chosen] = splitChoice(wanted);
  if (!isFilePath(path)) {
    return { strategy: builtIn(wanted, builtIns, folder), file: null, sources: [] };
  }
  const file = resolve(folder, path);
  const strategies = await strategiesOf(file);
  return {
    strategy: choose(strategies, chosen, path),
    file: realpathSync(file),
    sources: strategySources(file),
  };
}

/** Every strategy that a file exports, by its export's name. @throws E_FILE_MISSING, E_STRATEGY_FILE */
export async function strategiesOf(file: string): Promise<ReadonlyMap<string, Strategy>> {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts?.isFile() !== true) {
    throw new DrydockError("E_FILE_MISSING", `The strategy file "${file}" does not exist`, {
      hint: "Check the path",
      or: "drydock strategy ls",
    });
  }
  const module = await importUserModule(urlOf(file), "E_STRATEGY_FILE");
  const found = new Map<string, Strategy>();
  for (const [name, value] of Object.entries(module)) {
    if (isStrategy(value) && ![...found.values()].includes(value)) found.set(name, value);
  }
  if (found.size > 0) return found;
  throw new DrydockError("E_STRATEGY_FILE", `"${file}" exports no strategy`, {
    hint: 'Write export const myStrategy = defineStrategy({ … }), imported from "drydock"',
  });
}

/**
 * The loaded strategy file and the local files it imports, transitively, with the SHA-256 of what was executed.
 * Paths are relative to the strategy's folder with forward slashes, so they are the same on every machine.
 */
export function strategySources(file: string): readonly SourceFile[] {
  const url = urlOf(file);
  const folder = dirname(realpathSync(file));
  return loadedSources(url)
    .map(({ path, sha256 }) => ({ path: relative(folder, path).split(sep).join("/"), sha256 }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Node names modules by their real place, whatever links lead there. */
function urlOf(file: string): URL {
  return pathToFileURL(realpathSync(file));
}

/** `folder/file.ts#name` → the file and the name; a `#` elsewhere in a path is part of it. */
function splitChoice(wanted: string): readonly [string, string | undefined] {
  const match = /^(.+\.[cm]?[jt]s)#([^/\\]+)$/.exec(wanted);
  return match === null ? [wanted, undefined] : [match[1] ?? "", match[2]];
}

function choose(
  strategies: ReadonlyMap<string, Strategy>,
  chosen: string | undefined,
  path: string,
): Strategy {
  const entries = [...strategies];
  if (chosen === undefined) {
    const [only, second] = entries;
    if (only !== undefined && second === undefined) return only[1];
    const choices = entries.map(([name]) => `${path}#${name}`).join(" or ");
    throw new DrydockError("E_UNKNOWN_STRATEGY", `"${path}" holds ${entries.length} strategies`, {
      hint: `Name one: ${choices}`,
    });
  }
  const match = entries.find(([name, strategy]) => name === chosen || strategy.name === chosen);
  if (match !== undefined) return match[1];
  const names = entries.map(([name]) => name);
  throw new DrydockError("E_UNKNOWN_STRATEGY", `"${path}" holds no strategy "${chosen}"`, {
    hint: didYouMean(chosen, names, `It holds ${names.join(", ")}`),
  });
}

function builtIn(name: string, builtIns: readonly Strategy[], folder: string): Strategy {
  const found = builtIns.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  const local = [`strategies/${name}.ts`, `${name}.ts`, `strategies/${name}.js`, `${name}.js`].find(
    (path) => statSync(resolve(folder, path), { throwIfNoEntry: false })?.isFile() === true,
  );
  const names = builtIns.map((strategy) => strategy.name);
  const hint =
    local === undefined
      ? didYouMean(
          name,
          names,
          "Name a built-in strategy, or the file of your own: ./strategies/mine.ts",
        )
      : `Did you mean the file "./${local}"?`;
  throw new DrydockError("E_UNKNOWN_STRATEGY", `Unknown strategy "${name}"`, {
    hint,
    or: "drydock strategy ls",
  });
}
