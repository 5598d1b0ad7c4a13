import { assert } from "#engine/assert.ts";
import type { MarketFeed, MarketFeedListener, VenueCandle } from "#live/ports/market-feed.ts";
import type { CandlePublisher } from "./candle-publisher.ts";
import type { CrashPoints } from "./crash-points.ts";
import { KEEPER_TERMS, StreamKeeper } from "./stream-keeper.ts";
import type { VenueGate } from "./venue-gate.ts";
import type { MessageSource, VirtualNet } from "./virtual-net.ts";
import type { VirtualProcess } from "./virtual-process.ts";
import type { WireRow } from "./wire.ts";
import { numberIn, textIn, Unreadable } from "./wire-rows.ts";

export interface FeedParts {
  readonly net: VirtualNet;
  readonly publisher: CandlePublisher;
  readonly process: VirtualProcess;
  readonly points: CrashPoints;
  /** Candles are asked for at the same address as everything else. */
  readonly gate: VenueGate;
}

export interface FeedTerms {
  readonly timeoutMs: number;
  readonly candleMs: number;
}

/** The candles of a venue as an adapter would bring them, over the virtual net, for one life of the program. */
export class SimMarketFeed implements MarketFeed {
  readonly #parts: FeedParts;
  readonly #terms: FeedTerms;
  readonly #keeper: StreamKeeper;
  #listener: MarketFeedListener | null = null;

  constructor(parts: FeedParts, terms: FeedTerms) {
    this.#parts = parts;
    this.#terms = terms;
    const source: MessageSource = {
      listen: (sink) => parts.publisher.listen((row) => sink({ topic: "candle", row })),
    };
    this.#keeper = new StreamKeeper(
      { net: parts.net, process: parts.process, source },
      ["candle"],
      { ...KEEPER_TERMS, topicSilenceMs: 3 * terms.candleMs },
      {
        onUp: () => this.#listener?.onRestored(),
        onDown: (why) => this.#listener?.onLost(why),
        onMessage: ({ row }) => this.#onRow(row),
      },
    );
  }

  connect(listener: MarketFeedListener): void {
    this.#parts.points.around("feed.connect", () => {
      assert(this.#listener === null, () => "A feed is connected once");
      this.#listener = listener;
      this.#keeper.start();
    });
  }

  ask(
    range: { readonly symbol: string; readonly since: number; readonly until: number },
    done: (candles: readonly VenueCandle[] | null) => void,
  ): void {
    this.#parts.points.around("feed.ask", () => {
      const { net, process, publisher, gate } = this.#parts;
      let isAnswered = false;
      const answer = (candles: readonly VenueCandle[] | null): void => {
        if (isAnswered) return;
        isAnswered = true;
        timer.cancel();
        done(candles);
      };
      const timer = net.time.after(this.#terms.timeoutMs, () => answer(null), process);
      const handle = (): readonly WireRow[] | null =>
        gate.servesCandles() ? publisher.rows(range.symbol, range.since, range.until) : null;
      net.call(process, handle, {
        onReply: (rows) => answer(rows === null ? null : rows.map(candleOf)),
        onFailed: () => answer(null),
      });
    });
  }

  close(): void {
    this.#parts.points.around("feed.close", () => {
      this.#keeper.stop();
      this.#listener = null;
    });
  }

  #onRow(row: WireRow): void {
    try {
      this.#listener?.onCandle(candleOf(row));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#keeper.restart(`a candle could not be read: ${error.message}`);
    }
  }
}

/** Prices are taken as they are, whatever they are: who uses them looks at them first. */
function candleOf(row: WireRow): VenueCandle {
  const price = (field: string): number => {
    const value = row[field];
    return typeof value === "number" ? value : Number.NaN;
  };
  return {
    symbol: textIn(row, "symbol"),
    intervalMs: numberIn(row, "interval"),
    time: numberIn(row, "time"),
    open: price("open"),
    high: price("high"),
    low: price("low"),
    close: price("close"),
    volume: price("volume"),
  };
}
