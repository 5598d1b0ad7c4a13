import type { BarColumns } from "#engine/market/bars.ts";
import type { RunConfig } from "#props/invariants/played-run.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { cutScenario } from "#sim/scenario/record/cut-scenario.ts";
import { observeRun } from "#sim/scenario/record/observe-run.ts";
import { scenarioYaml } from "#sim/scenario/record/scenario-yaml.ts";

/**
 * A whole run as a scenario file: its market, its venue, the orders of the strategy as steps, and what came of them.
 * What a scenario can not say (another liquidation rule, funding on the index price) is left out.
 */
export function scenarioOf(
  config: RunConfig,
  words: { readonly name: string; readonly source: string },
): string {
  const observed = observeRun(config, null);
  const tables = config.symbols.map(({ strategyBars }) => strategyBars);
  const { intervalMs } = (config.symbols[0] as BacktestSymbol).strategyBars;
  const [state] = observed.states;
  if (state === undefined) return "";
  const window = {
    start: Math.min(...tables.map((bars) => bars.time[0] as number)),
    end: Math.max(...tables.map(endOf)),
    intervalMs,
    state,
    isFlat: true,
  };
  return scenarioYaml(cutScenario(observed, { window, placesRules: false }, words));
}

function endOf({ time, length, intervalMs }: BarColumns): number {
  return (time[length - 1] as number) + intervalMs;
}
