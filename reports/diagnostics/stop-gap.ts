import type { BarColumns } from "#engine/market/bars.ts";
import type { FillRow } from "#engine/result/run-result.ts";
import { FillBars } from "#reports/diagnostics/fill-bars.ts";
import type { LintSubject } from "#reports/diagnostics/lint-subject.ts";
import { place } from "#reports/diagnostics/place.ts";
import type { Rule } from "#reports/diagnostics/rule.ts";
import { formatNumber } from "#reports/metrics/format.ts";

/** Beyond the trigger by more than this share of it: several times what a round trip costs. */
const BEYOND_PCT = 1;
/** Or by more than this many average ranges of the bars before: unusual for this market at this interval. */
const BEYOND_RANGES = 3;
/** But never less than this: in a market that stands still a few ticks are many ranges. */
const BEYOND_PCT_MIN = 0.1;
const RANGE_BARS = 20;

interface Gap {
  readonly fill: FillRow;
  readonly pct: number;
  readonly ranges: number;
  /** The trigger is known, not only that it lay between the close before and the open. */
  readonly isExact: boolean;
}

/**
 * Stops that filled at an open far beyond their trigger. A stop inside a bar fills at its trigger, so only the opens
 * count, and of an order that fills in parts only the first part. Where the order was amended (a trailing stop) its
 * last trigger is not in the records: it lay between the close before and the open, so the distance is at most the
 * one from that close, and the message says so.
 */
export const stopGap: Rule = (subject) => {
  const bars = new FillBars(subject.run);
  const seen = new Set<string>();
  const gaps: Gap[] = [];
  subject.run.fills.forEach((fill, row) => {
    const gap = gapOf(subject, bars, fill, row, seen);
    if (gap !== null) gaps.push(gap);
  });
  const [first] = gaps;
  if (first === undefined) return [];
  const { fill } = first;
  const worst = gaps.reduce((a, b) => (b.pct > a.pct ? b : a));
  const where = place(fill.time, fill.symbol, fill.tradeId);
  const bound = worst.isExact ? "" : "up to ";
  const message = `Stops filled at opens far beyond their trigger, first ${where}: the worst ${bound}${formatNumber(worst.pct, 2, "plain")} % (${formatNumber(worst.ranges, 1, "plain")} average ranges) beyond`;
  return [{ code: "stop-gap", message, count: gaps.length }];
};

function gapOf(
  subject: LintSubject,
  fillBars: FillBars,
  fill: FillRow,
  row: number,
  seen: Set<string>,
): Gap | null {
  const known = subject.stopFills.get(row);
  if (known === undefined) {
    if (fill.reason !== "stopLoss" && fill.reason !== "trailing") return null;
    // Without the records all executions of one stop look alike: the first of a trade is the one that triggered.
    const order = `${fill.tradeId} ${fill.reason}`;
    if (seen.has(order) || subject.stopFills.size > 0) return null;
    seen.add(order);
  }
  const found = fillBars.find(fill);
  if (found === null || found.row === 0) return null;
  const { bars, row: bar, tick } = found;
  if (bars.time[bar] !== fill.time) return null;
  const open = bars.open[bar] as number;
  const lastClose = bars.close[bar - 1] as number;
  const isExact = known !== undefined && !known.isAmended;
  const trigger = isExact ? known.triggerTicks * tick : lastClose;
  const beyond = fill.side === "sell" ? trigger - open : open - trigger;
  const pct = (100 * beyond) / trigger;
  const range = averageRange(bars, bar);
  const ranges = range > 0 ? beyond / range : Number.POSITIVE_INFINITY;
  const isLarge = pct > BEYOND_PCT || (pct > BEYOND_PCT_MIN && ranges > BEYOND_RANGES);
  return isLarge ? { fill, pct, ranges, isExact } : null;
}

/** Mean of high − low over the bars before a row. */
function averageRange(bars: BarColumns, row: number): number {
  const from = Math.max(0, row - RANGE_BARS);
  let sum = 0;
  for (let at = from; at < row; at++) sum += (bars.high[at] as number) - (bars.low[at] as number);
  return sum / (row - from);
}
