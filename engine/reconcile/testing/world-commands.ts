import * as fc from "fast-check";
import { must } from "#engine/assert.ts";
import { fromUnits, makeGrid } from "#engine/model/grid.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { PLACES } from "./model-exchange.ts";
import type { ModelWorld, Way } from "./model-world.ts";

/** What a sequence of commands must remember beside the world itself. */
export interface WorldModel {
  /** A cut that was begun and not ended. */
  taken: VenueSnapshot | null;
  isConnected: boolean;
  restoredAt: number;
  /** When the newest cut that was read began. */
  readAt: number;
  gate: boolean;
}

export function newModel(): WorldModel {
  const past = Number.NEGATIVE_INFINITY;
  return { taken: null, isConnected: true, restoredAt: past, readAt: past, gate: false };
}

/** One thing that happens; `name` is what a failure prints. */
export class WorldCommand implements fc.Command<WorldModel, ModelWorld> {
  readonly name: string;
  readonly #act: (model: WorldModel, world: ModelWorld) => void;

  constructor(name: string, act: (model: WorldModel, world: ModelWorld) => void) {
    this.name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: WorldModel, world: ModelWorld): void {
    world.now += 1;
    this.#act(model, world);
    assertAlways(model, world);
  }

  toString(): string {
    return this.name;
  }
}

function command(name: string, act: (model: WorldModel, world: ModelWorld) => void): WorldCommand {
  return new WorldCommand(name, act);
}

/** Lots that the place can take: the long one of two never becomes short, the short one never long. */
function allowed(held: number, index: number, lots: number): number {
  const slot = PLACES[index]?.slot;
  if (slot === "long") return Math.max(lots, -held);
  if (slot === "short") return Math.min(lots, -held);
  return lots;
}

const place = fc.nat(PLACES.length - 1);
const lots = fc.constantFrom(-5, -4, -3, -2, 2, 3, 4, 5);
const way = fc.constantFrom<Way>("arrives", "arrives", "request lost", "answer lost");
const pick = fc.nat(20);
const ways = (world: ModelWorld, ...next: readonly Way[]): void => {
  world.ways = [...next];
};

const STRATEGY: readonly fc.Arbitrary<WorldCommand>[] = [
  fc.tuple(place, lots, way).map(([index, wanted, next]) =>
    command(`enter(${index}, ${wanted}, ${next})`, (_, world) => {
      const signed = allowed(0, index, wanted);
      if (signed === 0 || world.barred.has(index)) return;
      ways(world, next);
      world.enter(index, signed);
    }),
  ),
  fc.tuple(place, way).map(([index, next]) =>
    command(`exit(${index}, ${next})`, (_, world) => {
      ways(world, next);
      world.exit(index);
    }),
  ),
  fc.tuple(place, fc.constantFrom(150, 160), way).map(([index, ticks, next]) =>
    command(`protect(${index}, ${ticks}, ${next})`, (_, world) => {
      ways(world, next, next);
      world.protect(index, ticks);
    }),
  ),
];

