/**
 * Rows of one series while a file is being read, as growing columns. Every format ends here; what the columns mean
 * (interval, order, open or close stamps) is decided afterwards in `finish-series.ts`, once for all formats.
 */
export class RowColumns {
  length = 0;
  time: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  /** Line or row number in the file, from 1. */
  place: Uint32Array;

  constructor(capacity = 1_024) {
    this.time = new Float64Array(capacity);
    this.open = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.low = new Float64Array(capacity);
    this.close = new Float64Array(capacity);
    this.volume = new Float64Array(capacity);
    this.place = new Uint32Array(capacity);
  }

  /** Adds a row and returns its index; the caller fills the price columns at that index. */
  push(time: number, place: number): number {
    const index = this.length;
    if (index === this.time.length) this.#grow();
    this.time[index] = time;
    this.place[index] = place;
    this.length = index + 1;
    return index;
  }

  #grow(): void {
    const capacity = Math.max(1_024, this.time.length * 2);
    const grown = (from: Float64Array): Float64Array => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.time = grown(this.time);
    this.open = grown(this.open);
    this.high = grown(this.high);
    this.low = grown(this.low);
    this.close = grown(this.close);
    this.volume = grown(this.volume);
    const place = new Uint32Array(capacity);
    place.set(this.place);
    this.place = place;
  }
}

/** What a reader of one format found, before names and times are settled. */
export interface RawSeries {
  readonly format: string;
  /** `price` rows fill all columns, `rate` rows hold a funding rate in `open`. */
  readonly content: "price" | "rate";
  readonly rows: RowColumns;
  readonly symbol: string | null;
  readonly exchange: string | null;
  readonly market: Market | null;
  readonly interval: string | null;
  readonly kind: "mark" | "index" | null;
  /** `close` where a header says so. */
  readonly stamp: "open" | "close" | null;
  /** Open times of bars that the file marks as not closed. */
  readonly openTimes: ReadonlySet<number>;
  readonly unit: "line" | "row";
  readonly notes: readonly string[];
}

export type Market = "linear" | "inverse" | "spot";

/** A raw series of which nothing but the rows is known. */
export function makeRawSeries(
  known: Partial<RawSeries> & Pick<RawSeries, "format" | "content" | "rows">,
): RawSeries {
  return {
    symbol: null,
    exchange: null,
    market: null,
    interval: null,
    kind: null,
    stamp: null,
    openTimes: new Set(),
    unit: "row",
    notes: [],
    ...known,
  };
}
