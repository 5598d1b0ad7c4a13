/** A candle as a venue tells it; nothing about it is certain before it is checked. */
export interface VenueCandle {
  readonly symbol: string;
  readonly intervalMs: number;
  /** Open time, epoch ms of the venue. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units; NaN where the venue does not tell. */
  readonly volume: number;
}

/** The candles that a venue publishes for everybody. The feed redials by itself until it is closed. */
export interface MarketFeed {
  connect(listener: MarketFeedListener): void;
  /**
   * Asks for the closed candles that opened from `since` on and before `until`, epoch ms: what a stream missed is not
   * told again. Answered by exactly one call of `done`, never inside `ask`; null when they could not be had.
   */
  ask(
    range: { readonly symbol: string; readonly since: number; readonly until: number },
    done: (candles: readonly VenueCandle[] | null) => void,
  ): void;
  close(): void;
}

export interface MarketFeedListener {
  /** A candle of which the venue says that it has closed. It may be late, come twice, or be none. */
  onCandle(candle: VenueCandle): void;
  onLost(why: string): void;
  onRestored(): void;
}
