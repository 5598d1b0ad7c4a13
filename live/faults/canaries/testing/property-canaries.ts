import * as fc from "fast-check";
import { answers } from "#data/journal/lock-socket.ts";
import { oneEngine } from "#data/journal/testing/one-engine.ts";
import { type Contract, TargetMemory } from "#data/projection/memory.ts";
import type { Wrap } from "#data/projection/projection-file.ts";
import { projectionCrashes } from "#data/projection/testing/projection-crashes.ts";
import { tablesAreFolds } from "#data/projection/testing/tables-fold.ts";
import { migrationCrashes, type WrapDatabase } from "#data/store/testing/migration-crashes.ts";
import { Position } from "#engine/ledger/position.ts";
import { sameInAnyOrder } from "#engine/ledger/testing/confluence.ts";
import { type OpenTrade, TradeLog } from "#engine/ledger/trade-log.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import { Order } from "#engine/orders/order-store.ts";
import { cancelRace } from "#engine/orders/testing/cancel-race.ts";
import { ExecutionMemory } from "#engine/reconcile/execution-memory.ts";
import { type Suspicion, Suspicions } from "#engine/reconcile/suspicions.ts";
import { newsInAnyOrder } from "#engine/reconcile/testing/news-in-any-order.ts";
import { sameCutAgain } from "#engine/reconcile/testing/same-cut-again.ts";
import { IndicatorRun } from "#engine/strategy/indicator-run.ts";
import { patch } from "#live/faults/canaries/canary.ts";
import { holdsInvariants } from "#props/holds-invariants.ts";
import { INVARIANTS, type InvariantName } from "#props/invariants/invariant-broken.ts";
import { reportedNumbers } from "#reports/testing/reported-numbers.ts";
import { MarkSeries } from "#sim/mark-series.ts";
import { prefix } from "#sim/testing/determinism-properties.ts";
import { smaCross } from "#strategies/sma-cross.ts";
import { QUICK } from "#strategies/testing/quick-params.ts";
import type { PropertyCanary } from "./property-canary.ts";