const OWNER: readonly fc.Arbitrary<WorldCommand>[] = [
  fc.tuple(place, lots).map(([index, wanted]) =>
    command(`manual(${index}, ${wanted})`, (_, world) => {
      const held = must(world.exchange.holdings[index], "A place").lots;
      const signed = allowed(held, index, wanted);
      if (signed !== 0) world.manual(index, signed);
    }),
  ),
  place.map((index) =>
    command(`closeByHand(${index})`, (_, world) => {
      const held = must(world.exchange.holdings[index], "A place").lots;
      if (held !== 0) world.manual(index, -held);
    }),
  ),
  pick.map((at) =>
    command(`cancelByHand(${at})`, (_, world) => {
      const ids = [...world.exchange.orders.keys()];
      const id = ids[at % Math.max(1, ids.length)];
      if (id !== undefined) world.news.push(...world.exchange.cancel(id));
    }),
  ),
  pick.map((at) =>
    command(`trigger(${at})`, (_, world) => {
      const ids = [...world.exchange.orders.keys()];
      const id = ids[at % Math.max(1, ids.length)];
      const index = id === undefined ? -1 : (world.exchange.orders.get(id)?.index ?? -1);
      if (id === undefined || index >= 2) return;
      world.news.push(...world.exchange.trigger(id, world.now));
    }),
  ),
  fc.tuple(pick, fc.constantFrom(155, 165)).map(([at, ticks]) =>
    command(`amendByHand(${at}, ${ticks})`, (_, world) => {
      const orders = [...world.exchange.orders.values()];
      const order = orders[at % Math.max(1, orders.length)];
      if (order === undefined) return;
      world.exchange.orders.set(order.venueOrderId, { ...order, triggerTicks: ticks });
    }),
  ),
  place.map((index) =>
    command(`orderByHand(${index})`, (_, world) => {
      if (world.exchange.orders.size < 8) world.exchange.placeForeign(index, world.now);
    }),
  ),
  fc.tuple(place, fc.constantFrom(5, 10)).map(([index, leverage]) =>
    command(`leverage(${index}, ${leverage})`, (_, world) => {
      world.exchange.leverages[index] = leverage;
    }),
  ),
  fc.constantFrom(-100, 250).map((amount) =>
    command(`deposit(${amount})`, (_, world) => {
      world.exchange.wallet += amount;
    }),
  ),
  fc.constantFrom(0, 0.25, -7, 9).map((qty) =>
    command(`elsewhere(${qty})`, (_, world) => {
      world.exchange.foreignQty = qty;
    }),
  ),
];

const NETWORK: readonly fc.Arbitrary<WorldCommand>[] = [
  pick.map((at) =>
    command(`deliver(${at})`, (_, world) => {
      if (world.news.length > 0) world.deliver(at % world.news.length);
    }),
  ),
  fc.constant(
    command("deliverAll", (_, world) => {
      while (world.news.length > 0) world.deliver(0);
    }),
  ),
  pick.map((at) =>
    command(`repeat(${at})`, (_, world) => {
      const again = world.news[at % Math.max(1, world.news.length)];
      if (again !== undefined) world.hear(again);
    }),
  ),
  pick.map((at) =>
    command(`lose(${at})`, (_, world) => {
      if (world.news.length > 0) world.news.splice(at % world.news.length, 1);
    }),
  ),
  fc.constant(
    command("forgetExecutions", (_, world) => {
      world.exchange.executions = [];
    }),
  ),
  pick.map((at) =>
    command(`endHere(${at})`, (_, world) => {
      const orders = [...world.books.orders.values()].filter(({ status }) => !isTerminal(status));
      const order = orders[at % Math.max(1, orders.length)];
      if (order !== undefined) order.status = STATUS.cancelled;
    }),
  ),
  fc.constant(command("timeOut", (_, world) => world.timeOut())),
  fc.constant(command("resolve", (_, world) => world.resolve())),
];

export const lostNews = command("loseConnection", (model, world) => {
  model.isConnected = false;
  model.gate = false;
  world.reconciler.onConnectionLost();
});
export const restored = command("restoreConnection", (model, world) => {
  model.isConnected = true;
  model.gate = false;
  model.restoredAt = world.now;
  world.reconciler.onConnectionRestored(world.now);
});

function read(model: WorldModel, world: ModelWorld, cut: VenueSnapshot): void {
  world.endCut(cut);
  if (cut.beganAt <= model.readAt) return;
  model.readAt = cut.beganAt;
  if (model.isConnected && cut.beganAt > model.restoredAt) model.gate = true;
}

