import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import type { ActivePosition } from "#engine/reconcile/active-positions.ts";
import { checkPolicies } from "#engine/reconcile/policies.ts";
import { ACCOUNT, ModelWorld } from "./model-world.ts";

export const ADA = 0;
export const BTC = 1;

/** A world whose first cut has been read. */
export function started(policies: Readonly<Record<string, string>> = {}): ModelWorld {
  const world = new ModelWorld({ policies: checkPolicies(policies) });
  world.run(100);
  return world;
}

/** Holds a position that strategy, exchange and mirror know. */
export function holding(lots: number, policies: Readonly<Record<string, string>> = {}): ModelWorld {
  const world = started(policies);
  world.enter(ADA, lots);
  hearAll(world);
  world.run(60_000);
  world.log.length = 0;
  world.notes.length = 0;
  world.changes.length = 0;
  return world;
}

export function hearAll(world: ModelWorld): void {
  while (world.news.length > 0) world.deliver(0);
}

/** Makes one cut now, whatever the cadence says. */
export function cut(
  world: ModelWorld,
  change: (cut: VenueSnapshot) => VenueSnapshot = (it) => it,
): void {
  const taken = world.beginCut();
  world.now += 50;
  world.endCut(change(taken));
}

export function rowOf(world: ModelWorld, index: number): ActivePosition | undefined {
  const { symbol } = world.books.instrument(index);
  return world.mirror.find(ACCOUNT, symbol, world.books.slot(index));
}
