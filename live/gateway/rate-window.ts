import { assert } from "#engine/assert.ts";
import type { WindowTerms } from "./venue-limits.ts";

/** Who asks, the most urgent first: what closes or cancels, what looks after the account, everything else. */
export const URGENCIES = ["close", "lookup", "rest"] as const;
export type Urgency = (typeof URGENCIES)[number];

interface Release {
  /** From then on the weight is free again. */
  readonly at: number;
  readonly weight: number;
  readonly urgency: Urgency;
}

/**
 * What is left of one window of a venue. A request counts from its leaving until a whole window after its answer: it
 * arrived at some time between the two, so the venue never counts more than this, however long messages travel. Of one
 * that is given up without an answer a copy may arrive later; those few are what the venue's own refusals are for.
 * Times are ms of a clock that never jumps.
 */
export class RateWindow {
  readonly #terms: WindowTerms;
  readonly #used: Record<Urgency, number> = { close: 0, lookup: 0, rest: 0 };
  /** By time. */
  readonly #releases: Release[] = [];
  #blockedUntil = Number.NEGATIVE_INFINITY;

  constructor(terms: WindowTerms) {
    assert(terms.closes + terms.lookups <= terms.limit, () => "Reserved shares fit into the limit");
    this.#terms = terms;
  }

  /** Nothing leaves before. */
  get blockedUntil(): number {
    return this.#blockedUntil;
  }

  /** The venue counts otherwise: it has refused a request, and says from when on it takes some again. */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  /** Whether so much may leave now: what others have reserved and not used stays theirs. */
  fits(weight: number, urgency: Urgency, now: number): boolean {
    if (now < this.#blockedUntil) return false;
    this.#release(now);
    const { limit, closes, lookups } = this.#terms;
    const { close, lookup, rest } = this.#used;
    const forCloses = urgency === "close" ? 0 : Math.max(0, closes - close);
    const forLookups = urgency === "lookup" ? 0 : Math.max(0, lookups - lookup);
    return close + lookup + rest + weight <= limit - forCloses - forLookups;
  }

  /** A request leaves. */
  take(weight: number, urgency: Urgency): void {
    this.#used[urgency] += weight;
  }

  /** Its answer has come, or is not waited for any longer. */
  answered(weight: number, urgency: Urgency, now: number): void {
    this.#releases.push({ at: now + this.#terms.ms, weight, urgency });
  }

  /** When there is more room next by time alone; Infinity when that takes an answer. */
  nextAt(now: number): number {
    this.#release(now);
    if (now < this.#blockedUntil) return this.#blockedUntil;
    return this.#releases[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  #release(now: number): void {
    const releases = this.#releases;
    while (releases.length > 0 && (releases[0] as Release).at <= now) {
      const { weight, urgency } = releases.shift() as Release;
      this.#used[urgency] -= weight;
    }
  }
}
