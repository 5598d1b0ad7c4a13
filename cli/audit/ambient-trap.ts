import { userLine } from "#cli/audit/user-line.ts";
import type { AmbientRead, Surroundings } from "#sim/audit/audit-terms.ts";

const HOUR_MS = 3_600_000;
/** Another hour, weekday, month and year. */
const OTHER_CLOCK_MS = 428 * 24 * HOUR_MS + 11 * HOUR_MS + 37 * 60_000 + 23_456;
/** Between two looks at the ticking clock. */
const TICK_MS = 61_007;
/** A stack per read costs time, and nobody reads more lines than this. */
const READS_MAX = 50;
const STACKS_MAX = 2_000;

/**
 * Puts a clock that stands still and random numbers from a seed in the place of the machine's, for as long as code of
 * a strategy runs, and notes the lines that ask. One at a time; `close` puts everything back.
 */
export class AmbientTrap {
  readonly #files: () => readonly string[];
  readonly #reads = new Map<string, AmbientRead>();
  readonly #surroundings: Surroundings;
  /** Epoch ms. */
  #now = 0;
  #random = 0;
  #stacks = 0;
  #restore: (() => void)[] = [];

  /** @param now Epoch ms of the clock that stands still */
  constructor(surroundings: Surroundings, now: number, files: () => readonly string[]) {
    this.#surroundings = surroundings;
    this.#files = files;
    this.#now = surroundings === "otherClock" ? now - OTHER_CLOCK_MS : now;
    this.#random = surroundings === "otherRandom" ? 0x2545f491 : 0x1234567;
  }

  get reads(): readonly AmbientRead[] {
    return [...this.#reads.values()];
  }

  open(): void {
    if (this.#surroundings === "machine" || this.#restore.length > 0) return;
    const { Date: RealDate, performance, crypto } = globalThis;
    const look = (name: string): number => this.#look(name);
    const Trapped = new Proxy(RealDate, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [look("new Date()")] : args, newTarget),
      apply: () => new RealDate(look("Date()")).toString(),
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        return key === "now" ? () => look("Date.now()") : member;
      },
    });
    this.#replace(globalThis, "Date", Trapped);
    this.#replace(performance, "now", () => look("performance.now()"));
    this.#replace(process, "uptime", () => look("process.uptime()") / 1_000);
    this.#replace(Math, "random", () => this.#draw("Math.random()"));
    this.#replace(crypto, "getRandomValues", (array: Uint8Array) => {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      const draw = this.#draw("crypto.getRandomValues()");
      bytes.forEach((_, at) => (bytes[at] = Math.floor(draw * 251 * (at + 1)) & 255));
      return array;
    });
    this.#replace(crypto, "randomUUID", () => {
      const digits = Math.floor(this.#draw("crypto.randomUUID()") * 2 ** 47).toString(16);
      return `00000000-0000-4000-8000-${digits.padStart(12, "0")}`;
    });
  }

  close(): void {
    for (const restore of this.#restore.reverse()) restore();
    this.#restore = [];
  }

  #replace(owner: object, name: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value, writable: true, configurable: true });
    this.#restore.push(() => {
      if (own === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, own);
    });
  }

  #look(name: string): number {
    this.#notice("clock", name);
    if (this.#surroundings === "tickingClock") this.#now += TICK_MS;
    return this.#now;
  }

  /** In [0, 1): mulberry32 (T. Ettinger, public domain). */
  #draw(name: string): number {
    this.#notice("random", name);
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  #notice(kind: AmbientRead["kind"], name: string): void {
    if (this.#stacks >= STACKS_MAX || this.#reads.size >= READS_MAX) return;
    this.#stacks += 1;
    const place = userLine(this.#files());
    const key = `${name} ${place?.file ?? ""}:${place?.line ?? 0}`;
    if (!this.#reads.has(key)) this.#reads.set(key, { kind, name, place });
  }
}
