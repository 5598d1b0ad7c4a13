import type { ServerOrder } from "#live/faults/world/server-order.ts";
import type { TargetView } from "./target-view.ts";

export interface NewOrder {
  readonly target: TargetView;
  readonly order: ServerOrder;
}

/** The orders of clients that the venues have acknowledged since it was asked last: from the first on, or from now on. */
export class NewOrders {
  readonly #targets: readonly TargetView[];
  readonly #read: number[];

  constructor(targets: readonly TargetView[], from: "first" | "now") {
    this.#targets = targets;
    this.#read = targets.map(({ world }) =>
      from === "now" ? world.server.books.orders.length : 0,
    );
  }

  take(): readonly NewOrder[] {
    let found: NewOrder[] = NONE;
    for (let at = 0; at < this.#targets.length; at++) {
      const target = this.#targets[at] as TargetView;
      const { orders } = target.world.server.books;
      const read = this.#read[at] as number;
      if (read === orders.length) continue;
      this.#read[at] = orders.length;
      const ours = orders.slice(read).filter(({ terms }) => terms.origin === "client");
      found = [...found, ...ours.map((order) => ({ target, order }))];
    }
    return found;
  }
}

const NONE: NewOrder[] = [];
