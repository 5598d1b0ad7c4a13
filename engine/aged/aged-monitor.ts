/** Which prices count and when the stream is silent, all in ms. */
export interface AgedPriceRules {
  /** A price is fresh when now − its exchange time is at most this. */
  readonly maxPriceAgeMs: number;
  /** Without a fresh price for so long a poll is wished for; Infinity: never. */
  readonly pollAfterMs: number;
  /** Pause between two polls of one symbol. */
  readonly pollEveryMs: number;
}

/** Prices of a live ticker: seconds old at most, polled when the stream is silent. */
export const LIVE_PRICES: AgedPriceRules = {
  maxPriceAgeMs: 5_000,
  pollAfterMs: 5_000,
  pollEveryMs: 2_000,
};

/** Prices of a backtest: the close that is being handled, and nobody to ask for another. */
export const BACKTEST_PRICES: AgedPriceRules = {
  maxPriceAgeMs: 0,
  pollAfterMs: Number.POSITIVE_INFINITY,
  pollEveryMs: Number.POSITIVE_INFINITY,
};

/** What is known of the price of one watched symbol, as plain values; −1 stands for a time that never was. */
export interface WatchedPrice {
  price: number | null;
  /** Exchange time of that price, epoch ms. */
  asOf: number;
  /** When the latest fresh price came, or the watch began. */
  heardAt: number;
  polledAt: number;
}

const NEVER = -1;

/**
 * Which price the rules act on. A price counts when it is newer by exchange time than the one before and not too old;
 * a stream that has fallen silent becomes a wish for a poll, which obeys the same rule (I53, I54).
 */
export class AgedMonitor {
  readonly #rules: AgedPriceRules;
  readonly #watched = new Map<number, WatchedPrice>();

  constructor(rules: AgedPriceRules) {
    this.#rules = rules;
  }

  /** Prices of the symbol are wanted from now on; a watch that goes on keeps what it knows. */
  watch(symbol: number, now: number): void {
    if (this.#watched.has(symbol)) return;
    this.#watched.set(symbol, { price: null, asOf: NEVER, heardAt: now, polledAt: NEVER });
  }

  leave(symbol: number): void {
    this.#watched.delete(symbol);
  }

  /** Takes a price from the stream or a poll; false when it is no fresh one. */
  take(symbol: number, price: number, asOf: number, now: number): boolean {
    const watched = this.#watched.get(symbol);
    if (watched === undefined) return false;
    if (!(price > 0) || price === Number.POSITIVE_INFINITY || !(asOf > watched.asOf)) return false;
    // A stamp far ahead of the clock is as wrong as an old one, and would make every later price look old.
    if (Math.abs(now - asOf) > this.#rules.maxPriceAgeMs) return false;
    watched.price = price;
    watched.asOf = asOf;
    watched.heardAt = now;
    return true;
  }

  /** The latest price while it is still fresh, else NaN. */
  freshPrice(symbol: number, now: number): number {
    const watched = this.#watched.get(symbol);
    if (watched === undefined || watched.price === null) return Number.NaN;
    return now - watched.asOf <= this.#rules.maxPriceAgeMs ? watched.price : Number.NaN;
  }

  /** The latest price however old it is; null before the first. */
  lastPrice(symbol: number): number | null {
    return this.#watched.get(symbol)?.price ?? null;
  }

  /** Symbols whose price is to be polled now, ascending; each is named once per pause. */
  takePolls(now: number): readonly number[] {
    const symbols: number[] = [];
    for (const [symbol, watched] of this.#watched) {
      if (now < this.#pollAt(watched)) continue;
      watched.polledAt = now;
      symbols.push(symbol);
    }
    return symbols.sort((a, b) => a - b);
  }

  /** When the next poll is due; Infinity without one. */
  get nextPollAt(): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.#rules.pollAfterMs === next) return next;
    for (const watched of this.#watched.values()) {
      const at = this.#pollAt(watched);
      if (at < next) next = at;
    }
    return next;
  }

  stateOf(symbol: number): WatchedPrice | null {
    const watched = this.#watched.get(symbol);
    return watched === undefined ? null : { ...watched };
  }

  restore(symbol: number, state: WatchedPrice): void {
    this.#watched.set(symbol, { ...state });
  }

  #pollAt(watched: WatchedPrice): number {
    const { pollAfterMs, pollEveryMs } = this.#rules;
    const silentAt = watched.heardAt + pollAfterMs;
    return watched.polledAt === NEVER
      ? silentAt
      : Math.max(silentAt, watched.polledAt + pollEveryMs);
  }
}
