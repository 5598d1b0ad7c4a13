import { AgedStates } from "#engine/aged/aged-states.ts";
import type { Engine } from "#engine/engine.ts";
import { EVENT } from "#engine/model/event.ts";
import { ORDER_TYPE, PURPOSE } from "#engine/model/order-terms.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import { EngineDesk } from "#engine/reconcile/engine-desk.ts";
import { Suspicions } from "#engine/reconcile/suspicions.ts";
import { Protection } from "#engine/rules/protection.ts";
import type { Answer, Page } from "#live/ports/venue-port.ts";
import { type Canary, patch } from "./canary.ts";
import { answering, asking } from "./changed-port.ts";

const HOUR = 3_600_000;
const AGED = { hasAged: true, hasProtection: false, hasPollingFallback: false };
/** A position is opened now and then, and nobody but the rules closes it. */
const HELD = { close: 0, limit: 0, stop: 0, amend: 0, cancel: 0, ordersPerHour: 4 };

/** Opens something at the market that nobody has decided. */
function opens(engine: Engine, symbol: number, side: 1 | -1, lots: number): void {
  const { orderManager } = engine;
  const order = orderManager.intend(
    ENGINE_STRATEGY,
    symbol,
    ORDER_TYPE.market,
    side,
    lots,
    PURPOSE.flatten,
  );
  orderManager.send(order);
}

