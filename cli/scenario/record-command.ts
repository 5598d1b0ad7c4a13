import { writeFileSync } from "node:fs";

import { type PreparedRun, prepareRun } from "#cli/backtest/prepare-run.ts";
import { requestOfRecord } from "#cli/backtest/request-of-record.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { findRun } from "#cli/runs/find-run.ts";
import { parseScenarioFile } from "#cli/scenario/parse-scenario.ts";
import { chooseWindows } from "#cli/scenario/record/choose-window.ts";
import { parseTimeBound } from "#cli/time-bound.ts";
import { DrydockError } from "#engine/errors.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { type Cut, cutScenario } from "#sim/scenario/record/cut-scenario.ts";
import { type ObservedRun, observeRun } from "#sim/scenario/record/observe-run.ts";
import { scenarioYaml } from "#sim/scenario/record/scenario-yaml.ts";
import { runScenario, type ScenarioResult } from "#sim/scenario/run-scenario.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";

interface Args {
  readonly run: string;
  readonly around: string | undefined;
  readonly bars: number;
  readonly out: string | undefined;
}

/** Does a stored run again, cuts a window out of it, and hands it out only when the scenario reproduces the run. */
export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const around = momentOf(args.around);
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const request = requestOfRecord(found.record, values.dataDir, process.cwd());
  const notice = (text: string): void => context.talk.detail(text);
  const prepared = await prepareRun(request, context.signal, notice);
  const observed = observeRun(runConfig(prepared), found.record.end?.bars ?? null);
  const recorded = record(observed, prepared.config.strategy, found.id, {
    around,
    bars: args.bars,
  });
  const { text, cut, scenario } = recorded;
  if (args.out !== undefined) write(args.out, text);
  const { start, intervalMs } = scenario;
  const bars = Math.max(...scenario.symbols.map(({ candles }) => candles.length));
  return {
    data: {
      run: found.id,
      file: args.out ?? null,
      name: scenario.name,
      from: new Date(start).toISOString(),
      to: new Date(start + bars * intervalMs).toISOString(),
      bars,
      steps: scenario.steps.length,
      fills: scenario.expect?.fills?.length ?? 0,
      beginsWith: cut.window.isFlat ? "flat" : "position",
      text,
    },
    text: ({ style }) =>
      args.out === undefined
        ? text
        : `${style("good", "written")}  ${args.out}: ${bars} bars, ${scenario.steps.length} steps\n`,
  };
}

/** What the run was made of, as a backtest takes it. */
function runConfig(prepared: PreparedRun): Omit<BacktestConfig, "recordSink"> {
  const { config, market, loaded, params, rules, aged, settings } = prepared;
  const { symbols, from } = market;
  const { risk, leverage, balance: startBalance } = config;
  const { strategy } = loaded;
  return { symbols, strategy, params, rules, risk, aged, settings, startBalance, leverage, from };
}

function momentOf(text: string | undefined): number {
  if (text === undefined) {
    throw new DrydockError(
      "E_USAGE",
      "Option --around is missing: it names the moment to cut out",
      {
        hint: "--around 2024-03-05T10:00Z",
      },
    );
  }
  const bound = parseTimeBound(text, "--around");
  if (bound.kind === "at") return bound.ms;
  throw new DrydockError("E_USAGE", `Option --around is a moment, not the distance "${text}"`, {
    hint: "--around 2024-03-05T10:00Z",
  });
}

interface Recorded {
  readonly text: string;
  readonly cut: Cut;
  readonly scenario: Scenario;
}

/**
 * Tries the ways in which a window can be told, the plainest first: with the run's exit rules, then with every order
 * of theirs as a step of its own; from a flat account, then with a position that is opened first.
 * @throws E_EXPECTATION when none of them comes out as the run did
 */
function record(
  observed: ObservedRun,
  strategy: string,
  id: string,
  wish: { readonly around: number; readonly bars: number },
): Recorded {
  const moment = new Date(wish.around).toISOString();
  const words = {
    name: `${id} around ${moment}`,
    source: `run ${id} of strategy ${strategy}`,
  };
  let nearest: ScenarioResult | null = null;
  for (const window of chooseWindows(observed, wish.around, wish.bars)) {
    for (const placesRules of [false, true]) {
      const cut = { window, placesRules };
      const text = scenarioYaml(cutScenario(observed, cut, words));
      const [scenario] = parseScenarioFile(text, "recorded.yaml") as [Scenario, ...Scenario[]];
      const result = runScenario(scenario);
      if (result.passed === true) return { text, cut, scenario };
      if (nearest === null || result.differences.length < nearest.differences.length) {
        nearest = result;
      }
    }
  }
  throw irreproducible(moment, nearest);
}

function irreproducible(moment: string, nearest: ScenarioResult | null): DrydockError {
  const [first] = nearest?.differences ?? [];
  const message = `No scenario around ${moment} comes out as the run did`;
  const shown =
    first === undefined
      ? undefined
      : `${first.path}: the run had ${JSON.stringify(first.expected)}, the scenario ${JSON.stringify(first.actual)}`;
  return new DrydockError("E_EXPECTATION", message, {
    while: shown,
    hint: "Choose a moment nearer to a flat account, or more or fewer --bars",
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new DrydockError("E_NOT_WRITABLE", `The file "${file}" can not be written`, {
      hint: "Choose another --out",
      cause: error,
    });
  }
}
