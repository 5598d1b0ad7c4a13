import { type BarColumns, lowerBound } from "#engine/market/bars.ts";
import type { WarmupFacts } from "#reports/diagnostics/lint-subject.ts";

/** One symbol with the bars that a strategy reads of it. */
export interface WarmedSymbol {
  readonly symbol: string;
  /** The strategy's own bars. */
  readonly bars: BarColumns;
  /** Further intervals by their word. */
  readonly higher: ReadonlyMap<string, BarColumns>;
}

/**
 * When a strategy was to decide first and when it could: the close of the bar on which its indicators have their
 * values on every interval, for the symbol that is ready last.
 * @param needs Bars of each interval that pass before the first value; the key "" is the strategy's own interval.
 * @param from Decisions fall on closes at or after this time, epoch ms.
 */
export function warmupFacts(
  symbols: readonly WarmedSymbol[],
  needs: ReadonlyMap<string, number>,
  from: number,
  isStartAsked: boolean,
): WarmupFacts {
  const facts = symbols.map((one) => {
    const readyAt = readyTime(one, needs);
    return {
      isStartAsked,
      symbol: one.symbol,
      intervalMs: one.bars.intervalMs,
      wanted: closeAtOrAfter(one.bars, from) ?? from,
      firstDecision: readyAt === null ? null : closeAtOrAfter(one.bars, Math.max(from, readyAt)),
    };
  });
  return facts.reduce((a, b) => (delayOf(b) > delayOf(a) ? b : a));
}

function delayOf({ wanted, firstDecision }: WarmupFacts): number {
  return firstDecision === null ? Number.POSITIVE_INFINITY : firstDecision - wanted;
}

/** When every interval has seen the bars it needs; null when a series is shorter than that. */
function readyTime(
  { bars, higher }: WarmedSymbol,
  needs: ReadonlyMap<string, number>,
): number | null {
  let ready = Number.NEGATIVE_INFINITY;
  for (const [word, count] of needs) {
    const series = word === "" ? bars : (higher.get(word) ?? bars);
    if (count >= series.length) return null;
    ready = Math.max(ready, (series.time[count] as number) + series.intervalMs);
  }
  return ready;
}

function closeAtOrAfter(bars: BarColumns, time: number): number | null {
  const row = lowerBound(bars.time, bars.length, time - bars.intervalMs);
  return row < bars.length ? (bars.time[row] as number) + bars.intervalMs : null;
}
