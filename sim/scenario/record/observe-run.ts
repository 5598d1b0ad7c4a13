import { Command } from "#engine/model/command.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import type { RunResult } from "#engine/result/run-result.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import { backtestResult } from "#sim/backtest-result.ts";

/** One execution as the venue told it; the n-th is the n-th fill of the result. */
export interface ObservedFill {
  readonly time: number;
  /** Position of the engine: a symbol, in hedge mode one side of it. */
  readonly slot: number;
  /** Null for a liquidation. */
  readonly requestId: number | null;
  readonly lots: number;
  /** Open time of the finest candle in which it happened. */
  readonly barTime: number;
}

/** The account after something was booked. */
export interface ObservedState {
  readonly time: number;
  readonly wallet: number;
  /** Signed size, base units, and average entry of each slot. */
  readonly positions: readonly { readonly qty: number; readonly entryPrice: number }[];
}

export interface ObservedRun {
  readonly backtest: Backtest;
  readonly result: RunResult;
  /** Everything that was asked of the venue, in order. */
  readonly commands: readonly Command[];
  readonly fills: readonly ObservedFill[];
  readonly states: readonly ObservedState[];
  /** When an order ended, by its request. */
  readonly endedAt: ReadonlyMap<number, number>;
}

const ENDS: ReadonlySet<number> = new Set([
  EVENT.orderFilled,
  EVENT.orderCancelled,
  EVENT.orderRejected,
  EVENT.orderExpired,
]);

/**
 * Does a run and notes what goes to the venue and what it answers.
 * @param bars Ends the run after so many bars, as an earlier one was ended; null for all of them
 */
export function observeRun(
  config: Omit<BacktestConfig, "recordSink">,
  bars: number | null,
): ObservedRun {
  const backtest = new Backtest({ ...config, recordSink: () => {} });
  const commands: Command[] = [];
  const fills: ObservedFill[] = [];
  const states: ObservedState[] = [stateOf(backtest, Number.NEGATIVE_INFINITY)];
  const endedAt = new Map<number, number>();
  listen(backtest, {
    onCommand: (command) => {
      const copy = new Command();
      copy.copy(command);
      commands.push(copy);
    },
    onEvent: (event) => {
      if (isFill(event)) fills.push(fillOf(backtest, event));
      if (isFill(event) || event.kind === EVENT.fundingPaid) {
        states.push(stateOf(backtest, event.time));
      }
      if (ENDS.has(event.kind)) endedAt.set(event.requestId, event.time);
    },
  });
  if (bars === null) backtest.run();
  else backtest.advance(bars);
  backtest.stop();
  return { backtest, result: backtestResult(backtest), commands, fills, states, endedAt };
}

interface Listeners {
  readonly onCommand: (command: Command) => void;
  /** After the engine has handled it. */
  readonly onEvent: (event: EngineEvent) => void;
}

function listen({ engine, exchange }: Backtest, { onCommand, onEvent }: Listeners): void {
  const submit = exchange.submit.bind(exchange);
  exchange.submit = (command) => {
    onCommand(command);
    submit(command);
  };
  const handle = engine.process.bind(engine);
  engine.process = (event) => {
    handle(event);
    onEvent(event);
  };
}

function isFill({ kind }: EngineEvent): boolean {
  return (
    kind === EVENT.orderFilled || kind === EVENT.orderPartiallyFilled || kind === EVENT.liquidated
  );
}

function fillOf(backtest: Backtest, event: EngineEvent): ObservedFill {
  const { bars } = backtest.clock(event.symbol);
  return {
    time: event.time,
    slot: event.symbol,
    requestId: event.kind === EVENT.liquidated ? null : event.requestId,
    lots: event.qtyLots,
    barTime: bars.time[event.index] as number,
  };
}

function stateOf({ engine }: Backtest, time: number): ObservedState {
  const { wallet, positions } = engine.ledger;
  return {
    time,
    wallet,
    positions: positions.map(({ qty, entryPrice }) => ({ qty, entryPrice })),
  };
}
