import { assertNever } from "#engine/assert.ts";
import type { LookupAsk, PageAsk } from "#live/ports/venue-port.ts";
import type { Faults } from "./faults.ts";
import type { ServerOrder } from "./server-order.ts";
import type { VenueBooks } from "./venue-books.ts";
import type { VenueMatcher } from "./venue-matcher.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { WireReply, WireRow } from "./wire.ts";
import { replyOf, replyRows } from "./wire-reply.ts";
import type { VenueClock } from "./world-clocks.ts";

export interface ListTerms {
  readonly pageSize: number;
  readonly lagMsMax: number;
  /** Orders that ended without a fill are kept so long, ms; Infinity: for ever. */
  readonly cancelledHistoryMs: number;
}

/** An order that is there is missed by so many look-ups at most: fewer than prove that it is not. */
const MISSES_MAX = 2;
/** The venue's clock is off by less than this, ms: times in rows are its own. */
const CLOCK_OFF_MAX = 600_000;
/** A list drops a page silently at most once in so long: two cuts of an account do not lack the same row. */
const MISSING_PAGE_EVERY_MS = 600_000;

/** What the account's owner may read: lists in pages, and look-ups of one order. */
export class VenueLists {
  readonly #time: VirtualTime;
  readonly #clock: VenueClock;
  readonly #faults: Faults;
  readonly #books: VenueBooks;
  readonly #matcher: VenueMatcher;
  readonly #terms: ListTerms;
  readonly #settings: () => readonly WireRow[];
  readonly #missedAt = new Map<PageAsk["of"], number>();
  #restartedAt = Number.NEGATIVE_INFINITY;

  constructor(
    parts: {
      readonly time: VirtualTime;
      readonly clock: VenueClock;
      readonly faults: Faults;
      readonly books: VenueBooks;
      readonly matcher: VenueMatcher;
    },
    terms: ListTerms,
    settings: () => readonly WireRow[],
  ) {
    this.#time = parts.time;
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#books = parts.books;
    this.#matcher = parts.matcher;
    this.#terms = terms;
    this.#settings = settings;
  }

  /** The venue starts anew: what it kept at hand of closed orders comes back only from its archive, later. */
  restart(): void {
    this.#restartedAt = this.#time.now;
  }

  page(ask: PageAsk): WireReply {
    const asOf = this.#clock.now();
    switch (ask.of) {
      case "positions":
        return this.#paged(ask, this.#positions());
      case "orders":
        return this.#paged(ask, this.#openOrders());
      case "executions":
        return this.#paged(ask, this.#executionsSince(ask.since));
      case "wallet":
        return replyRows([{ wallet: this.#matcher.exchange.account.wallet }], asOf);
      case "settings":
        return replyRows(this.#settings(), asOf);
      default:
        return assertNever(ask.of, "list");
    }
  }

  lookup(ask: LookupAsk): WireReply {
    const asOf = this.#clock.now();
    const order = this.#books.byClientId(ask.clientId);
    const rows = order === null ? [] : this.#found(order, ask.where);
    return rows.length > 0 ? replyRows(rows, asOf) : replyOf("notFound", "", asOf);
  }

  #found(order: ServerOrder, where: LookupAsk["where"]): readonly WireRow[] {
    const now = this.#time.now;
    if (order.visibleAt > now && order.misses < MISSES_MAX) {
      order.misses += 1;
      return [];
    }
    if (where === "executions") {
      return this.#books.executions
        .filter((execution) => execution.order === order)
        .map(({ row }) => row);
    }
    if (order.isLive !== (where === "open")) return [];
    if (where === "closed" && this.#isGone(order, now)) return [];
    return [order.row(this.#clock.at(order.isLive ? now : order.closedAt))];
  }

  #isGone(order: ServerOrder, now: number): boolean {
    if (order.filledLots === 0 && now - order.closedAt > this.#terms.cancelledHistoryMs) {
      this.#faults.note("X12");
      return true;
    }
    const isLost = order.closedAt <= this.#restartedAt;
    if (!isLost || now >= this.#restartedAt + this.#terms.lagMsMax) return false;
    if (order.misses >= MISSES_MAX) return false;
    order.misses += 1;
    return true;
  }

  #positions(): readonly (readonly [key: number, row: WireRow])[] {
    const rows: [number, WireRow][] = [];
    for (const slot of this.#matcher.slots) {
      const mark = this.#matcher.priceOf(slot);
      const row = this.#books.positionRow(slot, this.#time.now, mark);
      const isFlat = row["qty"] === 0;
      if (isFlat && !this.#faults.strikes("X15")) continue;
      rows.push([slot.index + 1, row]);
    }
    // Those of an empty side come first, whatever else is held.
    const emptyFirst = rows.toSorted(
      (a, b) => Number(a[1]["qty"] !== 0) - Number(b[1]["qty"] !== 0),
    );
    return emptyFirst.map(([, row], at) => [at + 1, row]);
  }

  /** The newest first; the key grows with age. */
  #openOrders(): readonly (readonly [key: number, row: WireRow])[] {
    const now = this.#time.now;
    const rows: [number, WireRow][] = [];
    for (const order of this.#books.orders.toReversed()) {
      if (!order.isLive || order.visibleAt > now || order.terms.origin === "venue") continue;
      rows.push([Number.MAX_SAFE_INTEGER - order.terms.number, order.row(this.#clock.now())]);
    }
    return rows;
  }

  /** The oldest first. */
  #executionsSince(since: number): readonly (readonly [key: number, row: WireRow])[] {
    const now = this.#time.now;
    const rows: [number, WireRow][] = [];
    const { executions } = this.#books;
    for (let at = executions.length - 1; at >= 0; at--) {
      const execution = executions[at];
      if (execution === undefined || execution.time < since - CLOCK_OFF_MAX) break;
      const isWanted = Number(execution.row["time"]) >= since;
      if (isWanted && execution.visibleAt <= now) rows.push([at + 1, execution.row]);
    }
    return rows.toReversed();
  }

  /** The rows after the cursor's key, and the key of the last as the next cursor when more follow. */
  #paged(ask: PageAsk, all: readonly (readonly [key: number, row: WireRow])[]): WireReply {
    const asOf = this.#clock.now();
    const after = ask.cursor === "" ? 0 : Number(ask.cursor);
    let rest = all.filter(([key]) => key > after);
    const hasMore = rest.length > this.#terms.pageSize;
    if ((hasMore || after > 0) && this.#faults.isOn("X14")) {
      if (after > 0 && this.#faults.of("X14").chance(0.5)) {
        if (this.#faults.strikes("X14")) {
          return replyRows(this.#rowsOf(rest), asOf, ask.cursor);
        }
      } else if (this.#dropsPage(ask.of)) {
        rest = rest.slice(this.#terms.pageSize);
      }
    }
    const last = rest[this.#terms.pageSize - 1];
    const next = last === undefined || rest.length <= this.#terms.pageSize ? "" : String(last[0]);
    return replyRows(this.#rowsOf(rest), asOf, next);
  }

  #rowsOf(rest: readonly (readonly [key: number, row: WireRow])[]): readonly WireRow[] {
    return rest.slice(0, this.#terms.pageSize).map(([, row]) => row);
  }

  #dropsPage(of: PageAsk["of"]): boolean {
    const last = this.#missedAt.get(of) ?? Number.NEGATIVE_INFINITY;
    if (this.#time.now - last < MISSING_PAGE_EVERY_MS || !this.#faults.strikes("X14")) return false;
    this.#missedAt.set(of, this.#time.now);
    return true;
  }
}
