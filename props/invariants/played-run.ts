import { isoTime } from "#engine/market/iso-time.ts";
import { COMMAND } from "#engine/model/command.ts";
import type { EngineEvent } from "#engine/model/event.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { type RecordRow, RecordRows } from "#engine/testing/record-rows.ts";
import { InvariantBroken } from "#props/invariants/invariant-broken.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";

/** A run that has ended, with all its records. */
export interface PlayedRun {
  readonly backtest: Backtest;
  readonly rows: readonly RecordRow[];
  /** Whether an order was asked to become larger or smaller: records do not tell its size then. */
  readonly isResizing: boolean;
}

/** What a run is made of; its records are kept. */
export type RunConfig = Omit<BacktestConfig, "recordSink">;

/** Called after every event, before what the engine asks for leaves it. */
export type RunWatch = (backtest: Backtest, event: EngineEvent) => void;

/**
 * Runs to the end.
 * @throws InvariantBroken `runsToItsEnd` when the strategy throws
 */
export function playRun(config: RunConfig, watch: RunWatch | null = null): PlayedRun {
  const records = new RecordRows();
  const backtest = new Backtest({ ...config, recordSink: records.sink });
  const { engine, exchange } = backtest;
  let isResizing = false;
  const submit = exchange.submit.bind(exchange);
  exchange.submit = (command) => {
    const { kind, qtyLots } = command;
    isResizing ||= kind === COMMAND.amend && qtyLots === qtyLots;
    submit(command);
  };
  if (watch !== null) {
    const handle = engine.process.bind(engine);
    engine.process = (event) => {
      handle(event);
      watch(backtest, event);
    };
  }
  backtest.run();
  const [failure] = engine.failures;
  if (failure !== undefined) {
    const { error, time } = failure;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new InvariantBroken("runsToItsEnd", `The strategy threw ${what} at ${isoTime(time)}`, {
      cause: error,
    });
  }
  return { backtest, rows: records.rows, isResizing };
}

export function instrumentsOf({ backtest }: PlayedRun): readonly Instrument[] {
  return backtest.symbols.map(({ instrument }) => instrument);
}
