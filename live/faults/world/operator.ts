import type { FaultCode } from "./fault-codes.ts";
import type { Faults } from "./faults.ts";
import type { RandomStream } from "./random-stream.ts";
import type { VenueSlot } from "./venue-matcher.ts";
import type { VenueServer } from "./venue-server.ts";

/** Lots of a position opened by hand, up to. */
const LOTS_MAX = 50;
/** A key that was revoked is replaced by its owner within this time, ms. */
const KEY_GONE_MS_MAX = 1_800_000;

/**
 * What people and the venue itself do to an account without asking the program. Every deed draws from the stream of its
 * fault and returns whether there was anything to do.
 */
export class Operator {
  readonly #server: VenueServer;
  readonly #faults: Faults;
  readonly #after: (ms: number, run: () => void) => void;
  readonly #key: string;

  constructor(server: VenueServer, faults: Faults, after: (ms: number, run: () => void) => void) {
    this.#server = server;
    this.#faults = faults;
    this.#after = after;
    this.#key = server.gate.key;
  }

  /** O1: a position, or a part of it, is closed at the market. */
  closes(): boolean {
    return this.#reduce("O1", "operator", "trade");
  }

  /** O2: something is opened or added to, whether or not the engine trades it; half of the time another position is closed for it. */
  opens(): boolean {
    const stream = this.#faults.of("O2");
    const open = this.#server.matcher.slots.filter(
      ({ symbol }) => !this.#server.isDelisted(symbol),
    );
    if (open.length === 0) return false;
    const slot = stream.pick(open);
    const lots = stream.integer(1, LOTS_MAX);
    const isLong = slot.slot === "net" ? stream.chance(0.5) : slot.slot === "long";
    const by = { origin: "operator", cause: "trade", closes: false } as const;
    this.#server.placeByHand(slot, isLong ? lots : -lots, by);
    const other = this.#held().find((one) => one.symbol !== slot.symbol);
    if (other !== undefined && stream.chance(0.5)) this.#closeWhole(other);
    return true;
  }

  /** O3: one resting order, or all of them, are cancelled. */
  cancels(): boolean {
    const stream = this.#faults.of("O3");
    const live = this.#server.books.orders.filter(
      (order) => order.isLive && order.terms.origin === "client",
    );
    if (live.length === 0) return false;
    const chosen = stream.chance(0.5) ? live : [stream.pick(live)];
    for (const order of chosen) this.#server.cancelByHand(order);
    return true;
  }

  /** O4: leverage or a mode is another one. */
  changesTerms(): boolean {
    const stream = this.#faults.of("O4");
    const server = this.#server;
    const kind = stream.integer(0, 2);
    if (kind === 0) server.setLeverage(stream.pick(server.symbols), stream.integer(1, 20));
    else if (kind === 1) server.marginMode = server.marginMode === "cross" ? "isolated" : "cross";
    else server.positionMode = server.positionMode === "hedge" ? "oneWay" : "hedge";
    return true;
  }

  /** O5: the key is worth nothing until its owner puts it back. */
  revokesKey(): boolean {
    const { gate } = this.#server;
    if (gate.key !== this.#key) return false;
    gate.key = `${this.#key} revoked`;
    this.#after(this.#faults.delay("O5", 60_000, KEY_GONE_MS_MAX), () => {
      gate.key = this.#key;
    });
    return true;
  }

  /** O6: money comes or goes. */
  transfers(): boolean {
    const stream = this.#faults.of("O6");
    const { account } = this.#server.matcher.exchange;
    const share = stream.integer(1, 30) / 100;
    const amount = Math.round(account.wallet * share * 100) / 100;
    return this.#server.transfer(stream.chance(0.5) ? amount : -amount) !== 0;
  }

  /** X18: the venue takes a profitable or any position off, in part or whole; or a contract ends. */
  deleverages(): boolean {
    if (this.#faults.of("X18").chance(0.15)) return this.delists("X18");
    return this.#reduce("X18", "venue", "autoDeleverage");
  }

  /** D7, X18: a contract ends; one of them goes on for ever. */
  delists(code: FaultCode): boolean {
    const open = this.#server.symbols.filter((symbol) => !this.#server.isDelisted(symbol));
    if (open.length < 2) return false;
    this.#server.delist(this.#faults.of(code).pick(open));
    return true;
  }

  /** X19: for some minutes only some orders are taken, or nothing. */
  restricts(): boolean {
    const stream = this.#faults.of("X19");
    const mode = stream.pick(["closed", "reduceOnly", "postOnly"] as const);
    this.#server.gate.restrict(mode, stream.integer(5_000, 900_000));
    return true;
  }

  /** X22: a symbol takes other sizes. */
  changesFilter(): boolean {
    const stream = this.#faults.of("X22");
    const stepLots = stream.pick([1, 2, 5, 10]);
    const minLots = stepLots * stream.integer(1, 10);
    this.#server.setFilter(stream.pick(this.#server.symbols), { minLots, stepLots });
    return true;
  }

  #reduce(
    code: FaultCode,
    origin: "operator" | "venue",
    cause: "trade" | "autoDeleverage",
  ): boolean {
    const held = this.#held();
    if (held.length === 0) return false;
    const stream = this.#faults.of(code);
    const slot = stream.pick(held);
    const { qtyLots } = slot.sim.position;
    const lots = someOf(stream, Math.abs(qtyLots));
    this.#server.placeByHand(slot, qtyLots > 0 ? -lots : lots, { origin, cause, closes: true });
    return true;
  }

  #closeWhole(slot: VenueSlot): void {
    const by = { origin: "operator", cause: "trade", closes: true } as const;
    this.#server.placeByHand(slot, -slot.sim.position.qtyLots, by);
  }

  #held(): readonly VenueSlot[] {
    return this.#server.matcher.slots.filter(({ sim }) => !sim.isFlat);
  }
}

/** All of it as often as a part. */
function someOf(stream: RandomStream, lots: number): number {
  return stream.chance(0.5) ? lots : stream.integer(1, lots);
}
