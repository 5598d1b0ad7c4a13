import type { BarColumns } from "#engine/market/bars.ts";
import { fundingStamp } from "#engine/market/funding-stamp.ts";
import { formatInterval } from "#engine/market/interval.ts";
import { fromUnits, type Grid, toUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { MarkSeries } from "#sim/mark-series.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import type { RecordWindow } from "./record-window.ts";

type CandleRow = readonly number[] | "gap";

/** Bars that stand before the window for a position that is held when it begins. */
export interface LeadIn {
  readonly bars: number;
  /** Price of each symbol in them. */
  readonly price: (symbol: string) => number;
}

/** Everything that a scenario says of the market of one symbol in a window. */
export function marketRows(
  market: BacktestSymbol,
  window: RecordWindow,
  leadIn: LeadIn,
  maintenanceOn: VenueSettings["maintenanceOn"],
): Readonly<Record<string, unknown>> {
  const { instrument, strategyBars, bars, marks, index } = market;
  const { tick } = instrument;
  const still = stillRow(leadIn.price(instrument.symbol));
  const before = Array.from({ length: leadIn.bars }, () => still);
  const perBar = window.intervalMs / bars.intervalMs;
  const gaps = Array.from({ length: leadIn.bars * perBar }, (): CandleRow => "gap");
  return {
    instrument: instrumentRow(instrument, maintenanceOn),
    candles: [...before, ...candleRows(strategyBars, window, tick)],
    mark: marks === null ? undefined : [...before, ...priceRows(strategyBars, marks, window)],
    index: index ? [...before, ...priceRows(strategyBars, index, window)] : undefined,
    detail:
      bars === strategyBars
        ? undefined
        : {
            interval: formatInterval(bars.intervalMs),
            candles: [...gaps, ...candleRows(bars, window, tick)],
          },
    funding: fundingRows(market, window, leadIn.bars),
  };
}

function stillRow(price: number): readonly number[] {
  return [price, price, price, price];
}

function instrumentRow(
  instrument: Instrument,
  maintenanceOn: VenueSettings["maintenanceOn"],
): object {
  const { symbol, tick, lot, minQty, maxQty, minNotional, maxLeverage, priceBandPct } = instrument;
  return {
    symbol,
    tick: tick.step,
    lot: lot.step,
    minQty: minQty > 0 ? minQty : undefined,
    maxQty: Number.isFinite(maxQty) ? maxQty : undefined,
    minNotional: minNotional > 0 ? minNotional : undefined,
    maxLeverage,
    priceBandPct,
    maintenanceOn,
    tiers: instrument.tiers.map(({ upTo, ...rest }) => ({
      upTo: Number.isFinite(upTo) ? upTo : undefined,
      ...rest,
    })),
  };
}

function candleRows(bars: BarColumns, window: RecordWindow, tick: Grid): readonly CandleRow[] {
  const rows = gapsOf(bars.intervalMs, window);
  eachRow(bars, window, (row, at) => {
    const onTick = (column: Float64Array): number =>
      fromUnits(tick, toUnits(tick, column[row] as number));
    const volume = bars.volume[row] as number;
    const prices = [onTick(bars.open), onTick(bars.high), onTick(bars.low), onTick(bars.close)];
    rows[at] = Number.isNaN(volume) ? prices : [...prices, volume];
  });
  return rows;
}

/** The mark or index of each bar as the venue sees it, whatever interval it is stored in. */
function priceRows(
  bars: BarColumns,
  prices: BarColumns,
  window: RecordWindow,
): readonly (readonly number[] | null)[] {
  const series = new MarkSeries(bars, prices);
  const rows = gapsOf(bars.intervalMs, window).map((): readonly number[] | null => null);
  eachRow(bars, window, (row, at) => {
    series.seek(row);
    const { open, low, high } = series;
    const close = series.closeOf(row);
    rows[at] = [open, Math.max(open, high, close), Math.min(open, low, close), close];
  });
  return rows;
}

function gapsOf(intervalMs: number, { start, end }: RecordWindow): CandleRow[] {
  return Array.from({ length: (end - start) / intervalMs }, (): CandleRow => "gap");
}

function eachRow(
  bars: BarColumns,
  { start, end }: RecordWindow,
  visit: (row: number, at: number) => void,
): void {
  for (let row = 0; row < bars.length; row++) {
    const time = bars.time[row] as number;
    if (time >= start && time < end) visit(row, (time - start) / bars.intervalMs);
  }
}

/** Rates whose stamp is the open of a bar; a scenario can name no others. */
function fundingRows(
  { funding }: BacktestSymbol,
  { start, end, intervalMs }: RecordWindow,
  shift: number,
): readonly object[] | undefined {
  const rows: object[] = [];
  for (let row = 0; funding !== null && row < funding.length; row++) {
    const bar = (fundingStamp(funding.time[row] as number) - start) / intervalMs;
    const isInside = bar >= 1 && bar < (end - start) / intervalMs;
    if (isInside && Number.isInteger(bar)) {
      rows.push({ bar: bar + shift, rate: funding.rate[row] as number });
    }
  }
  return rows.length === 0 ? undefined : rows;
}
