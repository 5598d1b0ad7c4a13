import { EngineEvent, type EventKind } from "#engine/model/event.ts";
import type { VenueListener } from "#engine/ports/venue.ts";
import type { SimOrder } from "#sim/sim-order.ts";
import type { SimSymbol } from "#sim/sim-symbol.ts";

/** How the simulated venue speaks to the engine: one event object, filled anew for each piece of news. */
export class VenueEvents {
  /** Time of what is being worked off; a field, because a number handed from call to call is a new object each time. */
  now = 0;
  readonly #event = new EngineEvent();
  readonly #deliver: VenueListener;
  #executions = 0;

  constructor(deliver: VenueListener) {
    this.#deliver = deliver;
  }

  /** The event of something that happens now; the caller fills in what its kind tells, and delivers it. */
  begin(kind: EventKind, symbol: SimSymbol): EngineEvent {
    const event = this.#event;
    event.kind = kind;
    event.time = this.now;
    event.symbol = symbol.index;
    event.index = symbol.bar;
    event.reason = 0;
    event.executionId = 0;
    return event;
  }

  /** The same for an execution: it has a number of its own. */
  beginExecution(kind: EventKind, symbol: SimSymbol): EngineEvent {
    const event = this.begin(kind, symbol);
    this.#executions += 1;
    event.executionId = this.#executions;
    event.lowTicks = symbol.seenLowTicks;
    event.highTicks = symbol.seenHighTicks;
    return event;
  }

  deliver(event: EngineEvent): void {
    this.#deliver(event);
  }

  /** News of an order that says nothing but a reason. */
  tell(kind: EventKind, symbol: SimSymbol, order: SimOrder, reason = 0): void {
    const event = this.begin(kind, symbol);
    event.requestId = order.requestId;
    event.reason = reason;
    this.#deliver(event);
  }
}
