import { resolveAgedConfig } from "#engine/aged/aged-config.ts";
import { DrydockError } from "#engine/errors.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { Backtest } from "#sim/backtest.ts";
import { compareOutcome, type Difference } from "#sim/scenario/compare-outcome.ts";
import { OrderLog } from "#sim/scenario/order-log.ts";
import { outcomeOf } from "#sim/scenario/outcome-of.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";
import { scenarioMarket } from "#sim/scenario/scenario-market.ts";
import type { ScenarioOutcome } from "#sim/scenario/scenario-outcome.ts";
import { Script } from "#sim/scenario/scripted-strategy.ts";

export interface ScenarioResult {
  readonly name: string;
  readonly source: string | null;
  /** Null without an expectation. */
  readonly passed: boolean | null;
  readonly differences: readonly Difference[];
  readonly outcome: ScenarioOutcome;
}

/**
 * Runs a scenario through the same driver, engine and simulated exchange as any backtest, and compares what happened
 * with what it expects.
 * @throws E_SCENARIO where the engine does not take a step
 */
export function runScenario(scenario: Scenario): ScenarioResult {
  const log = new OrderLog();
  const script = new Script(scenario, (name, ask) => {
    log.expect(name);
    const ref = ask();
    // Handed over at once, so that every intent up to here bears this name.
    backtest.engine.records.flush();
    return ref;
  });
  const backtest = new Backtest({
    symbols: scenario.symbols.map((symbol) =>
      scenarioMarket(symbol, {
        start: scenario.start,
        intervalMs: scenario.intervalMs,
        walksDetail: scenario.venue.intrabar === "detail",
      }),
    ),
    strategy: script.strategy,
    params: {},
    rules: scenario.rules,
    risk: scenario.risk,
    aged: scenario.aged === null ? null : resolveAgedConfig(scenario.aged, scenario.venue.takerPct),
    settings: scenario.venue,
    startBalance: scenario.balance,
    leverage: scenario.leverage,
    from: scenario.start,
    recordSink: log.sink,
  });
  const { rows, agedBars } = watch(scenario, backtest, script, log);
  backtest.run();
  const [failure] = backtest.engine.failures;
  if (failure !== undefined) throw stepFailure(scenario, failure.error);
  const outcome = outcomeOf(scenario, backtest, { log, rows, agedBars, tooSmall: script.tooSmall });
  const { expect } = scenario;
  const differences = expect === null ? [] : compareOutcome(expect, outcome, scenario);
  const passed = expect === null ? null : differences.length === 0;
  const { name, source } = scenario;
  return { name, source, passed, differences, outcome };
}

interface Watched {
  /** Row of the finest candles of each execution. */
  readonly rows: readonly number[];
  /** Bar of each transition of the aged rules. */
  readonly agedBars: readonly number[];
}

/**
 * Notes what the records do not tell. Rows of the finest candles in which the executions happen, in their order: a
 * time alone does not tell whether a fill belongs to the bar that closes then or to the one that opens. And what the
 * venue refuses without an order behind it: another leverage, more margin.
 */
function watch(scenario: Scenario, backtest: Backtest, script: Script, log: OrderLog): Watched {
  const rows: number[] = [];
  const agedBars: number[] = [];
  const { engine } = backtest;
  const handle = engine.process.bind(engine);
  engine.process = (event) => {
    const { kind, index, requestId, reason } = event;
    const isFill = kind === EVENT.orderFilled || kind === EVENT.orderPartiallyFilled;
    if (isFill || kind === EVENT.liquidated) rows.push(index);
    handle(event);
    const transitions = engine.aged?.log.history.length ?? 0;
    while (agedBars.length < transitions) agedBars.push(barOf(scenario, event));
    if (kind !== EVENT.commandRejected) return;
    if (engine.orderManager.store.find(requestId) !== undefined) return;
    // What was refused before stands in the records that are not handed over yet.
    engine.records.flush();
    log.refuse(script.lastChange, reason);
  };
  return { rows, agedBars };
}

/** What is decided belongs to the bar that closes then, everything else to the bar in which it happens. */
function barOf({ start, intervalMs }: Scenario, { kind, time }: EngineEvent): number {
  const bars = (time - start) / intervalMs;
  return kind === EVENT.decide ? Math.ceil(bars) - 1 : Math.floor(bars);
}

function stepFailure(scenario: Scenario, error: unknown): DrydockError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DrydockError("E_SCENARIO", `Scenario "${scenario.name}": ${reason}`, {
    hint: "Correct the step that asks for it",
    cause: error,
  });
}
