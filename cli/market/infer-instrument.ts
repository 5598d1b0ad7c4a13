import type { InstrumentRecord } from "#data/store/instrument-table.ts";
import { priceDecimals } from "#data/store/price-decimals.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { isOnGrid, makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";

const DECIMALS_MAX = 8;
/** The smallest tick that is inferred. */
export const TICK_MIN = 1e-8;
const LOT = 1e-8;

/** One tier of 0.5 % up to 100 times: what a venue grants a large contract, and the default of scenario files. */
const DEFAULT_TIERS = [
  { upTo: Number.POSITIVE_INFINITY, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 },
] as const;

/** Spot pairs and shares have no funding; everything else that is traded here is a perpetual. */
export function isPerpetual(exchange: string): boolean {
  return !exchange.endsWith("-spot");
}

/**
 * The instrument of candles without stored terms: the tick is the largest power of ten (not below 1e-8) on which
 * every price lies, the lot 1e-8, no minimums.
 */
export function inferInstrument(exchange: string, symbol: string, bars: BarColumns): Instrument {
  return {
    exchange,
    symbol,
    tick: makeGrid(inferTick(bars)),
    lot: makeGrid(LOT),
    minQty: 0,
    maxQty: Number.POSITIVE_INFINITY,
    minNotional: 0,
    maxLeverage: 100,
    tiers: DEFAULT_TIERS,
    isPerpetual: isPerpetual(exchange),
  };
}

/** The instrument that a venue's stored record describes. */
export function storedInstrument(record: InstrumentRecord): Instrument {
  return {
    exchange: record.exchange,
    symbol: record.symbol,
    tick: makeGrid(record.tick),
    lot: makeGrid(record.lot),
    minQty: record.minQty,
    maxQty: record.maxQty ?? Number.POSITIVE_INFINITY,
    minNotional: record.minNotional,
    maxLeverage: record.maxLeverage,
    tiers: record.tiers.length > 0 ? record.tiers : DEFAULT_TIERS,
    isPerpetual: isPerpetual(record.exchange),
  };
}

/** The largest power of ten, not below 1e-8, of which every price is a multiple. */
export function inferTick(bars: BarColumns): number {
  const columns = [bars.open, bars.high, bars.low, bars.close].map((column) =>
    column.subarray(0, bars.length),
  );
  const decimals = Math.min(DECIMALS_MAX, priceDecimals(columns));
  if (decimals > 0) return Number(`1e-${decimals}`);
  let tick = 1;
  while (tick < 1e6 && columns.every((column) => areMultiples(column, tick * 10))) tick *= 10;
  return tick;
}

/** How many prices lie off the tick; they are rounded to the nearest one. */
export function countOffTick(bars: BarColumns, instrument: Instrument): number {
  let count = 0;
  for (const column of [bars.open, bars.high, bars.low, bars.close]) {
    for (let row = 0; row < bars.length; row++) {
      if (!isOnGrid(instrument.tick, column[row] as number)) count += 1;
    }
  }
  return count;
}

function areMultiples(column: Float64Array, step: number): boolean {
  for (let row = 0; row < column.length; row++) {
    if ((column[row] as number) % step !== 0) return false;
  }
  return true;
}
