import { type BarAnomaly, BarIntake } from "#live/driver/bar-intake.ts";
import type { LiveBars } from "#live/driver/live-bars.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import type { DriverClock } from "#live/ports/driver-clock.ts";
import type { MarketFeed, MarketFeedListener, VenueCandle } from "#live/ports/market-feed.ts";

/** How long the candles of one close are waited for, ms. */
const WAIT_MS = 1_500;
/** A close that is older than this many candles is history: nothing is decided on it any more. */
const FRESH_CANDLES = 1;
/** Candles that wait for missing ones before them; of more, the gap stays. */
const HELD_MAX = 64;

export interface MarketParts {
  readonly driver: TargetDriver;
  readonly feed: MarketFeed;
  readonly clock: DriverClock;
  /** Candles that are loaded at the start, per symbol. */
  readonly history: number;
}

interface Symbol {
  readonly name: string;
  readonly bars: LiveBars;
  readonly intake: BarIntake;
  /** Places of its series in the engine: both sides in hedge mode. */
  readonly series: readonly number[];
  /** Candles that wait for those before them. */
  readonly held: VenueCandle[];
  isAsking: boolean;
}

/**
 * Brings the candles of a venue to an engine: the history first, then each candle once, after its close and in order, what
 * a stream left out fetched in between. Once the candles of a close are there for every symbol, or have been waited for,
 * the engine decides.
 */
export class MarketIntake implements MarketFeedListener {
  readonly #parts: MarketParts;
  readonly #symbols: ReadonlyMap<string, Symbol>;
  /** Symbols whose candle of a close is still missing. */
  readonly #missing = new Map<number, Set<string>>();

  constructor(parts: MarketParts) {
    this.#parts = parts;
    const { bars, series } = parts.driver.made;
    this.#symbols = new Map(
      [...bars].map(([name, columns]) => [
        name,
        {
          name,
          bars: columns,
          intake: new BarIntake(columns),
          series: series.get(name) ?? [],
          held: [],
          isAsking: false,
        },
      ]),
    );
  }

  /** Loads the history and listens from then on. */
  start(): void {
    const { feed, history } = this.#parts;
    const now = this.#now();
    for (const symbol of this.#symbols.values()) {
      const { intervalMs } = symbol.bars;
      this.#fetch(symbol, now - history * intervalMs, now);
    }
    feed.connect(this);
  }

  stop(): void {
    this.#parts.feed.close();
  }

  onLost(_why: string): void {
    // What is missed shows as a gap, and is fetched then.
  }

  onRestored(): void {
    for (const symbol of this.#symbols.values()) this.#catchUp(symbol);
  }

  onCandle(candle: VenueCandle): void {
    const symbol = this.#symbols.get(candle.symbol);
    if (symbol === undefined || candle.intervalMs !== symbol.bars.intervalMs) return;
    const { bars, held } = symbol;
    const expected = nextOpen(bars);
    const isAhead = expected !== null && candle.time > expected;
    if (symbol.isAsking || isAhead) {
      if (held.length < HELD_MAX) held.push(candle);
      if (!symbol.isAsking) this.#fetch(symbol, expected as number, candle.time);
      return;
    }
    this.#take(symbol, candle);
  }

  /** Asks for what has closed since the last candle that is here. */
  #catchUp(symbol: Symbol): void {
    const since = nextOpen(symbol.bars);
    if (since !== null && !symbol.isAsking) this.#fetch(symbol, since, this.#now());
  }

  #fetch(symbol: Symbol, since: number, until: number): void {
    symbol.isAsking = true;
    const { driver, feed } = this.#parts;
    driver.gateway.fetch(feed, { symbol: symbol.name, since, until }, (candles) => {
      symbol.isAsking = false;
      for (const candle of candles ?? []) this.#take(symbol, candle);
      // Those that are held come after what was fetched, or leave a gap.
      for (const candle of symbol.held.splice(0).sort((a, b) => a.time - b.time)) {
        this.#take(symbol, candle);
      }
    });
  }

  #take(symbol: Symbol, candle: VenueCandle): void {
    const { driver } = this.#parts;
    const anomaly: BarAnomaly | null = symbol.intake.take(candle, this.#now());
    if (anomaly !== null) {
      // What was fetched may have come by the stream already.
      if (anomaly !== "duplicate") driver.onAnomaly(anomaly, symbol.name, candle.time);
      if (anomaly !== "gap") return;
    }
    const { bars } = symbol;
    const row = bars.length - 1;
    const closeTime = candle.time + bars.intervalMs;
    const isFresh = this.#now() < closeTime + (FRESH_CANDLES + 1) * bars.intervalMs;
    for (const series of symbol.series) {
      const closed = { series, symbol: series, bars, row };
      if (isFresh) driver.onBar(closed);
      else driver.onHistory(closed);
    }
    if (isFresh) this.#expect(symbol, closeTime);
  }

  #expect(symbol: Symbol, closeTime: number): void {
    let missing = this.#missing.get(closeTime);
    if (missing === undefined) {
      missing = new Set(this.#symbols.keys());
      this.#missing.set(closeTime, missing);
      const { clock } = this.#parts;
      clock.at(clock.now() + WAIT_MS, () => this.#decide(closeTime));
    }
    missing.delete(symbol.name);
    if (missing.size === 0) this.#decide(closeTime);
  }

  #decide(closeTime: number): void {
    if (this.#missing.delete(closeTime)) this.#parts.driver.decide(closeTime);
  }

  #now(): number {
    return this.#parts.driver.venueTime.now();
  }
}

/** Where the next candle opens; null before the first. */
function nextOpen(bars: LiveBars): number | null {
  if (bars.length === 0) return null;
  return (bars.time[bars.length - 1] as number) + bars.intervalMs;
}
