import { fromUnits } from "#engine/model/grid.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { TargetKey } from "#engine/model/target.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { AppendedRecord, DriverStart } from "#live/driver/live-driver.ts";
import type { Program } from "#live/faults/program.ts";
import type { Simulation } from "#live/faults/simulate.ts";
import type { LifeEnd, SimulationObserver } from "#live/faults/simulation-observer.ts";
import type { VenueServer } from "#live/faults/world/venue-server.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";

/** What an account came to, as the venue has it. */
export interface AccountStory {
  /** Equity at the end less what it began with and what was transferred, quote units. */
  readonly pnl: number;
  /** Largest fall of the equity from a high, transfers aside, percent of that high. */
  readonly maxDrawdownPct: number;
  /** Orders of the strategy that the venue took, and its executions of them. */
  readonly orders: number;
  readonly executions: number;
  /** Client ids under which the venue took more than one order. */
  readonly doubledOrders: number;
  /** Virtual time with a position of the strategy, and of it without a stop of ours at the venue, ms. */
  readonly exposedMs: number;
  readonly unprotectedMs: number;
  /** Whether a stop of ours ever rested at the venue. */
  readonly hadStops: boolean;
  /** Orders whose fate was unknown at some time, and those of them for which it still is. */
  readonly unknowns: number;
  readonly unknownsLeft: number;
  /** Findings of reconcile that were raised, by class. */
  readonly findings: Readonly<Record<string, number>>;
  /** What the strategy threw, once per place. */
  readonly failures: readonly StrategyThrow[];
}

export interface StrategyThrow {
  readonly time: number;
  readonly error: unknown;
}

/** The account is looked at so often, ms of virtual time. */
const EVERY_MS = 10_000;
const STOPS: ReadonlySet<number> = new Set([
  ORDER_TYPE.stopMarket,
  ORDER_TYPE.stopLimit,
  ORDER_TYPE.trailingStop,
]);

/** Looks at the accounts of a run from outside, around the observer that judges it; changes and draws nothing. */
export class AccountWatch implements SimulationObserver {
  readonly #inner: SimulationObserver;
  readonly #simulation: Simulation;
  readonly #start: number;
  #nextAt = 0;
  #high = Number.NEGATIVE_INFINITY;
  #maxDrawdownPct = 0;
  #exposedMs = 0;
  #unprotectedMs = 0;
  #hadStops = false;
  /** Places that the engine holds, as far as it was last alive: what a hand opened is not the strategy's. */
  #held: ReadonlySet<string> = new Set();
  readonly #unknown = new Map<string, boolean>();
  readonly #findings = new Map<string, number>();
  readonly #failures = new Map<string, StrategyThrow>();

  constructor(inner: SimulationObserver, simulation: Simulation) {
    this.#inner = inner;
    this.#simulation = simulation;
    this.#start = this.#equity();
  }

  get isDone(): boolean {
    return this.#inner.isDone;
  }

  onLife(program: Program): void {
    this.#inner.onLife(program);
  }

  onStarted(started: DriverStart): void {
    this.#inner.onStarted(started);
  }

