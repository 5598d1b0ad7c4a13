import { isoTime } from "#engine/market/iso-time.ts";
import { fromUnits } from "#engine/model/grid.ts";
import { RECORD } from "#engine/records/record-log.ts";
import { holds } from "#props/invariants/invariant-broken.ts";
import { instrumentsOf, type PlayedRun } from "#props/invariants/played-run.ts";
import { backtestResult } from "#sim/backtest-result.ts";

/**
 * A position is flat between long and short: no execution turns it around.
 * @throws InvariantBroken `neverFlips`
 */
export function checkNeverFlips(run: PlayedRun): void {
  const held = new Map<number, number>();
  for (const row of run.rows) {
    if (row[0] !== RECORD.ledger) continue;
    const [, time = 0, slot = 0] = row;
    const before = held.get(slot) ?? 0;
    const after = row[8] as number;
    holds("neverFlips", before * after >= 0, () => {
      const instrument = instrumentsOf(run)[slot];
      const qty = (lots: number): number =>
        instrument === undefined ? lots : fromUnits(instrument.lot, lots);
      return `An execution of ${isoTime(time)} turned ${qty(before)} ${instrument?.symbol ?? ""} into ${qty(after)}`;
    });
    held.set(slot, after);
  }
}

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday: weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** A period at whose end every position must be flat, UTC. */
export type Period = "day" | "week";

/**
 * No position is held from one period into the next. Orders of the last decision of a period are filled in the first
 * bar after it, so a position that began before the boundary may end inside that bar.
 * @throws InvariantBroken `flatBy`
 */
export function checkFlatBy(run: PlayedRun, period: Period): void {
  const { trades, openTrades } = backtestResult(run.backtest);
  for (const { symbol, openedAt, closedAt } of [...trades, ...openTrades]) {
    const boundary = nextBoundary(openedAt, period);
    const bars = run.backtest.symbols.find((one) => one.instrument.symbol === symbol)?.bars;
    const first = bars?.time.subarray(0, bars.length).find((time) => time >= boundary);
    // Nothing traded after the boundary: nobody could have left.
    if (bars === undefined || first === undefined) continue;
    const end = first + bars.intervalMs;
    holds("flatBy", closedAt !== null && closedAt <= end, () => {
      const until = closedAt === null ? "is still open" : `ends at ${isoTime(closedAt)}`;
      return `The ${symbol} position of ${isoTime(openedAt)} ${until}, after the ${period} that ends at ${isoTime(boundary)}`;
    });
  }
}

/** The first end of a period after a time. */
function nextBoundary(time: number, period: Period): number {
  const length = period === "day" ? DAY_MS : 7 * DAY_MS;
  const offset = period === "day" ? 0 : FIRST_MONDAY_MS;
  return (Math.floor((time - offset) / length) + 1) * length + offset;
}
