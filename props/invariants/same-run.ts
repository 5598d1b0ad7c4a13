import { holds, type InvariantName } from "#props/invariants/invariant-broken.ts";
import { instrumentsOf, type PlayedRun } from "#props/invariants/played-run.ts";
import { firstDifference, recordText } from "#props/invariants/record-text.ts";

type Ended = Pick<PlayedRun, "backtest" | "rows">;

/**
 * Two runs left the same: every record, the equity at every bar, and what was counted besides, to the last bit.
 * @param other how the second one differs, in a few words, for the message
 * @throws InvariantBroken with the first record that differs
 */
export function checkSameRun(
  invariant: InvariantName,
  first: Ended,
  second: Ended,
  other: string,
): void {
  const at = firstDifference(first.rows, second.rows);
  const instruments = instrumentsOf(first as PlayedRun);
  holds(
    invariant,
    at < 0,
    () =>
      `Record ${at}: ${recordText(first.rows[at], instruments)}; ${other}: ${recordText(second.rows[at], instruments)}`,
  );
  const [one, two] = [traceOf(first), traceOf(second)];
  for (const [what, value] of Object.entries(one)) {
    const twin = two[what as keyof typeof two];
    holds(invariant, value === twin, () => `The ${what} is ${value}; ${other}: ${twin}`);
  }
}

/** What a run leaves besides its records, as texts that are the same when every bit is. */
function traceOf({ backtest }: Ended): Readonly<Record<string, string>> {
  const { length, time, equity, equityLow, grossNotional } = backtest.recorder.columns();
  const { ledger, orderManager } = backtest.engine;
  const column = (values: Float64Array): string => Array.from(values.subarray(0, length)).join();
  return {
    "times of the equity": column(time),
    equity: column(equity),
    "lowest equity": column(equityLow),
    notional: column(grossNotional),
    wallet: String(ledger.wallet),
    "count of orders": JSON.stringify(orderManager.counts.totals()),
    "ambiguity band": JSON.stringify(backtest.exchange.band.result(0)),
    "distance to liquidation": JSON.stringify(backtest.recorder.minLiqDistance),
    progress: JSON.stringify(backtest.progress),
  };
}
