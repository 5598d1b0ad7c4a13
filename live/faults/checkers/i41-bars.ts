import { must } from "#engine/assert.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import type { LiveBars } from "#live/driver/live-bars.ts";
import type { CheckerTerms, Tell } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/** A venue's clock may run ahead of the own by so much, ms. */
const AHEAD_MS = 5_000;

interface Intake {
  /** Rows that were looked at, by symbol. */
  readonly rows: Map<string, number>;
  /** Open times of candles behind a gap that was told. */
  readonly gaps: Set<string>;
}

/**
 * I41: candles enter the columns once, closed, in order and sane; what is left out between two was told as a gap, and
 * decisions are made on closes that were taken, each once.
 */
export const bars: CheckerTerms = {
  invariant: "I41",
  make: (_run, tell) => {
    /** Records of the decisions by account, strategy, index and close. */
    const decided = new Map<string, number>();
    const intakes = new Map<TargetView, Intake>();
    return {
      onRecord: ({ kind, target, data, event, orders, isReplay, seq }) => {
        for (const { before, after } of orders) {
          if (before !== null || after.strategy === ENGINE_STRATEGY) continue;
          const key = `${target.key} ${after.strategy} ${after.symbol} ${after.decidedAt}`;
          const first = decided.get(key) ?? seq;
          if (first !== seq)
            tell(`A candle is decided on once: ${key} in records ${first} and ${seq}`);
          decided.set(key, seq);
        }
        if (kind === "started" || !intakes.has(target)) {
          intakes.set(target, { rows: new Map(), gaps: new Set() });
        }
        const intake = must(intakes.get(target), "Every account has one");
        if (isReplay) return;
        if (kind === "data.anomaly") {
          const { anomaly, symbol, time } = data as Anomaly;
          if (anomaly === "gap") intake.gaps.add(`${symbol} ${time}`);
          return;
        }
        if (kind !== "barClosed" && kind !== "decide") return;
        for (const [symbol, columns] of target.driver?.made.bars ?? []) {
          look(symbol, columns, intake, target.world.clock.now(), tell);
        }
        if (kind !== "decide") return;
        const closeAt = Number(event["asOf"] ?? 0);
        if (!hasClosed(target, closeAt)) tell(`A decision has a candle: none closed at ${closeAt}`);
      },
    };
  },
};

interface Anomaly {
  readonly anomaly: string;
  readonly symbol: string;
  readonly time: number;
}

function look(symbol: string, columns: LiveBars, intake: Intake, now: number, tell: Tell): void {
  const { length, time, intervalMs, open, high, low, close } = columns;
  for (let row = intake.rows.get(symbol) ?? 0; row < length; row++) {
    const at = time[row] as number;
    const before = row === 0 ? at - intervalMs : (time[row - 1] as number);
    if (at <= before) tell(`Candles of ${symbol} rise: ${at} after ${before}`);
    const isGap = at !== before + intervalMs;
    if (isGap && !intake.gaps.has(`${symbol} ${at}`)) {
      tell(`A gap is told: ${symbol} has ${at} after ${before}`);
    }
    if (at + intervalMs > now + AHEAD_MS) tell(`A candle has closed: ${symbol} ${at} at ${now}`);
    const prices = [open[row], high[row], low[row], close[row]];
    if (!prices.every((price) => Number.isFinite(price) && (price as number) > 0)) {
      tell(`A candle has prices: ${symbol} ${at} has ${prices.join(", ")}`);
    }
  }
  intake.rows.set(symbol, length);
}

function hasClosed(target: TargetView, closeAt: number): boolean {
  for (const { length, time, intervalMs } of target.driver?.made.bars.values() ?? []) {
    // Later ones may have come while this one waited for those of other symbols.
    for (let row = length - 1; row >= 0 && (time[row] as number) + intervalMs >= closeAt; row--) {
      if ((time[row] as number) + intervalMs === closeAt) return true;
    }
  }
  return false;
}
