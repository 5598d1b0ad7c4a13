import { type BarColumns, type FundingColumns, makeBars } from "#engine/market/bars.ts";
import { fromUnits, makeGrid, toUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { RandomStream } from "./random-stream.ts";
import type { WorldMarket } from "./venue-matcher.ts";

export interface MarketTerms {
  readonly exchange: string;
  readonly symbol: string;
  /** Open of the first bar, epoch ms. */
  readonly start: number;
  readonly barMs: number;
  readonly bars: number;
  readonly price: number;
  /** Typical move of a bar, percent of the price. */
  readonly movePct: number;
  /** Share of bars with a move ten times as large, and of bars in which next to nothing is traded. */
  readonly jumps: number;
  readonly droughts: number;
  /** Typical volume of a bar, base units. */
  readonly volume: number;
  readonly fundingMs: number;
}

const MAX_LEVERAGE = 50;
/** A price never falls below this share of the first one, nor rises above its inverse: it is turned back there. */
const RANGE = 0.2;

/** A market of drawn candles and funding rates. Prices lie on the tick. */
export function drawMarket(stream: RandomStream, terms: MarketTerms): WorldMarket {
  const instrument = instrumentOf(terms);
  return {
    instrument,
    bars: drawBars(stream, terms, instrument),
    funding: drawFunding(stream, terms),
  };
}

/** A contract whose tick is about a hundredth of a percent of the price, and whose lot is worth about a unit of quote. */
function instrumentOf({ exchange, symbol, price }: MarketTerms): Instrument {
  const magnitude = magnitudeOf(price);
  return {
    exchange,
    symbol,
    tick: makeGrid(decimalStep(magnitude - 4)),
    lot: makeGrid(decimalStep(-magnitude)),
    minQty: 0,
    maxQty: Number.POSITIVE_INFINITY,
    minNotional: 5,
    maxLeverage: MAX_LEVERAGE,
    tiers: [
      { upTo: 1_000_000, maintenancePct: 1, maxLeverage: MAX_LEVERAGE, deduction: 0 },
      { upTo: Number.POSITIVE_INFINITY, maintenancePct: 2, maxLeverage: 25, deduction: 10_000 },
    ],
    isPerpetual: true,
  };
}

/** The power of ten at or below a price. */
function magnitudeOf(price: number): number {
  let power = 0;
  while (decimalStep(power + 1) <= price) power += 1;
  while (decimalStep(power) > price) power -= 1;
  return power;
}

/** Ten to a power, as its decimal text reads. */
function decimalStep(power: number): number {
  return Number(`1e${power}`);
}

function drawBars(stream: RandomStream, terms: MarketTerms, { tick }: Instrument): BarColumns {
  const bars = makeBars(terms.barMs, terms.bars);
  const first = toUnits(tick, terms.price);
  let last = first;
  // One draw for the shape of a bar and one for its volume: a run has many bars.
  for (let row = 0; row < terms.bars; row++) {
    const size = stream.chance(terms.jumps) ? 10 : 1;
    const reach = (size * last * terms.movePct) / 100;
    const drift = last < first * RANGE ? 1 : last > first / RANGE ? -1 : 0;
    const shape = stream.next();
    const part = (bits: number): number => ((shape >>> bits) & 0xff) / 255;
    // The sum of two: near zero more often than far, with an end.
    const move = (part(0) + part(8) - 1 + drift) * reach;
    const close = Math.max(1, Math.round(last + move));
    const high = Math.max(last, close) + Math.round(part(16) * reach * 0.5);
    const low = Math.min(last, close) - Math.round(part(24) * reach * 0.5);
    bars.time[row] = terms.start + row * terms.barMs;
    bars.open[row] = fromUnits(tick, last);
    bars.high[row] = fromUnits(tick, high);
    bars.low[row] = fromUnits(tick, Math.max(1, low));
    bars.close[row] = fromUnits(tick, close);
    const isDry = terms.droughts > 0 && stream.chance(terms.droughts);
    const volume = 2 * stream.uniform() * terms.volume * (isDry ? 0.001 : 1);
    bars.volume[row] = Math.round(volume * 1e6) / 1e6;
    last = close;
  }
  return bars;
}

/** From the first whole stamp on; a rate of at most 0.05 % a stamp. */
function drawFunding(stream: RandomStream, terms: MarketTerms): FundingColumns {
  const { start, fundingMs, bars, barMs } = terms;
  const first = Math.ceil(start / fundingMs) * fundingMs;
  const count = Math.max(0, Math.ceil((start + bars * barMs - first) / fundingMs));
  const time = new Float64Array(count);
  const rate = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    time[row] = first + row * fundingMs;
    rate[row] = stream.integer(-500, 500) / 1_000_000;
  }
  return { length: count, time, rate };
}