const CUTS: readonly fc.Arbitrary<WorldCommand>[] = [
  fc.constant(
    command("beginCut", (model, world) => {
      model.taken ??= world.beginCut();
    }),
  ),
  fc.constant(
    command("endCut", (model, world) => {
      if (model.taken !== null) read(model, world, model.taken);
      model.taken = null;
    }),
  ),
  fc.constantFrom(1, 3_000, 6_000, 40_000).map((ms) =>
    command(`cutAfter(${ms})`, (model, world) => {
      world.now += ms;
      read(model, world, world.beginCut());
    }),
  ),
  fc.constantFrom("failed", "twice", "null").map((how) =>
    command(`badCut(${how})`, (_, world) => {
      const before = JSON.stringify([world.mirror.state(), world.books.holdings, world.log]);
      const taken = world.beginCut();
      const { positions } = taken;
      world.now += 20;
      if (how === "failed" || positions.length === 0) world.reconciler.onCutFailed(world.now);
      else if (how === "twice") world.endCut({ ...taken, positions: [...positions, ...positions] });
      else {
        const spoilt = positions.map((row) => ({ ...row, qtyLots: Number.NaN, qty: Number.NaN }));
        world.endCut({ ...taken, positions: spoilt });
      }
      const after = JSON.stringify([world.mirror.state(), world.books.holdings, world.log]);
      if (after !== before) throw new Error("I17: a bad cut changed something");
    }),
  ),
];

export const restart = command("restart", (model, world) => {
  model.gate = false;
  model.isConnected = true;
  model.restoredAt = Number.NEGATIVE_INFINITY;
  world.restart();
});

/** Everything that can happen, the connection and the process left out. */
export const HAPPENINGS: readonly fc.Arbitrary<WorldCommand>[] = [
  ...STRATEGY,
  ...OWNER,
  ...NETWORK,
  ...CUTS,
  ...CUTS,
];

/** What must hold after every step. */
function assertAlways(model: WorldModel, world: ModelWorld): void {
  const { reconciler, exchange, books } = world;
  if (reconciler.isGateOpen !== model.gate) throw new Error(`I24: the gate is ${!model.gate}`);
  const rows = new Map<string, unknown>();
  for (const { actor, symbol, slot, row } of world.changes) {
    if (actor !== "reconcile") throw new Error("I14: a row by somebody else");
    if (row === null) rows.delete(`${symbol} ${slot}`);
    else rows.set(`${symbol} ${slot}`, row);
  }
  const kept = world.mirror.state().map((row) => [`${row.symbol} ${row.slot}`, row] as const);
  if (JSON.stringify(Object.fromEntries(kept)) !== JSON.stringify(sorted(rows))) {
    throw new Error("I14: the mirror is not the fold of its changes");
  }
  const filled = new Map<number, number>();
  for (const { executionId, requestId, qtyLots } of exchange.allExecutions) {
    if (requestId < 0 || !books.booked.has(executionId)) continue;
    filled.set(requestId, (filled.get(requestId) ?? 0) + qtyLots);
  }
  for (const order of books.orders.values()) {
    if (order.filledLots !== (filled.get(order.requestId) ?? 0)) {
      throw new Error(`I23: order ${order.requestId} has fills that are not its own`);
    }
  }
  assertNotes(world);
}

function sorted(rows: ReadonlyMap<string, unknown>): Readonly<Record<string, unknown>> {
  const keys = [...rows.keys()].sort();
  return Object.fromEntries(keys.map((key) => [key, rows.get(key)]));
}

/** I19: of each key at most one finding is open, told once and ended once. */
function assertNotes(world: ModelWorld): void {
  const open = new Map<string, string>();
  for (const { key, kind, class: found } of world.notes) {
    if (kind === "raised" && open.has(key)) throw new Error(`I19: ${key} is raised twice`);
    if (kind === "cleared" && open.get(key) !== found) throw new Error(`I19: ${key} is not open`);
    if (kind === "raised") open.set(key, found);
    else open.delete(key);
  }
  const told = world.reconciler.openFindings.map(({ key, raised }) => `${key} ${raised}`).sort();
  const noted = [...open].map(([key, found]) => `${key} ${found}`).sort();
  if (told.join() !== noted.join()) throw new Error(`I19: ${told.join()} is not ${noted.join()}`);
}

const TICK = fromUnits(makeGrid(0.5), 1) + 1e-9;

