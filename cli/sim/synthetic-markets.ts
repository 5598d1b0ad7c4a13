import { resample } from "#engine/market/resample.ts";
import { RandomStreams } from "#live/faults/world/random-streams.ts";
import { parseSeed } from "#live/faults/world/seed.ts";
import type { WorldMarket } from "#live/faults/world/venue-matcher.ts";
import { drawMarket } from "#live/faults/world/world-market.ts";

export interface SyntheticTerms {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly candleMs: number;
  /** Candles before the first decision. */
  readonly history: number;
}

/** 2024-01-01T00:00Z. */
const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Days, or candles where those take longer: every seed finds another part of them. */
const DAYS = 30;
const CANDLES = 500;
/** All batches try the same prices. */
const SEED = parseSeed("1");
const PRICES = [40_000, 2_000, 100, 0.5];

/** Drawn candles, the same for everybody: of a minute or of the strategy's own interval if that is shorter. */
export function syntheticMarkets({ exchange, symbols, candleMs, history }: SyntheticTerms): {
  readonly markets: readonly WorldMarket[];
  readonly from: number;
  readonly to: number;
} {
  const barMs = Math.min(MINUTE, candleMs);
  const from = Math.ceil(START / candleMs) * candleMs;
  const start = from - history * candleMs;
  const length = Math.ceil(Math.max(DAYS * DAY, CANDLES * candleMs) / candleMs) * candleMs;
  const bars = Math.round((length + history * candleMs) / barMs);
  const streams = new RandomStreams(SEED);
  const markets = symbols.map((symbol, at) => {
    const price = PRICES[at % PRICES.length] as number;
    const market = drawMarket(streams.of(`synthetic ${symbol}`), {
      exchange,
      symbol,
      start,
      barMs,
      bars,
      price,
      movePct: 0.1 * Math.sqrt(barMs / MINUTE),
      jumps: 0.002,
      droughts: 0,
      volume: 50_000 / price,
      fundingMs: exchange === "hyperliquid" ? HOUR : 8 * HOUR,
    });
    const candles = candleMs === barMs ? market.bars : resample(market.bars, candleMs).bars;
    return { ...market, candles };
  });
  return { markets, from, to: from + length };
}
