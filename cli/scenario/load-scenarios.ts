import { readFileSync } from "node:fs";

import { findScenarioFiles } from "#cli/scenario/find-scenario-files.ts";
import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { DrydockError } from "#engine/errors.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";

export interface LoadedScenario {
  readonly file: string;
  readonly scenario: Scenario;
}

/**
 * Reads and checks every scenario that the words mean, before any is run.
 * @throws E_SCENARIO, E_FILE_MISSING, E_FILE_UNREADABLE
 */
export function loadScenarios(words: readonly string[]): readonly LoadedScenario[] {
  return findScenarioFiles(words).flatMap((file) => {
    const scenarios = parseScenarioFile(readText(file), file);
    if (scenarios.length === 0) {
      throw new DrydockError("E_SCENARIO", `${file}:1: there is no scenario in the file`, {
        hint: 'A scenario has at least "name" and "candles"',
      });
    }
    return scenarios.map((scenario) => ({ file, scenario }));
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DrydockError("E_FILE_UNREADABLE", `The file "${file}" can not be read`, {
      hint: "Check the path and the permissions",
      cause: error,
    });
  }
}