/** What must hold at quiet; every violation in words. */
export function violationsAtQuiet(world: ModelWorld): readonly string[] {
  const wrong: string[] = [];
  const { exchange, books, mirror, reconciler } = world;
  const rows = new Map(mirror.state().map((row) => [`${row.symbol} ${row.slot}`, row]));
  const open = new Set(reconciler.openFindings.map(({ key, raised }) => `${raised} ${key}`));
  PLACES.forEach(({ symbol, slot }, index) => {
    const there = must(exchange.holdings[index], "A place");
    const here = books.qtyLots(index);
    const row = rows.get(`${symbol} ${slot}`);
    rows.delete(`${symbol} ${slot}`);
    if ((row?.lots ?? 0) !== there.lots) wrong.push(`I15: the mirror of ${index} has ${row?.lots}`);
    if (row !== undefined && Math.abs((row.entryPrice ?? 0) - there.entry) > TICK) {
      wrong.push(`I15: the mirror of ${index} has entry ${row.entryPrice}`);
    }
    if (row !== undefined && row.isUntracked !== (here === 0))
      wrong.push(`I15: untracked ${index}`);
    const isOrphan = here === 0 && there.lots !== 0;
    const isDust = isOrphan && Math.abs(there.lots) < 2;
    const key = `orphanPosition position ${symbol} ${slot}`;
    if (open.delete(key) !== (isOrphan && !isDust)) wrong.push(`I19: orphan of ${index}`);
    if (world.barred.has(index) !== (isOrphan && !isDust)) wrong.push(`I19: barred ${index}`);
    if (!isOrphan && here !== there.lots) wrong.push(`I15: ${here} of ${there.lots} at ${index}`);
    if (here !== 0 && Math.abs(books.entryPrice(index) - there.entry) > TICK) {
      wrong.push(`I15: entry ${books.entryPrice(index)} of ${there.entry} at ${index}`);
    }
    if (exchange.leverages[index] !== books.leverages[index]) wrong.push(`I62: leverage ${index}`);
    wrong.push(...protectionAtQuiet(world, index, open));
  });
  const elsewhere = rows.get("XRPUSDT net");
  const signed = (elsewhere?.size ?? 0) * (elsewhere?.side === "short" ? -1 : 1);
  if (signed !== exchange.foreignQty) wrong.push("I15: the symbol that is not traded");
  open.delete("orphanPosition position XRPUSDT net");
  if (open.size > 0) wrong.push(`I62: still open: ${[...open].join()}`);
  if (Math.abs(exchange.wallet - books.wallet) > 0.011) wrong.push("I62: the wallet");
  wrong.push(...ordersAtQuiet(world));
  return wrong;
}

function protectionAtQuiet(
  { exchange, books }: ModelWorld,
  index: number,
  open: ReadonlySet<string>,
): readonly string[] {
  const resting = [...exchange.orders.values()].filter(
    (order) => order.index === index && order.requestId >= 0 && order.reduceOnly,
  );
  const wanted = books.protection(index);
  if (wanted === null) return resting.length > 0 ? [`I32: ${index} is flat with a stop`] : [];
  const rests = resting.some(
    ({ requestId, qtyLots, triggerTicks }) =>
      requestId === wanted.stopRequestId &&
      qtyLots >= wanted.stopLots &&
      triggerTicks === wanted.stopTicks,
  );
  const isTold = [...open].some((key) => key.includes("Protection"));
  if (!rests && !isTold) return [`I32: ${index} has no stop and no alert`];
  return resting.length > 1 ? [`I32: ${index} has ${resting.length} stops`] : [];
}

function ordersAtQuiet({ exchange, books }: ModelWorld): readonly string[] {
  const there = [...exchange.orders.values()].filter(({ requestId }) => requestId >= 0);
  const here = [...books.orders.values()].filter(({ status }) => !isTerminal(status));
  const ids = (orders: readonly { readonly requestId: number }[]): string =>
    orders
      .map(({ requestId }) => requestId)
      .sort((a, b) => a - b)
      .join();
  return ids(there) === ids(here) ? [] : [`I15: orders ${ids(here)} here, ${ids(there)} there`];
}