  onRecord(record: AppendedRecord): void {
    this.#inner.onRecord(record);
    const { orders = [], notes = [] } = record.data as {
      orders?: readonly { requestId: number; status: number }[];
      notes?: readonly { kind: string; class?: string }[];
    };
    for (const { requestId, status } of orders) {
      const key = `${record.target} ${requestId}`;
      if (status === STATUS.unknown) this.#unknown.set(key, true);
      else if (this.#unknown.has(key)) this.#unknown.set(key, false);
    }
    for (const note of notes) {
      if (note.kind !== "raised" || note.class === undefined) continue;
      this.#findings.set(note.class, (this.#findings.get(note.class) ?? 0) + 1);
    }
  }

  portOf(key: TargetKey, port: VenuePort): VenuePort {
    return this.#inner.portOf(key, port);
  }

  afterCallback(): void {
    this.#inner.afterCallback();
    const { now } = this.#simulation.world.time;
    if (now < this.#nextAt) return;
    this.#nextAt = now + EVERY_MS;
    this.#look();
  }

  onLifeEnd(how: LifeEnd): void {
    this.#inner.onLifeEnd(how);
    this.#takeFailures();
  }

  isQuiet(): boolean {
    return this.#inner.isQuiet();
  }

  onEnd(): void {
    this.#inner.onEnd();
  }

  /** Once the run is over. */
  story(): AccountStory {
    this.#takeFailures();
    const { world } = this.#simulation;
    const truths = world.targets.map(({ key }) => world.truth(key));
    const own = truths.flatMap(({ orders }) =>
      orders.filter(({ origin, isTaken }) => origin === "client" && isTaken),
    );
    const ids = own.map(({ clientId }) => clientId);
    return {
      pnl: this.#equity() - this.#start,
      maxDrawdownPct: this.#maxDrawdownPct,
      orders: own.length,
      executions: truths.reduce(
        (sum, { executions }) => sum + executions.filter(({ clientId }) => clientId !== "").length,
        0,
      ),
      doubledOrders: ids.length - new Set(ids).size,
      exposedMs: this.#exposedMs,
      unprotectedMs: this.#unprotectedMs,
      hadStops: this.#hadStops,
      unknowns: this.#unknown.size,
      unknownsLeft: [...this.#unknown.values()].filter(Boolean).length,
      findings: Object.fromEntries([...this.#findings].sort(([a], [b]) => (a < b ? -1 : 1))),
      failures: [...this.#failures.values()],
    };
  }

  #look(): void {
    const equity = this.#equity();
    this.#high = Math.max(this.#high, equity);
    if (this.#high > 0) {
      const fall = (100 * (this.#high - equity)) / this.#high;
      this.#maxDrawdownPct = Math.max(this.#maxDrawdownPct, fall);
    }
    this.#takeHeld();
    let isExposed = false;
    let isOpen = false;
    for (const { key, server } of this.#simulation.world.targets) {
      const stops = server.books.orders.filter(
        ({ isLive, terms }) => isLive && terms.reduceOnly && STOPS.has(terms.type),
      );
      if (stops.length > 0) this.#hadStops = true;
      for (const slot of server.matcher.slots) {
        if (slot.sim.isFlat || !this.#held.has(placeOf(key, slot))) continue;
        isExposed = true;
        if (!stops.some(({ terms }) => terms.slot === slot)) isOpen = true;
      }
    }
    if (isExposed) this.#exposedMs += EVERY_MS;
    if (isOpen) this.#unprotectedMs += EVERY_MS;
  }

  #takeHeld(): void {
    const { program } = this.#simulation;
    if (program === null) return;
    const held = new Set<string>();
    for (const { key, engine, made } of program.driver.targets) {
      made.slots.forEach((slot, at) => {
        const lots = engine.ledger.positions[at]?.qtyLots ?? 0;
        if (lots !== 0) held.add(placeOf(key, slot));
      });
    }
    this.#held = held;
  }

  #equity(): number {
    return this.#simulation.world.targets.reduce((sum, { server }) => sum + equityOf(server), 0);
  }

  #takeFailures(): void {
    for (const { engine } of this.#simulation.program?.driver.targets ?? []) {
      for (const { time, error } of engine.failures) {
        const place = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (!this.#failures.has(place)) this.#failures.set(place, { time, error });
      }
    }
  }
}

function placeOf(key: TargetKey, { symbol, slot }: { symbol: string; slot: string }): string {
  return `${key} ${symbol} ${slot}`;
}

/** Wallet and what the open positions would bring, transfers taken out. */
function equityOf({ matcher, transferred }: VenueServer): number {
  let equity = matcher.exchange.account.wallet - transferred;
  for (const slot of matcher.slots) {
    const { sim } = slot;
    if (sim.isFlat) continue;
    const base = fromUnits(sim.instrument.lot, sim.position.qtyLots);
    equity += base * (matcher.priceOf(slot) - sim.position.entryPrice);
  }
  return equity;
}
