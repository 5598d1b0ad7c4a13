import { globSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { packageInfo } from "#cli/package-info.ts";
import { DrydockError } from "#engine/errors.ts";

const SCENARIO_FILE = /\.(?:ya?ml|json)$/i;
/** A deeper tree is a mistake, not a collection of scenarios. */
const DEPTH_MAX = 16;

/** The folder of the scenarios that come with drydock. */
export function scenarioLibrary(): string {
  return join(packageInfo().root, "scenarios");
}

/**
 * The scenario files that words mean: files, folders with all that is below them, patterns; each once.
 * @throws E_FILE_MISSING when a word means none
 */
export function findScenarioFiles(words: readonly string[]): readonly string[] {
  const files = new Set<string>();
  for (const word of words.length > 0 ? words : [scenarioLibrary()]) {
    const found = filesOf(word);
    if (found.length === 0) {
      throw new DrydockError("E_FILE_MISSING", `There is no scenario at "${word}"`, {
        hint: "Name a .yaml or .json file, a folder of them, or a pattern in quotes",
      });
    }
    for (const file of found) files.add(file);
  }
  return [...files];
}

function filesOf(word: string): readonly string[] {
  const kind = statSync(word, { throwIfNoEntry: false });
  if (kind?.isFile() === true) return [word];
  if (kind?.isDirectory() === true) return below(word, 0);
  return globSync(word)
    .sort()
    .flatMap((path) => (statSync(path).isDirectory() ? below(path, 0) : [path]));
}

function below(folder: string, depth: number): readonly string[] {
  if (depth > DEPTH_MAX) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".")) return [];
      if (entry.isDirectory()) return below(path, depth + 1);
      return SCENARIO_FILE.test(entry.name) ? [path] : [];
    });
}
