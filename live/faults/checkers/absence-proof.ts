import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import { numberOf, type SeenRecord } from "./seen-record.ts";

/** News of one order after which a count of look-ups without a trace begins anew. */
const SIGNS: ReadonlySet<string> = new Set([
  "orderAccepted",
  "orderTriggered",
  "orderAmended",
  "orderPartiallyFilled",
  "orderFilled",
  "orderFoundOpen",
]);

/**
 * Counts, from the journal alone, the complete look-ups in a row that found nothing of an order and began after the fence
 * of its last attempt and the time that a venue takes to show what it has.
 */
export class AbsenceProof {
  readonly #misses = new Map<string, number>();

  onRecord(record: SeenRecord): void {
    const { kind, target, requests } = record;
    // The next attempt has a fence of its own.
    for (const request of requests) {
      if (request.kind === "place") this.#misses.delete(`${target.key} ${request.order}`);
    }
    const order = numberOf(record, "requestId", 0);
    const key = `${target.key} ${order}`;
    if (SIGNS.has(kind)) this.#misses.delete(key);
  }

  /** Takes a look-up into account, before anything that follows from its record is judged. */
  onLookup(record: SeenRecord): void {
    const { kind, target } = record;
    if (kind !== "orderNotFound") return;
    const order = numberOf(record, "requestId", 0);
    const newest = target.attempts.get(order)?.at(-1) ?? "";
    // The record at hand may hold the next attempt already.
    const own = target.places.get(newest);
    const isOwn = own?.seq === record.seq;
    const before = isOwn ? target.attempts.get(order)?.at(-2) : newest;
    const fenceAt = target.places.get(before ?? "")?.record.fenceAt ?? Number.POSITIVE_INFINITY;
    const begunAt = numberOf(record, "amount", 0);
    if (begunAt < fenceAt + RESOLVE_TERMS.visibilityGraceMs) return;
    const key = `${target.key} ${order}`;
    this.#misses.set(key, (this.#misses.get(key) ?? 0) + 1);
  }

  isProven(target: string, order: number): boolean {
    return (this.#misses.get(`${target} ${order}`) ?? 0) >= RESOLVE_TERMS.missesNeeded;
  }
}
