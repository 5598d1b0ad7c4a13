import type { Engine } from "#engine/engine.ts";
import type { Position } from "#engine/ledger/position.ts";
import type { OpenTrade } from "#engine/ledger/trade-log.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { EquityColumns } from "#engine/result/run-result.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

/** No execution has been seen in the bar. */
const NOTHING_SEEN = Number.POSITIVE_INFINITY;

/**
 * Equity, its low and the exposure at every close of the run's clock, as growing columns. While the account is flat
 * only the equity is written: every page of memory that is touched costs more than the arithmetic. What is missing
 * (the low of a flat bar is its equity) is filled in when the columns are asked for.
 */
export class EquityRecorder {
  readonly #engine: Engine;
  readonly #instruments: readonly Instrument[];
  readonly #clocks: readonly EngineSeries[];
  readonly #from: number = 0;
  /** Several clocks: the times have to be written down. */
  readonly #isMerged: boolean;
  #length = 0;
  #time: Float64Array;
  #equity: Float64Array;
  #low: Float64Array;
  #gross: Float64Array;
  /** Smallest distance between mark and liquidation price, a fraction of the mark; NaN without a position. */
  minLiqDistance = Number.NaN;

  /** Lowest equity before an execution since the close before, for positions that the close does not see any more. */
  #seenLow = NOTHING_SEEN;

  constructor(
    engine: Engine,
    instruments: readonly Instrument[],
    clocks: readonly EngineSeries[],
    from: number,
  ) {
    this.#engine = engine;
    this.#instruments = instruments;
    this.#clocks = clocks;
    this.#from = from;
    this.#isMerged = clocks.length > 1;
    const rows = clocks.reduce((most, clock) => Math.max(most, clock.bars.length), 1);
    this.#time = new Float64Array(this.#isMerged ? rows : 0);
    this.#equity = new Float64Array(rows);
    this.#low = new Float64Array(rows);
    this.#gross = new Float64Array(rows);
  }

