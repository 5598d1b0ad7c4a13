import type { Engine } from "#engine/engine.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { LiveBars } from "#live/driver/live-bars.ts";

/** A candle that has closed, in the columns that the engine reads. */
export interface ClosedBar {
  /** Its place among the engine's series. */
  readonly series: number;
  readonly symbol: number;
  readonly bars: LiveBars;
  readonly row: number;
}

/** The news of it: however late it comes, its price is that of its close, here by the venue's clock. */
export function barEvent({ series, symbol, bars, row }: ClosedBar): EngineEvent {
  const event = new EngineEvent();
  event.kind = EVENT.barClosed;
  event.series = series;
  event.symbol = symbol;
  event.index = row;
  event.asOf = (bars.time[row] as number) + bars.intervalMs;
  return event;
}

/** Whether an open trade has met prices in it that its books do not know. @param closedAt by the engine's clock */
export function meetsTrade({ ledger }: Engine, bar: ClosedBar, closedAt: number): boolean {
  const { symbol, bars, row } = bar;
  return ledger.wouldWiden(symbol, bars.low[row] as number, bars.high[row] as number, closedAt);
}
