import { fromUnits } from "#engine/model/grid.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import type { Program } from "#live/faults/program.ts";
import type { VenueTruth } from "#live/faults/world/venue-truth.ts";
import type { World, WorldTarget } from "#live/faults/world/world.ts";

/** Money differs by less than this share of it: both sides sum floats in their own order. */
const MONEY_SHARE = 1e-9;

/** What is not as it must be at quiet, in words, for every account of the world. */
export function checkEnd(world: World, program: Program | null): readonly string[] {
  if (program === null) return ["no program runs"];
  return program.driver.targets.flatMap((driver) => {
    const truth = world.truth(driver.key);
    return [
      ...checkPositions(driver, truth),
      ...checkOrders(driver, truth),
      ...checkMoney(driver, truth, world.target(driver.key)),
      ...checkSettled(driver),
    ];
  });
}

/** I15: the ledger and `active_positions` hold what the venue holds. */
function checkPositions({ engine, made }: TargetDriver, truth: VenueTruth): readonly string[] {
  const there = truth.positions.map((one) => `${one.symbol} ${one.slot} ${one.qtyLots}`);
  const rows = engine.reconcile?.positions() ?? [];
  const mirror = rows.map(({ symbol, slot, lots }) => `${symbol} ${slot} ${lots}`);
  const held = engine.ledger.positions.flatMap(({ qtyLots }, at) =>
    qtyLots === 0 ? [] : [`${made.slots[at]?.symbol} ${made.slots[at]?.slot} ${qtyLots}`],
  );
  return [
    ...differ("active_positions", mirror, "the venue", there),
    ...differ("the ledger", held, "the venue", there),
  ];
}

/** I15: what works here rests there, and nothing else of ours does. */
function checkOrders({ engine, names }: TargetDriver, truth: VenueTruth): readonly string[] {
  const there = truth.orders.flatMap(({ status, origin, clientId, qtyLots, filledLots }) =>
    origin === "client" && (status === "open" || status === "waiting")
      ? [`${clientId} ${filledLots}/${qtyLots}`]
      : [],
  );
  const here = engine.ledger.positions.flatMap((_, symbol) =>
    engine.orderManager.store
      .working(symbol)
      .filter(({ status }) => !isTerminal(status))
      .map((one) => `${names.clientIdOf(one.requestId)} ${one.filledLots}/${one.qtyLots}`),
  );
  return differ("the working orders", here, "the venue", there);
}

/** I34, I35: no money came from nowhere, and ours is the venue's. */
function checkMoney(
  { engine }: TargetDriver,
  truth: VenueTruth,
  { plan, markets }: WorldTarget,
): readonly string[] {
  let wallet = plan.balance + truth.transferred;
  for (const { symbol, signedLots, priceTicks, fee, funding } of truth.executions) {
    wallet += funding - fee;
    if (signedLots !== 0) wallet -= signedLots * valueOf(markets, symbol, priceTicks);
  }
  // What is held is paid for and not yet earned.
  for (const { symbol, qtyLots, entryPrice } of truth.positions) {
    wallet += qtyLots * lotOf(markets, symbol) * entryPrice;
  }
  const { ledger } = engine;
  const said: string[] = [];
  if (!isSame(wallet, truth.wallet))
    said.push(`the executions leave ${wallet}, the venue has ${truth.wallet}`);
  if (!isSame(ledger.wallet, truth.wallet)) {
    said.push(`the ledger has ${ledger.wallet}, the venue ${truth.wallet}`);
  }
  return said;
}

/** Nothing is open that time or the venue should have closed. */
function checkSettled({ engine }: TargetDriver): readonly string[] {
  const { reconcile, failures, orderNews, risk } = engine;
  const said = failures.map(({ error }) => `the strategy failed: ${String(error)}`);
  for (const { key, raised } of reconcile?.openFindings ?? []) {
    said.push(`"${raised}" of ${key} is not cleared`);
  }
  const { length } = orderNews.unresolved.orders;
  if (length > 0) said.push(`${length} orders are still looked for`);
  if (risk.latches.isSet) said.push(`latched: ${JSON.stringify(risk.latches.state())}`);
  return said;
}

function differ(
  what: string,
  one: readonly string[],
  whom: string,
  other: readonly string[],
): readonly string[] {
  const [here, there] = [one.toSorted().join(", "), other.toSorted().join(", ")];
  return here === there ? [] : [`${what} has [${here}], ${whom} [${there}]`];
}

function lotOf(markets: WorldTarget["markets"], symbol: string): number {
  const market = markets.find(({ instrument }) => instrument.symbol === symbol);
  return market === undefined ? Number.NaN : fromUnits(market.instrument.lot, 1);
}

/** Quote units of one lot at a price. */
function valueOf(markets: WorldTarget["markets"], symbol: string, priceTicks: number): number {
  const market = markets.find(({ instrument }) => instrument.symbol === symbol);
  return market === undefined
    ? Number.NaN
    : fromUnits(market.instrument.tick, priceTicks) * lotOf(markets, symbol);
}

function isSame(one: number, other: number): boolean {
  return Math.abs(one - other) <= MONEY_SHARE * Math.max(1, Math.abs(other));
}
