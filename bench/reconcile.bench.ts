import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, PURPOSE } from "#engine/model/order-terms.ts";
import type { VenueSnapshot } from "#engine/model/venue-snapshot.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { ActivePositions } from "#engine/reconcile/active-positions.ts";
import { diff } from "#engine/reconcile/diff.ts";
import { DIFF_TERMS } from "#engine/reconcile/diff-terms.ts";
import { isSame } from "#engine/reconcile/is-same.ts";
import type { LocalBooks, LocalOrder, LocalProtection } from "#engine/reconcile/local-books.ts";
import type { ReconcileDesk } from "#engine/reconcile/reconcile-desk.ts";
import { Reconciler } from "#engine/reconcile/reconciler.ts";
import { RECONCILER_DEFAULTS } from "#engine/reconcile/reconciler-config.ts";
import { type BenchRow, best } from "./measure.ts";

const POSITIONS = 10_000;
const DIFF_MS_MAX = 10;
const IDLE_CHECKS = 5_000_000;

const NONE: readonly LocalOrder[] = [];
const IN_FLIGHT = { now: 2_000, stuckGraceMs: 0, newerFills: () => [] };

/** Books of `count` symbols; `held` of them have a position with a stop that rests. */
class BenchBooks implements LocalBooks {
  readonly size: number;
  readonly wallet = 1_000;
  readonly lastMoneyAt = 0;
  readonly #held: number;
  readonly #orders: readonly (readonly LocalOrder[])[];
  readonly #protections: readonly LocalProtection[];
  readonly #instruments: readonly Instrument[];

  constructor(count: number, held: number) {
    this.size = count;
    this.#held = held;
    this.#instruments = Array.from({ length: count }, (_, index) => instrument(index));
    this.#orders = Array.from({ length: held }, (_, index) => [stop(index)]);
    this.#protections = Array.from({ length: held }, (_, index) => ({
      stopTicks: 90,
      stopLots: 5,
      stopRequestId: index,
      targetTicks: Number.NaN,
      targetLots: Number.NaN,
      targetRequestId: -1,
    }));
  }

  qtyLots(index: number): number {
    return index < this.#held ? 5 : 0;
  }
  entryPrice(index: number): number {
    return index < this.#held ? 100 : Number.NaN;
  }
  slot(): "net" {
    return "net";
  }
  instrument(index: number): Instrument {
    return this.#instruments[index] as Instrument;
  }
  instrumentOf(): null {
    return null;
  }
  protection(index: number): LocalProtection | null {
    return this.#protections[index] ?? null;
  }
  origin(): null {
    return null;
  }
  settings(): null {
    return null;
  }
  working(index: number): readonly LocalOrder[] {
    return this.#orders[index] ?? NONE;
  }
  find(requestId: number): LocalOrder | undefined {
    return this.#orders[requestId]?.[0];
  }
  lastActivityAt(): number {
    return 0;
  }
}

function instrument(index: number): Instrument {
  return {
    exchange: "synthetic",
    symbol: `S${index}`,
    tick: makeGrid(0.1),
    lot: makeGrid(0.001),
    minQty: 0,
    maxQty: Number.POSITIVE_INFINITY,
    minNotional: 0,
    maxLeverage: 100,
    tiers: [],
    isPerpetual: true,
  };
}

function stop(index: number): LocalOrder {
  return {
    requestId: index,
    strategy: 0,
    symbol: index,
    side: -1,
    type: ORDER_TYPE.stopMarket,
    purpose: PURPOSE.stopLoss,
    status: STATUS.accepted,
    qtyLots: 5,
    filledLots: 0,
    wantedLots: 5,
    priceTicks: Number.NaN,
    triggerTicks: 90,
    reduceOnly: true,
    isAccepted: true,
    fenceAt: 0,
  };
}

/** A cut of those books; `lots` is what the venue has of each. */
function cutOf(books: LocalBooks, held: number, lots: number): VenueSnapshot {
  const indexes = Array.from({ length: held }, (_, index) => index);
  return {
    beganAt: 1_000,
    asOf: 1_000,
    positions: indexes.map((index) => ({
      index,
      symbol: `S${index}`,
      slot: "net",
      qtyLots: lots,
      qty: lots / 1_000,
      entryPrice: 100,
      markPrice: 100,
      openedAt: Number.NaN,
      hasTrailingStop: false,
    })),
    orders: indexes.map((index) => ({
      ...stop(index),
      index,
      symbol: `S${index}`,
      clientId: "",
      venueOrderId: `v${index}`,
    })),
    executions: [],
    executionsFrom: 0,
    wallet: books.wallet,
    settings: [],
  };
}

export function benchReconcile(): readonly BenchRow[] {
  const books = new BenchBooks(POSITIONS, POSITIONS);
  const same = cutOf(books, POSITIONS, 5);
  // One order less, and the short way is not taken.
  const almost = { ...same, orders: same.orders.slice(1) };
  const drifted = cutOf(books, POSITIONS, 4);
  return [
    diffRow(" with stops", books, same, 0),
    diffRow(", one stop missing", books, almost, 2),
    diffRow(", every one differs", books, drifted, POSITIONS),
    idleRow(),
    idleCutRow(),
  ];
}

function diffRow(work: string, books: LocalBooks, cut: VenueSnapshot, expected: number): BenchRow {
  const ms = best(15, () => {
    const found = diff(books, cut, IN_FLIGHT).length;
    if (found !== expected) throw new Error(`${found} findings where ${expected} were made`);
  });
  return {
    work: `reconcile diff of ${POSITIONS.toLocaleString("en-US")} positions${work}`,
    ms,
    figure: `${ms.toFixed(2)} ms`,
    bar: `<= ${DIFF_MS_MAX} ms`,
    holds: ms <= DIFF_MS_MAX,
  };
}

/** What a plain backtest pays at every decision: one symbol, nothing held, no order. */
function idleRow(): BenchRow {
  const books = new BenchBooks(1, 0);
  const cut = cutOf(books, 0, 0);
  const ms = best(7, () => {
    let same = 0;
    for (let check = 0; check < IDLE_CHECKS; check++) {
      if (isSame(books, cut, DIFF_TERMS)) same += 1;
    }
    if (same !== IDLE_CHECKS) throw new Error("Nothing is the same as nothing");
  });
  return {
    work: "reconcile, nothing held and no order",
    ms,
    figure: `${((ms * 1e6) / IDLE_CHECKS).toFixed(1)} ns`,
    bar: "",
    holds: true,
  };
}

/** The same through the state machine: a whole cut that finds nothing, so that nothing is asked of the desk. */
function idleCutRow(): BenchRow {
  const books = new BenchBooks(1, 0);
  const cut = { ...cutOf(books, 0, 0) };
  const reconciler = new Reconciler({
    config: {
      ...RECONCILER_DEFAULTS,
      account: { userId: "bench", exchange: "bybit", env: "paper" },
    },
    books,
    desk: {} as ReconcileDesk,
    mirror: new ActivePositions(),
    startedAt: 0,
  });
  const ms = best(7, () => {
    for (let check = 0; check < IDLE_CHECKS; check++) {
      cut.beganAt += 60_000;
      cut.asOf = cut.beganAt;
      reconciler.onCut(cut, cut.beganAt);
    }
  });
  return {
    work: "reconcile, a whole cut that finds nothing",
    ms,
    figure: `${((ms * 1e6) / IDLE_CHECKS).toFixed(1)} ns`,
    bar: "",
    holds: true,
  };
}
