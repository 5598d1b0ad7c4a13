import { assert } from "#engine/assert.ts";

/**
 * Which order a venue means: client ids and the venue's own ids against the engine's request ids. A name that was
 * given once is never given to another order (a partial bijection); a venue that says otherwise is not believed.
 */
export class OrderNames {
  readonly #byClientId = new Map<string, number>();
  readonly #clientIds = new Map<number, string>();
  readonly #byVenueId = new Map<string, string>();
  readonly #venueIds = new Map<string, string>();

  /** Gives an attempt its client id; the newest attempt is the one that an order goes by. */
  give(requestId: number, clientId: string): void {
    const known = this.#byClientId.get(clientId);
    assert(known === undefined || known === requestId, () => `"${clientId}" is given once`);
    this.#byClientId.set(clientId, requestId);
    this.#clientIds.set(requestId, clientId);
  }

  /** The client id of the newest attempt of an order. */
  clientIdOf(requestId: number): string | undefined {
    return this.#clientIds.get(requestId);
  }

  /** The order that a client id names; −1 when it is none of ours. */
  requestIdOf(clientId: string): number {
    return this.#byClientId.get(clientId) ?? -1;
  }

  /** Takes note of the venue's id of an attempt; false when either of the two is bound to something else already. */
  bind(clientId: string, venueOrderId: string): boolean {
    if (venueOrderId === "") return true;
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

  /** Every name that was given, for a journal: client id, request id, venue's id where it is known. */
  state(): readonly OrderNameState[] {
    return [...this.#byClientId].map(([clientId, requestId]) => [
      clientId,
      requestId,
      this.#venueIds.get(clientId) ?? null,
    ]);
  }

  restore(names: readonly OrderNameState[]): void {
    for (const [clientId, requestId, venueOrderId] of names) {
      this.give(requestId, clientId);
      if (venueOrderId !== null) this.bind(clientId, venueOrderId);
    }
  }
}

export type OrderNameState = readonly [
  clientId: string,
  requestId: number,
  venueOrderId: string | null,
];
