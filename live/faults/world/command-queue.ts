import type { Command } from "#engine/model/command.ts";
import { REJECT } from "#engine/model/order-terms.ts";
import type { ServerOrder } from "./server-order.ts";

/** A command that was acknowledged and waits for the next open. */
export interface Queued {
  readonly command: Command;
  /** The order that it places or changes; null for changes of terms. */
  readonly order: ServerOrder | null;
  /** It is rejected instead, on the stream. */
  readonly rejectWith?: number | undefined;
  /** So many opens it lets pass first. */
  readonly opens?: number | undefined;
}

/** Who takes the commands when they are due. */
export interface QueueTaker {
  submit(command: Command): void;
  reject(order: ServerOrder, time: number, reason: number): void;
}

/** Commands between their acknowledgement and the open at which they act, in the order of their arrival. */
export class CommandQueue {
  #entries: { readonly queued: Queued; opens: number }[] = [];

  add(queued: Queued): void {
    this.#entries.push({ queued, opens: queued.opens ?? 0 });
  }

  handOver(time: number, taker: QueueTaker): void {
    if (this.#entries.length === 0) return;
    const entries = this.#entries;
    this.#entries = entries.filter(({ opens }) => opens > 0);
    for (const entry of entries) {
      if (entry.opens > 0) {
        entry.opens -= 1;
        continue;
      }
      const { command, order, rejectWith = REJECT.none } = entry.queued;
      if (order !== null && rejectWith !== REJECT.none) {
        taker.reject(order, time, rejectWith);
        continue;
      }
      command.time = time;
      taker.submit(command);
    }
  }
}
