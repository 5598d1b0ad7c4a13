import type { VenueServer } from "#live/faults/world/venue-server.ts";
import type { World } from "#live/faults/world/world.ts";
import { ACCOUNT, START, SYMBOL } from "./crash-scenario.ts";

/** Something happens at a venue, so long after the start of the story. */
export function at(world: World, after: number, run: () => void): void {
  world.time.at(START + after, run);
}

export function serverOf(world: World): VenueServer {
  return world.target(ACCOUNT.key).server;
}

export function openByHand(world: World, lots: number): void {
  const server = serverOf(world);
  const slot = server.slotOf(SYMBOL, "net");
  const by = { origin: "operator", cause: "trade", closes: false } as const;
  if (slot !== null) server.placeByHand(slot, lots, by);
}

export function closeByHand(world: World): void {
  const server = serverOf(world);
  const slot = server.slotOf(SYMBOL, "net");
  const lots = slot?.sim.position.qtyLots ?? 0;
  const by = { origin: "operator", cause: "trade", closes: true } as const;
  if (slot !== null && lots !== 0) server.placeByHand(slot, -lots, by);
}
