import { must } from "#engine/assert.ts";
import type { Engine } from "#engine/engine.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { TargetKey } from "#engine/model/target.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import type { ServerOrder } from "#live/faults/world/server-order.ts";
import type { ServerExecution } from "#live/faults/world/venue-books.ts";
import type { WorldTarget } from "#live/faults/world/world.ts";
import type { RequestRecord } from "#live/steps/step.ts";

/** A place request of the journal. */
export interface PlacedRequest {
  readonly record: RequestRecord;
  readonly seq: number;
  /** The engine's time of its step. */
  readonly at: number;
}

/** One account as the journal tells it so far, beside its venue's own books. */
export class TargetView {
  readonly key: TargetKey;
  readonly world: WorldTarget;
  /** The engine's places; the same in every life. */
  readonly slots: readonly EngineSlot[];
  /** Every order that the journal told of, as it was told last. */
  readonly orders = new Map<number, OrderState>();
  /** Place requests by client id. */
  readonly places = new Map<string, PlacedRequest>();
  /** Client ids of the attempts of each order, the oldest first. */
  readonly attempts = new Map<number, string[]>();
  /** Signed lots by index, as the executions of the journal make them. */
  readonly lots: number[];
  /** The engine has begun to hear in this life. */
  isConnected = false;
  readonly #driverOf: () => TargetDriver | null;
  readonly #executions = new Map<number, ServerExecution>();
  #executionsRead = 0;

  constructor(
    world: WorldTarget,
    slots: readonly EngineSlot[],
    driverOf: () => TargetDriver | null,
  ) {
    this.world = world;
    this.key = world.key;
    this.slots = slots;
    this.lots = slots.map(() => 0);
    this.#driverOf = driverOf;
  }

  /** Of the life that runs now; null between two. */
  get driver(): TargetDriver | null {
    return this.#driverOf();
  }

  get engine(): Engine | null {
    return this.driver?.engine ?? null;
  }

  instrument(index: number): Instrument {
    return this.instrumentOf(must(this.slots[index], "An index is a place of the engine").symbol);
  }

  /** Of any contract of the venue. */
  instrumentOf(symbol: string): Instrument {
    const market = this.world.markets.find(({ instrument }) => instrument.symbol === symbol);
    return must(market, "A symbol is one of the venue").instrument;
  }

  /** The engine's index of a place of the venue; −1 where it does not trade it. */
  indexOf(symbol: string, slot: string): number {
    return this.slots.findIndex((one) => one.symbol === symbol && one.slot === slot);
  }

  /** Executions of the venue on a place of the engine, of this size and price. */
  executionsOf(index: number, signedLots = 0, priceTicks = 0): readonly ServerExecution[] {
    const place = this.slots[index];
    return this.world.server.books.executions.filter(
      (one) =>
        one.slot.symbol === place?.symbol &&
        one.slot.slot === place.slot &&
        one.signedLots === signedLots &&
        one.priceTicks === priceTicks,
    );
  }

  /** An execution of the venue by its number. */
  execution(id: number): ServerExecution | undefined {
    const { executions } = this.world.server.books;
    for (; this.#executionsRead < executions.length; this.#executionsRead++) {
      const one = executions[this.#executionsRead] as ServerExecution;
      this.#executions.set(Number(one.row["execId"]), one);
    }
    return this.#executions.get(id);
  }

  /** The venue's order of a client id. */
  trueOrder(clientId: string): ServerOrder | null {
    return this.world.server.books.byClientId(clientId);
  }

  /** Signed lots that the venue has at an index. */
  trueLots(index: number): number {
    const { symbol, slot } = must(this.slots[index], "An index is a place of the engine");
    return this.world.server.slotOf(symbol, slot)?.sim.position.qtyLots ?? 0;
  }
}