/** Bugs in reconcile, in closing and in aged positions. */
export const RECONCILE_CANARIES: readonly Canary[] = [
  {
    name: "writes-rows-on-a-fill",
    invariant: "I14",
    says: "The path of a fill writes into the rows of the mirror",
    plan: {},
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            original(event);
            if (event.kind !== EVENT.orderFilled) return;
            for (const row of engine.reconcile?.positions() ?? []) {
              Object.assign(row, { size: row.size + 1, updatedAt: event.time });
            }
          });
        }
      },
    }),
  },
  {
    name: "reads-positions-once",
    invariant: "I15",
    says: "The first page of positions answers for all later ones",
    plan: {},
    plant: () => {
      let kept: Answer | null = null;
      return {
        portOf: (_key, port) =>
          answering(port, (ask, told) => {
            if (ask.kind !== "page" || ask.of !== "positions" || told.kind !== "page") return told;
            kept ??= told;
            return { ...kept, asOf: told.asOf } as Answer;
          }),
      };
    },
  },
  {
    name: "leaves-an-account-out",
    invariant: "I16",
    says: "Only the first account is reconciled after its start",
    plan: { accounts: 2, durationMs: HOUR / 2 },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets.slice(1)) {
          if (engine.reconcile === null) continue;
          patch(engine.reconcile, "onTime", () => () => {});
          Object.defineProperty(engine.reconcile, "nextTimerAt", {
            get: () => Number.POSITIVE_INFINITY,
          });
        }
      },
    }),
  },
  {
    name: "takes-an-error-for-flat",
    invariant: "I17",
    says: "A page that could not be read counts as an empty one",
    plan: { rates: { N2: 0.1, X2: 0.05 } },
    plant: () => ({
      portOf: (_key, port) =>
        answering(port, (ask, told) => {
          if (ask.kind !== "page" || told.kind === "page" || ask.of === "wallet") return told;
          const page = { of: ask.of, rows: [] } as Page;
          return { kind: "page", page, next: "", asOf: 0 };
        }),
    }),
  },
  {
    name: "convicts-at-first-sight",
    invariant: "I18",
    says: "One cut is enough, whatever has moved since it began",
    plan: { rates: { O1: 20, O2: 20, X16: 0.5, X9: 0.3, X10: 0.5 }, lagMsMax: 4_000 },
    plant: () => {
      const undo = patch(
        Suspicions.prototype,
        "observe",
        (original) =>
          function atOnce(this: Suspicions, finding, beganAt, activeAt) {
            const suspicion = original.call(this, finding, beganAt, activeAt);
            suspicion.isConfirmed = finding.class !== "inFlight";
            return suspicion;
          },
      );
      return { undo };
    },
  },
  {
    name: "raises-twice",
    invariant: "I19",
    says: "A finding is told each time that it is seen",
    plan: { rates: { O2: 10 } },
    plant: () => {
      const undo = patch(
        EngineDesk.prototype,
        "note",
        (original) =>
          function twice(this: EngineDesk, note): void {
            original.call(this, note);
            if (note.kind === "raised") original.call(this, note);
          },
      );
      return { undo };
    },
  },
  {
    name: "books-strangers-at-another-price",
    invariant: "I20",
    says: "What others traded is booked a tick beside its price",
    plan: { rates: { O1: 20 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.executions, "onExternalFill", (original) => (event, isEstimated) => {
            event.priceTicks += 1;
            original(event, isEstimated);
          });
        }
      },
    }),
  },
  {
    name: "hedges-what-a-cut-shows",
    invariant: "I22",
    says: "Reconcile opens the other side of a position that it does not know",
    plan: { rates: { O2: 20 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            original(event);
            if (event.kind !== EVENT.snapshot) return;
            for (const { index, qtyLots } of event.snapshot?.positions ?? []) {
              if (index >= 0) opens(engine, index, qtyLots > 0 ? -1 : 1, Math.abs(qtyLots));
            }
          });
        }
      },
    }),
  },
  {
    name: "ignores-the-gate",
    invariant: "I24",
    says: "The gate never closes",
    plan: { rates: { N7: 20, N10: 5 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          engine.risk.latches.openGate();
          patch(engine.risk.latches, "closeGate", () => () => {});
        }
      },
    }),
  },
  {
    name: "forgets-reduce-only",
    invariant: "I25",
    says: "The flag is lost on the way to the wire, and closes are twice as large",
    plan: { work: { close: 5 } },
    plant: () => ({
      portOf: (_key, port) =>
        asking(port, (ask) =>
          ask.kind === "place" && ask.reduceOnly
            ? { ...ask, reduceOnly: false, qtyLots: 2 * ask.qtyLots }
            : ask,
        ),
    }),
  },
  {
    name: "skips-a-stage",
    invariant: "I27",
    says: "A position that grows too old goes straight to the progressive stage",
    plan: { features: AGED, work: HELD, durationMs: HOUR },
    plant: () => {
      const undo = patch(
        AgedStates.prototype,
        "move",
        (original) =>
          function skips(this: AgedStates, record, to, now, reason, price): void {
            if (to === "grace_active") record.status = "grace_active";
            original.call(
              this,
              record,
              to === "grace_active" ? "progressive_active" : to,
              now,
              reason,
              price,
            );
          },
      );
      return { undo };
    },
  },
  {
    name: "leaves-a-hole-in-the-history",
    invariant: "I28",
    says: "A transition takes two numbers",
    plan: { features: AGED, work: HELD },
    plant: () => {
      const undo = patch(
        AgedStates.prototype,
        "move",
        (original) =>
          function holes(this: AgedStates, record, to, now, reason, price): void {
            record.seq += 1;
            original.call(this, record, to, now, reason, price);
          },
      );
      return { undo };
    },
  },
  {
    name: "grants-the-grace-anew",
    invariant: "I29",
    says: "A restart begins the grace again",
    plan: { features: AGED, work: HELD, rates: { P13: 6 }, durationMs: 2 * HOUR },
    plant: () => ({
      onProgram: ({ driver }, world) => {
        for (const { engine } of driver.targets) {
          const { positions } = engine.aged ?? {};
          for (let symbol = 0; symbol < (positions?.slotCount ?? 0); symbol++) {
            const record = positions?.recordOf(symbol);
            if (record) Object.assign(record, { graceEndsAt: world.time.now + HOUR });
          }
        }
      },
    }),
  },
  {
    name: "counts-a-close-on-its-ack",
    invariant: "I31",
    says: "A close that was accepted counts as done",
    plan: { features: AGED, work: HELD, durationMs: 3 * HOUR },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            original(event);
            if (event.kind !== EVENT.orderAccepted) return;
            const order = engine.orderManager.store.find(event.requestId);
            if (order?.purpose !== PURPOSE.aged) return;
            if (engine.aged?.positions.recordOf(order.symbol) !== null) {
              engine.aged?.positions.onFlat(order.symbol, "grace_target", event.time);
            }
          });
        }
      },
    }),
  },
  {
    name: "leaves-protection-behind",
    invariant: "I32",
    says: "Stop and target stay when their position is gone, and reconcile lets them",
    plan: {
      features: { hasAged: false, hasProtection: true, hasPollingFallback: false },
      work: { close: 6 },
    },
    plant: () => {
      const undos = [
        patch(Protection.prototype, "onFlat", () => () => {}),
        patch(EngineDesk.prototype, "cancelOrder", () => () => {}),
      ];
      return { undo: () => undos.forEach((undo) => undo()) };
    },
  },
  {
    name: "opens-again-what-a-hand-closed",
    invariant: "I62",
    says: "A position that somebody closed at the exchange is opened again",
    plan: { rates: { O1: 20 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            original(event);
            if (event.kind !== EVENT.externalFill) return;
            opens(engine, event.symbol, event.side === 1 ? -1 : 1, event.qtyLots);
          });
        }
      },
    }),
  },
];
