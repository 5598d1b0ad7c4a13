import type { TrueOrder, VenueTruth } from "#live/faults/world/venue-truth.ts";
import type { World } from "#live/faults/world/world.ts";
import { ACCOUNT } from "./crash-scenario.ts";

/** What a story wants of the venue's books at its end; each answers with what is otherwise, in words. */
export function truthOf(world: World): VenueTruth {
  return world.truth(ACCOUNT.key);
}

const isOurs = ({ origin, isTaken }: TrueOrder): boolean => origin === "client" && isTaken;
export const isFilled = ({ status }: TrueOrder): boolean => status === "filled";
export const isClose = (order: TrueOrder): boolean => isOurs(order) && order.reduceOnly;

export function entries(truth: VenueTruth): readonly TrueOrder[] {
  return truth.orders.filter((order) => isOurs(order) && !order.reduceOnly);
}

export function expectLots({ positions }: VenueTruth, wanted: number): readonly string[] {
  const lots = positions.reduce((sum, { qtyLots }) => sum + qtyLots, 0);
  return lots === wanted ? [] : [`the position has ${lots} lots, not ${wanted}`];
}

export function expectCount(
  what: string,
  orders: readonly TrueOrder[],
  wanted: number,
): readonly string[] {
  return orders.length === wanted ? [] : [`${orders.length} ${what}, not ${wanted}`];
}

export function expectAtMostOne(what: string, orders: readonly TrueOrder[]): readonly string[] {
  return orders.length <= 1 ? [] : [`${orders.length} ${what}, not one at most`];
}

/** Exactly these rest at the venue, each for the whole of the position. */
export function expectResting(
  { orders }: VenueTruth,
  types: readonly number[],
  lots: number,
): readonly string[] {
  const resting = orders.filter(({ status }) => status === "open" || status === "waiting");
  const found = resting.map(({ type, qtyLots }) => `${type}×${qtyLots}`).sort();
  const wanted = types.map((type) => `${type}×${lots}`).sort();
  return String(found) === String(wanted)
    ? []
    : [`there rest [${found.join(", ")}], not [${wanted.join(", ")}] (type×lots)`];
}
