import { assert } from "#engine/assert.ts";
import type { RandomStream } from "./random-stream.ts";
import type { VirtualProcess } from "./virtual-process.ts";

/** Something that is to happen; cancelled it does not. */
export class Callback {
  time = 0;
  tie = 0;
  sequence = 0;
  run: (() => void) | null = null;
  owner: VirtualProcess | null = null;

  cancel(): void {
    this.run = null;
  }

  get isPending(): boolean {
    return this.run !== null;
  }
}

/**
 * Time that goes on only when nothing is left to do: callbacks in the order of (time, tie-break, sequence). The
 * tie-breaks come from a stream of their own: another stream is another order of what is ready at one time. Times are
 * whole ms; they never go back, whatever the clocks show that are read from them.
 */
export class VirtualTime {
  #now: number;
  #sequence = 0;
  #steps = 0;
  readonly #ties: RandomStream;
  /** A binary heap, the next callback first. */
  readonly #heap: Callback[] = [];

  constructor(start: number, ties: RandomStream) {
    this.#now = start;
    this.#ties = ties;
  }

  get now(): number {
    return this.#now;
  }

  /** Callbacks that ran. */
  get steps(): number {
    return this.#steps;
  }

  /** Callbacks that wait, cancelled ones among them. */
  get waiting(): number {
    return this.#heap.length;
  }

  /** Calls at a time, or as soon as what is ready before it is done when that has passed. */
  at(time: number, run: () => void, owner: VirtualProcess | null = null): Callback {
    assert(Number.isFinite(time), () => `A callback has a time: ${time}`);
    const callback = new Callback();
    callback.time = Math.max(this.#now, Math.ceil(time));
    callback.run = run;
    callback.owner = owner;
    this.#push(callback);
    return callback;
  }

  after(delay: number, run: () => void, owner: VirtualProcess | null = null): Callback {
    return this.at(this.#now + delay, run, owner);
  }

  /** Time of the next callback, Infinity without one. */
  get nextTime(): number {
    this.#dropDead();
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** Runs the next callback; returns false when there is none. */
  step(): boolean {
    this.#dropDead();
    const callback = this.#pop();
    if (callback === null) return false;
    this.#now = callback.time;
    const { owner, run } = callback;
    if (owner !== null && owner.stalledUntil > this.#now) {
      // The process does not come to it before its stall is over; then all of it is ready at once.
      callback.time = Math.ceil(owner.stalledUntil);
      this.#push(callback);
      return true;
    }
    this.#steps += 1;
    callback.run = null;
    run?.();
    return true;
  }

  /** Runs what is due by `time` and goes there; stops early after `stepsMax` callbacks. Returns whether it got there. */
  runUntil(time: number, stepsMax = Number.POSITIVE_INFINITY): boolean {
    const last = this.#steps + stepsMax;
    while (this.nextTime <= time) {
      if (this.#steps >= last) return false;
      this.step();
    }
    this.#now = Math.max(this.#now, time);
    return true;
  }

  /** Takes cancelled callbacks and those of dead processes off the top. */
  #dropDead(): void {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return;
      if (first.run !== null && first.owner?.isAlive !== false) return;
      first.run = null;
      this.#pop();
    }
  }

  #push(callback: Callback): void {
    this.#sequence += 1;
    callback.sequence = this.#sequence;
    callback.tie = this.#ties.next();
    const heap = this.#heap;
    let at = heap.length;
    heap.push(callback);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = heap[parent] as Callback;
      if (!isBefore(callback, other)) break;
      heap[at] = other;
      at = parent;
    }
    heap[at] = callback;
  }

  #pop(): Callback | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (last === first) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Callback)) child += 1;
      const smaller = heap[child] as Callback;
      if (!isBefore(smaller, last)) break;
      heap[at] = smaller;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Callback, b: Callback): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.sequence < b.sequence;
}
