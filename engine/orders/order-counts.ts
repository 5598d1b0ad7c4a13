import { rejectName } from "#engine/model/order-terms.ts";
import { STATUS, type Status } from "#engine/orders/order-status.ts";
import type { RunTotals } from "#engine/result/run-result.ts";

/** How many orders ended how. */
export class OrderCounts {
  #placed = 0;
  #filled = 0;
  #partial = 0;
  #cancelled = 0;
  #expired = 0;
  readonly #rejected = new Map<number, number>();

  /** Counts one transition; `filledLots` is what the order had filled by then. */
  add(to: Status, filledLots: number, reason: number): void {
    if (to === STATUS.sent) this.#placed += 1;
    else if (to === STATUS.filled) this.#filled += 1;
    else if (to === STATUS.rejected)
      this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
    else if (to === STATUS.expired) this.#expired += 1;
    else if (to === STATUS.cancelled) this.#cancelled += 1;
    const endedShort = to === STATUS.cancelled || to === STATUS.expired;
    if (endedShort && filledLots > 0) this.#partial += 1;
  }

  totals(): RunTotals["orders"] {
    const rejected: Record<string, number> = {};
    for (const [reason, count] of [...this.#rejected].sort((a, b) => a[0] - b[0])) {
      rejected[rejectName(reason)] = count;
    }
    return {
      placed: this.#placed,
      filled: this.#filled,
      partial: this.#partial,
      cancelled: this.#cancelled,
      expired: this.#expired,
      rejected,
    };
  }
}