  /** Before an execution is booked: the way of the price to it may have been the worst of the bar. */
  see(execution: EngineEvent): void {
    if (execution.kind === EVENT.liquidated) this.minLiqDistance = 0;
    const { symbol, lowTicks, highTicks } = execution;
    // Where only one price was seen, the execution tells it all.
    if (!(lowTicks < highTicks)) return;
    const { ledger, desk, liquidationPrices } = this.#engine;
    const position = ledger.positions[symbol] as Position;
    if (position.qtyLots === 0) return;
    const { tick } = this.#instruments[symbol] as Instrument;
    const liquidation = liquidationPrices[symbol] as number;
    // The last price may go beyond the liquidation price where the mark did not.
    const adverse =
      position.qtyLots > 0
        ? atLeast(fromUnits(tick, lowTicks), liquidation)
        : atMost(fromUnits(tick, highTicks), liquidation);
    const change = position.unrealised(adverse) - position.unrealised(desk.marks[symbol] as number);
    const low = ledger.equity(desk.marks) + change;
    if (low < this.#seenLow) this.#seenLow = low;
  }

  /** A close without any position. */
  recordFlat(time: number): void {
    if (this.#seenLow !== NOTHING_SEEN) {
      this.record(time);
      return;
    }
    if (time <= this.#from) return;
    if (this.#length === this.#equity.length) this.#grow();
    this.#equity[this.#length] = this.#engine.ledger.wallet;
    if (this.#isMerged) this.#time[this.#length] = time;
    this.#length += 1;
  }

  record(time: number): void {
    if (time <= this.#from) return;
    if (this.#length === this.#equity.length) this.#grow();
    const at = this.#length;
    this.#length = at + 1;
    const { ledger, desk, liquidationPrices } = this.#engine;
    const { positions } = ledger;
    let equity = ledger.wallet;
    let low = equity;
    let gross = 0;
    for (let symbol = 0; symbol < positions.length; symbol++) {
      const position = positions[symbol] as Position;
      const lots = position.qtyLots;
      if (lots === 0) continue;
      const mark = desk.marks[symbol] as number;
      const liquidation = liquidationPrices[symbol] as number;
      const qty = position.qty;
      const profit = qty * mark - (lots > 0 ? position.entryValue : -position.entryValue);
      equity += profit;
      const trade = ledger.trades.open[symbol] as OpenTrade;
      // A position that was opened at this very close has not lived through the bar.
      const adverse =
        trade.openedAt === time ? mark : this.#adverse(symbol, lots, time, mark, liquidation);
      low += profit + qty * (adverse - mark);
      gross += (lots > 0 ? qty : -qty) * mark;
      const distance = mark > liquidation ? mark - liquidation : liquidation - mark;
      // Compared without dividing: it is the minimum once in a thousand bars.
      if (!(distance >= this.minLiqDistance * mark)) this.minLiqDistance = distance / mark;
    }
    if (this.#isMerged) this.#time[at] = time;
    this.#equity[at] = equity;
    const hasSeen = this.#seenLow !== NOTHING_SEEN;
    if (hasSeen) {
      low = Math.min(low, this.#seenLow);
      this.#seenLow = NOTHING_SEEN;
    }
    // Positions that share their margin do not meet their worst prices at one instant: the venue ends them at zero.
    if (low < 0 && equity >= 0) low = 0;
    if (hasSeen) this.#low[at] = low;
    if (gross === 0) return;
    this.#low[at] = low;
    this.#gross[at] = gross;
  }

  /** Takes the last close again, with what has been executed since: a run that stops between two closes. */
  restate(time: number): void {
    if (this.#length === 0) return;
    this.#length -= 1;
    this.#gross[this.#length] = 0;
    this.#low[this.#length] = 0;
    this.record(time);
  }

  columns(): EquityColumns {
    const length = this.#length;
    if (!this.#isMerged) this.#takeClockTimes();
    for (let at = 0; at < length; at++) {
      const isUnseen = this.#gross[at] === 0 && this.#low[at] === 0;
      if (isUnseen) this.#low[at] = this.#equity[at] as number;
    }
    return {
      length,
      time: this.#time.subarray(0, length),
      equity: this.#equity.subarray(0, length),
      equityLow: this.#low.subarray(0, length),
      grossNotional: this.#gross.subarray(0, length),
    };
  }

  /** The bar's extreme against the position, or the mark itself where the bar is not the one that closes now. */
  #adverse(symbol: number, lots: number, time: number, mark: number, liquidation: number): number {
    const { bars, index } = this.#clocks[symbol] as EngineSeries;
    if (index < 0 || (bars.time[index] as number) + bars.intervalMs !== time) return mark;
    // The last price may go beyond the liquidation price where the mark did not: the position is still there.
    return lots > 0
      ? Math.min(mark, atLeast(bars.low[index] as number, liquidation))
      : Math.max(mark, atMost(bars.high[index] as number, liquidation));
  }

  /** One symbol: the times are the closes of its candles, from the first one after the start. */
  #takeClockTimes(): void {
    this.#time = new Float64Array(this.#length);
    const { bars } = this.#clocks[0] as EngineSeries;
    let row = 0;
    while (row < bars.length && (bars.time[row] as number) + bars.intervalMs <= this.#from) row++;
    for (let at = 0; at < this.#length; at++) {
      this.#time[at] = (bars.time[row + at] as number) + bars.intervalMs;
    }
  }

  #grow(): void {
    const rows = Math.ceil(this.#equity.length * 1.5) + 1;
    if (this.#isMerged) this.#time = grown(this.#time, rows);
    this.#equity = grown(this.#equity, rows);
    this.#low = grown(this.#low, rows);
    this.#gross = grown(this.#gross, rows);
  }
}

function atLeast(value: number, bound: number): number {
  return value < bound ? bound : value;
}

function atMost(value: number, bound: number): number {
  return value > bound ? bound : value;
}

function grown(column: Float64Array, rows: number): Float64Array {
  const copy = new Float64Array(rows);
  copy.set(column);
  return copy;
}
