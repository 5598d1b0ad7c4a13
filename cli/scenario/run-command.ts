import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { loadScenarios } from "#cli/scenario/load-scenarios.ts";
import { scenarioDocument } from "#cli/scenario/scenario-document.ts";
import { scenarioTable, scenarioText } from "#cli/scenario/scenario-text.ts";
import { runScenario } from "#sim/scenario/run-scenario.ts";

interface Args {
  readonly files: readonly string[];
}

/** Exit 0 when no expectation failed, 7 when one did; a file that is no valid scenario ends it before any is run. */
export function run(_context: CommandContext, args: Args): Promise<CommandResult> {
  const results = loadScenarios(args.files).map(({ file, scenario }) => ({
    file,
    result: runScenario(scenario),
  }));
  const hasFailed = results.some(({ result }) => result.passed === false);
  return Promise.resolve({
    data: scenarioDocument(results.map(({ result }) => result)),
    exit: hasFailed ? 7 : 0,
    text: (view) => scenarioText(results, view),
    plain: () => scenarioTable(results),
  });
}
