import type { VirtualTime } from "./virtual-time.ts";

/**
 * One life of the program under test, from its start to its stop or crash: what it was waiting for dies with it, and
 * while its event loop stalls it comes to nothing.
 */
export class VirtualProcess {
  readonly generation: number;
  #isAlive = true;
  #stalledUntil = Number.NEGATIVE_INFINITY;
  readonly #time: VirtualTime;
  readonly #onStop: (() => void)[] = [];

  constructor(time: VirtualTime, generation: number) {
    this.#time = time;
    this.generation = generation;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get stalledUntil(): number {
    return this.#stalledUntil;
  }

  /** What the world does when the process is gone: its sockets close. */
  onStop(run: () => void): void {
    this.#onStop.push(run);
  }

  /** It is gone, however: none of its callbacks runs any more. */
  stop(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const run of this.#onStop) run();
  }

  /** The event loop comes to nothing for so long. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#time.now + ms);
  }
}
