import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";

/** The contract of tests and of markets in memory: tick 0.01, lot 0.001, one tier without an end, no limits. */
export const PLAIN_INSTRUMENT: Instrument = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  tick: makeGrid(0.01),
  lot: makeGrid(0.001),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 100,
  tiers: [{ upTo: Number.POSITIVE_INFINITY, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 }],
  isPerpetual: true,
};
