import * as fc from "fast-check";
import type { FundingColumns } from "#engine/market/bars.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { PLAIN_INSTRUMENT } from "#engine/model/plain-instrument.ts";
import {
  fundingSeries,
  shiftTicks,
  type WalkTerms,
  walkBounds,
  walks,
} from "#props/arbitraries/candles.ts";
import { instruments } from "#props/arbitraries/instruments.ts";
import type { BarStep } from "#props/market/candle-walk.ts";

/** One symbol of a random market as data, so that a failure shrinks and can be varied. */
export interface RandomSymbol {
  readonly name: string;
  readonly instrument: Instrument;
  /** Length of its bars, ms. */
  readonly intervalMs: number;
  readonly walk: readonly BarStep[];
  /** Ticks between price and mark, and price and index; null: none is stored. */
  readonly markShift: number | null;
  readonly indexShift: number | null;
  readonly funding: FundingColumns;
}

export interface MarketTerms extends WalkTerms {
  /** How many symbols; default 1. */
  readonly symbols?: number | undefined;
  /** Length of a bar, ms; default one hour. */
  readonly intervalMs?: number | undefined;
  /** Random contracts instead of plain ones. */
  readonly instruments?: boolean | undefined;
  /** Mark and index candles in some markets; default on. */
  readonly marks?: boolean | undefined;
  /** Funding in some markets; default on. */
  readonly funding?: boolean | undefined;
}

const HOUR_MS = 3_600_000;
/** Names in the order in which markets get them. */
export const MARKET_NAMES = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"] as const;

/** Markets of several symbols on one interval, each with the mark, index and funding that belong to its candles. */
export function markets(terms: MarketTerms = {}): fc.Arbitrary<readonly RandomSymbol[]> {
  const { symbols = 1 } = terms;
  const names = Array.from({ length: symbols }, (_, at) => MARKET_NAMES[at] ?? `SYM${at}USDT`);
  return fc.tuple(...names.map((name) => symbolOf(name, terms)));
}

/** Parts that do not depend on each other, so that each shrinks for itself: funding beyond the last bar is no harm. */
function symbolOf(name: string, terms: MarketTerms): fc.Arbitrary<RandomSymbol> {
  const { intervalMs = HOUR_MS, marks = true, funding = true } = terms;
  const { maxBars } = walkBounds(terms);
  return fc.record({
    name: fc.constant(name),
    instrument: terms.instruments
      ? instruments(name)
      : fc.constant({ ...PLAIN_INSTRUMENT, symbol: name }),
    intervalMs: fc.constant(intervalMs),
    walk: walks(terms),
    markShift: marks ? fc.option(shiftTicks, { freq: 2 }) : fc.constant(null),
    indexShift: marks ? fc.option(shiftTicks) : fc.constant(null),
    funding: fundingSeries(maxBars, { intervalMs, ...(funding ? {} : { maxStamps: 0 }) }),
  });
}
