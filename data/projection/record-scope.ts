import type { Batch } from "./batch.ts";
import type { TargetMemory } from "./memory.ts";
import type { EventTable } from "./tables.ts";

/** One record while it is turned into rows. */
export class RecordScope {
  readonly target: string;
  readonly seq: number;
  /** Time of the record, epoch ms. */
  readonly ts: number;
  readonly memory: TargetMemory;
  readonly batch: Batch;
  readonly #places = new Map<EventTable, number>();
  readonly #statuses = new Map<number, string>();

  constructor(at: {
    readonly seq: number;
    readonly ts: number;
    readonly memory: TargetMemory;
    readonly batch: Batch;
  }) {
    this.target = at.memory.target;
    this.seq = at.seq;
    this.ts = at.ts;
    this.memory = at.memory;
    this.batch = at.batch;
  }

  /** Place of the next row of this record in a table. */
  nextPlace(table: EventTable): number {
    const place = this.#places.get(table) ?? 0;
    this.#places.set(table, place + 1);
    return place;
  }

  /** Status of an order in the middle of the record; null before its first. */
  statusOf(order: number): string | null {
    return this.#statuses.get(order) ?? this.memory.working.get(order) ?? null;
  }

  setStatus(order: number, status: string): void {
    this.#statuses.set(order, status);
  }
}
