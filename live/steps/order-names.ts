import { assert } from "#engine/assert.ts";
import type { EngineState } from "#engine/engine-state.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import { ENDED_KEPT } from "#engine/orders/order-store.ts";
import { OVERLAP_MS } from "#engine/reconcile/execution-memory.ts";
import type { ReconcilerState } from "#engine/reconcile/reconciler.ts";
import type { RequestRecord, Step } from "#live/steps/step.ts";

/** An order as far as its names need it. */
interface NamedOrder {
  /** One for each attempt, the newest last. */
  readonly clientIds: string[];
  /** The how-manieth order to end it was; −1 while it works, and where the engine has forgotten it since. */
  endSequence: number;
  /** When the engine heard of its end, its time; null while it works. */
  endedAt: number | null;
}

/** What names ask of a state: which orders there are, and when the newest cut began that has been read. */
interface NamedState {
  readonly orders: EngineState["orders"];
  readonly control: { readonly reconcile?: Pick<ReconcilerState, "lastBeganAt"> | null };
}

/** What names ask of a step. */
type NamedStep = Pick<Step, "event" | "orders"> & {
  readonly requests?: readonly Pick<RequestRecord, "kind" | "order" | "requestId">[];
  readonly control?: NamedState["control"];
};

/**
 * Which order a venue means: client ids and the venue's own ids against the engine's request ids. A name that was
 * given once is never given to another order (a partial bijection); a venue that says otherwise is not believed.
 *
 * Names go once nothing that counts can name them any more: the engine has forgotten the order (`ENDED_KEPT`), and a
 * cut has been read that began `OVERLAP_MS` after its end. That cut has listed the last executions of the order, and
 * none from before it is booked again, whoever tells of it. What goes is a function of the steps and of the state at the
 * start alone, so that a program and the fold of its journal know the same names.
 */
export class OrderNames {
  readonly #orders = new Map<number, NamedOrder>();
  readonly #byClientId = new Map<string, number>();
  readonly #byVenueId = new Map<string, string>();
  readonly #venueIds = new Map<string, string>();
  /** Of the order that ended last. */
  #newestEnd = -1;

  /** Gives an attempt its client id; the newest attempt is the one that an order goes by. */
  give(requestId: number, clientId: string): void {
    const known = this.#byClientId.get(clientId);
    assert(known === undefined || known === requestId, () => `"${clientId}" is given once`);
    if (known !== undefined) return;
    this.#byClientId.set(clientId, requestId);
    const order = this.#orders.get(requestId);
    if (order !== undefined) order.clientIds.push(clientId);
    else this.#orders.set(requestId, { clientIds: [clientId], endSequence: -1, endedAt: null });
  }

  /** The client id of the newest attempt of an order. */
  clientIdOf(requestId: number): string | undefined {
    return this.#orders.get(requestId)?.clientIds.at(-1);
  }

  /** The order that a client id names; −1 when it is none of ours, or one of long ago. */
  requestIdOf(clientId: string): number {
    return this.#byClientId.get(clientId) ?? -1;
  }

  /**
   * Takes note of the venue's id of an attempt; false when either of the two is bound to something else already, or the
   * attempt is not known (any more).
   */
  bind(clientId: string, venueOrderId: string): boolean {
    if (venueOrderId === "") return true;
    if (!this.#byClientId.has(clientId)) return false;
    const other = this.#byVenueId.get(venueOrderId);
    const own = this.#venueIds.get(clientId);
    if (other === undefined && own === undefined) {
      this.#byVenueId.set(venueOrderId, clientId);
      this.#venueIds.set(clientId, venueOrderId);
      return true;
    }
    return other === clientId && own === venueOrderId;
  }

  /** The client id that the venue's id is bound to. */
  clientIdAt(venueOrderId: string): string | undefined {
    return this.#byVenueId.get(venueOrderId);
  }

  venueIdOf(clientId: string): string | undefined {
    return this.#venueIds.get(clientId);
  }

  /** Takes over what a step did to orders, and lets names go that a cut has made useless. */
  follow({ event, orders, requests, control }: NamedStep): void {
    for (const { kind, order, requestId } of requests ?? []) {
      if (kind === "place") this.give(order, requestId);
    }
    for (const order of orders ?? []) {
      if (isTerminal(order.status)) this.#end(order, event["time"] as number);
    }
    const beganAt = control?.reconcile?.lastBeganAt ?? null;
    if (beganAt !== null) this.#forget(beganAt - OVERLAP_MS);
  }

  /** Every name that is known, for a journal. */
  state(): readonly OrderNameState[] {
    return [...this.#byClientId].map(([clientId, requestId]) => {
      const venueId = this.#venueIds.get(clientId) ?? null;
      const endedAt = this.#orders.get(requestId)?.endedAt ?? null;
      return endedAt === null
        ? [clientId, requestId, venueId]
        : [clientId, requestId, venueId, endedAt];
    });
  }

  /** Begins anew from the names and the orders of one record. */
  restore(names: readonly OrderNameState[], { orders, control }: NamedState): void {
    this.#orders.clear();
    this.#byClientId.clear();
    this.#byVenueId.clear();
    this.#venueIds.clear();
    this.#newestEnd = orders.ended.at(-1)?.endSequence ?? -1;
    const working = new Set(orders.working.map(({ requestId }) => requestId));
    const ended = new Map(orders.ended.map((order) => [order.requestId, order.endSequence]));
    // Journals of earlier builds do not say when an order ended: no later than they were written.
    const unknownEnd = control.reconcile?.lastBeganAt ?? 0;
    for (const [clientId, requestId, venueOrderId, endedAt] of names) {
      this.give(requestId, clientId);
      if (venueOrderId !== null) this.bind(clientId, venueOrderId);
      const order = this.#orders.get(requestId);
      if (order === undefined || working.has(requestId)) continue;
      order.endSequence = ended.get(requestId) ?? -1;
      order.endedAt = endedAt ?? unknownEnd;
    }
  }

  #end({ requestId, endSequence }: OrderState, at: number): void {
    this.#newestEnd = Math.max(this.#newestEnd, endSequence);
    const order = this.#orders.get(requestId);
    if (order === undefined || order.endedAt !== null) return;
    order.endSequence = endSequence;
    order.endedAt = at;
  }

  /** Lets go what the engine has forgotten and what ended at or before a time. */
  #forget(endedBy: number): void {
    for (const [requestId, { clientIds, endSequence, endedAt }] of this.#orders) {
      if (endedAt === null || endedAt > endedBy) continue;
      if (endSequence >= 0 && endSequence > this.#newestEnd - ENDED_KEPT) continue;
      this.#orders.delete(requestId);
      for (const clientId of clientIds) {
        const venueId = this.#venueIds.get(clientId);
        if (venueId !== undefined) this.#byVenueId.delete(venueId);
        this.#venueIds.delete(clientId);
        this.#byClientId.delete(clientId);
      }
    }
  }
}

/** `endedAt`: when the engine heard that the order had ended, its time, epoch ms; not there while it works. */
export type OrderNameState = readonly [
  clientId: string,
  requestId: number,
  venueOrderId: string | null,
  endedAt?: number,
];
