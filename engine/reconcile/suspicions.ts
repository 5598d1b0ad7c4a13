import type { ReconcileClass } from "./classes.ts";
import type { Finding } from "./findings.ts";

/** What is known of one key that does not match. Plain JSON. */
export interface Suspicion {
  readonly key: string;
  class: ReconcileClass;
  content: string;
  /** Cuts in a row that agree on class and content. */
  count: number;
  /** The last cut convicted: it agreed with the one before and nothing had moved for the grace time. */
  isConfirmed: boolean;
  /** The class that was told, while it is open. */
  raised: ReconcileClass | null;
  index: number;
  symbol: string;
  raisedContent: string;
  /** When something was last done about it, engine time. */
  actedAt: number | null;
  attempts: number;
}

/** Two cuts in a row must agree before anything is done. */
const CUTS_NEEDED = 2;

/** The two-observation rule: what is suspected of each key, and when a suspicion is a conviction. */
export class Suspicions {
  readonly #keys = new Map<string, Suspicion>();
  readonly #graceMs: number;

  constructor(graceMs: number, kept: readonly Suspicion[] = []) {
    this.#graceMs = graceMs;
    for (const suspicion of kept) this.#keys.set(suspicion.key, { ...suspicion });
  }

  get size(): number {
    return this.#keys.size;
  }

  get(key: string): Suspicion | undefined {
    return this.#keys.get(key);
  }

  all(): readonly Suspicion[] {
    return [...this.#keys.values()];
  }

  /**
   * Takes note of a finding of a cut that began at `beganAt`. A cut that began no later than the last activity on the key
   * convicts nobody; neither does what is in flight.
   */
  observe(finding: Finding, beganAt: number, lastActivityAt: number): Suspicion {
    const suspicion = this.#of(finding);
    const lastAt = Math.max(lastActivityAt, suspicion.actedAt ?? Number.NEGATIVE_INFINITY);
    const isSame = suspicion.class === finding.class && suspicion.content === finding.content;
    if (suspicion.class !== finding.class) suspicion.attempts = 0;
    suspicion.class = finding.class;
    suspicion.content = finding.content;
    if (finding.class === "inFlight" || lastAt >= beganAt) suspicion.count = 0;
    else suspicion.count = isSame ? suspicion.count + 1 : 1;
    suspicion.isConfirmed = suspicion.count >= CUTS_NEEDED && beganAt - lastAt >= this.#graceMs;
    return suspicion;
  }

  /** Something was done about a key: it takes two new cuts to do it again. */
  acted(suspicion: Suspicion, now: number): void {
    suspicion.actedAt = now;
    suspicion.attempts += 1;
    suspicion.count = 0;
  }

  /** Something else than a cut has shown that it was not so: it takes two new cuts to convict. */
  contradicted(key: string): void {
    const suspicion = this.#keys.get(key);
    if (suspicion !== undefined) suspicion.count = 0;
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }

  #of(finding: Finding): Suspicion {
    const { key, index, symbol, content } = finding;
    let suspicion = this.#keys.get(key);
    if (suspicion === undefined) {
      suspicion = {
        key,
        class: finding.class,
        content,
        count: 0,
        isConfirmed: false,
        raised: null,
        index,
        symbol,
        raisedContent: "",
        actedAt: null,
        attempts: 0,
      };
      this.#keys.set(key, suspicion);
    }
    return suspicion;
  }
}
