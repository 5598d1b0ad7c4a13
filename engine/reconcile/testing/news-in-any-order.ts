import * as fc from "fast-check";
import { expect } from "vitest";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { News } from "./model-exchange.ts";
import { ModelWorld } from "./model-world.ts";
import { violationsAtQuiet } from "./world-commands.ts";

type Trade = readonly [index: number, lots: number, whose: string];
/** Which piece of news, and what becomes of it. */
type Way = readonly [pick: number, what: string];

const trades = fc.array(
  fc.tuple(fc.nat(1), fc.constantFrom(-3, -2, 2, 3), fc.constantFrom("ours", "ours", "manual")),
  { minLength: 1, maxLength: 8 },
);
const ways = fc.array(fc.tuple(fc.nat(), fc.constantFrom("hear", "keep", "lose", "cut", "wait")), {
  maxLength: 40,
});

/** I7: news in any order, repeated or lost, and cuts between them, end in the same state. */
export const newsInAnyOrder = fc.property(trades, ways, expectSettled);

function expectSettled(wanted: readonly Trade[], deliveries: readonly Way[]): void {
  const [ordered, other] = [false, true].map((isShuffled) => {
    const world = new ModelWorld();
    world.run(100);
    for (const [index, lots, whose] of wanted) {
      world.now += 10;
      if (whose === "ours") world.enter(index, lots);
      else if ((world.exchange.holdings[index]?.lots ?? 0) * lots > 0) world.manual(index, lots);
    }
    if (isShuffled) shuffle(world, deliveries);
    world.quiet();
    return world;
  });
  if (ordered === undefined || other === undefined) return;
  expect(violationsAtQuiet(other)).toEqual([]);
  expect(settled(other)).toEqual(settled(ordered));
}

function shuffle(world: ModelWorld, deliveries: readonly Way[]): void {
  for (const [pick, what] of deliveries) {
    world.now += 1;
    const news: News | undefined = world.news[pick % Math.max(1, world.news.length)];
    if (what === "cut") world.endCut(world.beginCut());
    else if (what === "wait") world.run(pick % 40_000);
    else if (news !== undefined) {
      if (what !== "lose") world.hear(news);
      if (what !== "keep") world.news.splice(world.news.indexOf(news), 1);
    }
  }
}

/** Sizes, orders and rows at quiet, without what depends on when it was heard of. */
function settled(world: ModelWorld): unknown {
  return {
    lots: world.books.holdings.map(({ lots }) => lots),
    orders: [...world.books.orders.values()].map(({ requestId, filledLots, status }) => [
      requestId,
      filledLots,
      isTerminal(status),
    ]),
    rows: world.mirror
      .state()
      .map(({ symbol, slot, lots, isUntracked }) => [symbol, slot, lots, isUntracked]),
    wallet: Math.round(world.books.wallet * 100),
  };
}