/** Bugs of parts that are judged apart from a run of the whole. */
export const PROPERTY_CANARIES: readonly PropertyCanary[] = [
  {
    name: "books-what-a-cut-repeats",
    invariant: "I7",
    says: "An execution that the stream told is booked again when a cut lists it",
    file: "engine/reconcile/reconcile.model.test.ts",
    property: () => newsInAnyOrder,
    plant: () =>
      patch(
        ExecutionMemory.prototype,
        "take",
        (original) =>
          function forgets(this: ExecutionMemory, execution): boolean {
            original.call(this, execution);
            return execution.executionId !== 0;
          },
      ),
  },
  {
    name: "averages-without-sizes",
    invariant: "I7",
    says: "An addition moves the entry to the middle of two prices, whatever their sizes are",
    file: "engine/ledger/confluence.prop.test.ts",
    property: () => sameInAnyOrder,
    plant: () =>
      patch(
        Position.prototype,
        "increase",
        (original) =>
          function middles(this: Position, signedLots, price): void {
            const { qtyLots, entryPrice } = this;
            original.call(this, signedLots, price);
            if (qtyLots !== 0) this.entryValue = Math.abs(this.qty) * ((entryPrice + price) / 2);
          },
      ),
  },
  {
    name: "drops-fills-after-a-cancel",
    invariant: "I10",
    says: "An execution that comes after the end of its order is left out",
    file: "engine/orders/unresolved-orders.test.ts",
    property: () => cancelRace,
    plant: () =>
      patch(
        Order.prototype,
        "takeExecution",
        (original) =>
          function tooLate(this: Order, id): boolean {
            return original.call(this, id) && !isTerminal(this.status);
          },
      ),
  },
  {
    name: "forgets-what-it-has-done",
    invariant: "I21",
    says: "A difference that lasts is one that was never told or acted on, at every cut anew",
    file: "engine/reconcile/reconcile.model.test.ts",
    property: () => sameCutAgain,
    plant: () =>
      patch(
        Suspicions.prototype,
        "observe",
        (original) =>
          function forgets(this: Suspicions, finding, beganAt, activeAt): Suspicion {
            const suspicion = original.call(this, finding, beganAt, activeAt);
            return Object.assign(suspicion, { raised: null, actedAt: null, attempts: 0 });
          },
      ),
  },
  {
    name: "values-at-the-next-mark",
    invariant: "I40",
    says: "A position is valued at the close of the mark candle that begins now",
    file: "sim/determinism.prop.test.ts",
    property: () => prefix,
    plant: () =>
      patch(
        MarkSeries.prototype,
        "closeOf",
        (original) =>
          function ahead(this: MarkSeries, index): number {
            const next = original.call(this, index + 1);
            return next === next && next !== undefined ? next : original.call(this, index);
          },
      ),
  },
  {
    name: "hands-out-the-next-value",
    invariant: "I40",
    says: "An indicator has been computed a block ahead, and hands out the value of the bar that comes next",
    file: "strategies/built-ins.invariants.slow.test.ts",
    property: () => seesNoFuture,
    plant: () =>
      patch(
        IndicatorRun.prototype,
        "advance",
        (original) =>
          function ahead(this: IndicatorRun): void {
            const from = Math.max(0, this.computed - 1);
            original.call(this);
            for (const ring of this.rings) {
              for (let row = from; row < this.computed - 1; row++) {
                ring[row & this.mask] = ring[(row + 1) & this.mask] as number;
              }
            }
          },
      ),
  },
  {
    name: "asks-the-socket-alone",
    invariant: "I51",
    says: "A holder whose socket does not answer is dead, although its process runs",
    file: "data/journal/engine-lock.slow.test.ts",
    property: (isPlanted) => oneEngine(isPlanted ? ({ address }) => answers(address) : undefined),
  },
  {
    name: "keeps-the-fees-of-the-trade-before",
    invariant: "I37",
    says: "A trade begins with the fees of the one before it",
    file: "reports/metrics/reported-numbers.prop.test.ts",
    property: () => reportedNumbers,
    plant: () =>
      patch(
        TradeLog.prototype,
        "start",
        (original) =>
          function keeps(this: TradeLog, symbol, ...rest): OpenTrade {
            const fees = this.open[symbol]?.fees ?? 0;
            const trade = original.call(this, symbol, ...rest);
            trade.fees = fees;
            return trade;
          },
      ),
  },
  {
    name: "tells-lots-of-the-first-contract",
    invariant: "I37",
    says: "Sizes and prices of every contract are told on the grid of the first",
    file: "data/projection/projection.slow.test.ts",
    property: () => tablesAreFolds,
    plant: () =>
      patch(
        TargetMemory.prototype,
        "contract",
        (original) =>
          function first(this: TargetMemory, index): Contract {
            const { tick, lot } = original.call(this, 0);
            return { ...original.call(this, index), tick, lot };
          },
      ),
  },
  {
    name: "moves-last-seq-apart",
    invariant: "I48",
    says: "Rows are committed first, how far they are in a transaction of its own",
    file: "data/projection/projection.slow.test.ts",
    property: (isPlanted) => projectionCrashes(isPlanted ? inTwoTransactions : undefined),
  },
  {
    name: "migrates-without-a-transaction",
    invariant: "I52",
    says: "The statements of a migration are committed one by one",
    file: "data/store/market-schema.slow.test.ts",
    property: (isPlanted) => migrationCrashes(isPlanted ? withoutTransactions : undefined),
  },
];

const withoutTransactions: WrapDatabase = (database) => ({
  path: database.path,
  mode: database.mode,
  read: (doing, work) => database.read(doing, work),
  transact: (doing, work) => database.read(doing, work),
  checkpoint: (when) => database.checkpoint(when),
  close: () => database.close(),
});

const inTwoTransactions: Wrap = (link) => ({
  ...link,
  run: async (sql) => {
    if (sql.startsWith("UPDATE projection ")) {
      await link.run("COMMIT");
      await link.run("BEGIN TRANSACTION");
    }
    await link.run(sql);
  },
});

/** The same as `holdsInvariants` asks of every strategy of ours, of one and of this invariant alone. */
const seesNoFuture = fc.property(fc.nat(), (seed) => {
  const params = QUICK[smaCross.name] ?? {};
  const names = Object.keys(INVARIANTS) as readonly InvariantName[];
  const except = names.filter((name) => name !== "noLookahead");
  holdsInvariants(smaCross, { params, seed, runs: 1, mayIdle: true, except });
});
