import type { ScenarioResult } from "#sim/scenario/run-scenario.ts";

/** The document of `scenario run`: everything that happened, in the words of the format. */
export function scenarioDocument(results: readonly ScenarioResult[]): object {
  return {
    scenarios: results.map(({ name, source, passed, differences, outcome }) => ({
      name,
      source,
      passed,
      differences,
      ...outcome,
      aged: outcome.aged.map(({ reason: _reason, ...row }) => row),
    })),
    passed: results.filter(({ passed }) => passed === true).length,
    failed: results.filter(({ passed }) => passed === false).length,
  };
}
