import { AgedCloser } from "#engine/aged/aged-closer.ts";
import { EVENT } from "#engine/model/event.ts";
import { ORDER_TYPE, REJECT } from "#engine/model/order-terms.ts";
import { isTerminal, STATUS } from "#engine/orders/order-status.ts";
import { Order } from "#engine/orders/order-store.ts";
import type { Approved } from "#engine/risk/approve.ts";
import { type Canary, patch } from "./canary.ts";
import { answering } from "./changed-port.ts";

/** Bugs in the life of orders. */
export const ORDER_CANARIES: readonly Canary[] = [
  {
    name: "retries-without-look-up",
    invariant: "I1",
    says: "An answer that did not come is taken as a request that did not arrive: the order is sent again",
    plan: { rates: { N2: 0.2 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.orderNews, "onNews", (original) => (event, order) => {
            original(event, order);
            const isLost = event.kind === EVENT.unknownOutcome && order.status === STATUS.unknown;
            if (isLost && !order.isAccepted) engine.orderNews.resend(order);
          });
        }
      },
    }),
  },
  {
    name: "sends-before-it-syncs",
    invariant: "I2",
    says: "Requests leave while their record is still in memory",
    plan: {},
    plant: () => ({
      onProgram: ({ driver }) => {
        if (driver.journal !== null) patch(driver.journal, "sync", () => () => {});
      },
    }),
  },
  {
    name: "numbers-attempts-otherwise",
    invariant: "I3",
    says: "The record counts attempts from 0, the request id from 1",
    plan: {},
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { made } of driver.targets) {
          patch(
            made.recorder,
            "take",
            (original) => (event, requests) =>
              original(
                event,
                requests.map((request) => ({ ...request, attempt: request.attempt - 1 })),
              ),
          );
        }
      },
    }),
  },
  {
    name: "times-out-into-a-rejection",
    invariant: "I4",
    says: "A request that timed out counts as refused",
    plan: { rates: { N2: 0.2 } },
    plant: () => ({
      portOf: (_key, port) =>
        answering(port, (ask, told) =>
          ask.kind === "place" && told.kind === "unknown"
            ? { kind: "rejected", code: REJECT.insufficientMargin, text: "timed out" }
            : told,
        ),
    }),
  },
  {
    name: "gives-up-after-one-look-up",
    invariant: "I5",
    says: "One look-up that finds nothing, fence or not, is proof enough for the next attempt",
    plan: { rates: { N1: 0.3 }, work: { close: 5 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.orderNews.unresolved, "isProvenAbsent", () => () => true);
        }
      },
    }),
  },
  {
    name: "takes-an-ack-for-a-fill",
    invariant: "I6",
    says: "A market order that was acknowledged counts as filled",
    plan: {},
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.orderNews, "onNews", (original) => (event, order) => {
            original(event, order);
            if (event.kind !== EVENT.orderAccepted || isTerminal(order.status)) return;
            order.filledLots = order.qtyLots;
          });
        }
      },
    }),
  },
  {
    name: "reopens-on-a-late-ack",
    invariant: "I8",
    says: "An acknowledgement that comes after the end of its order opens it again",
    plan: { rates: { X9: 0.5, N3: 0.2, N5: 0.3 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.orderNews, "onNews", (original) => (event, order) => {
            original(event, order);
            const isLate = event.kind === EVENT.orderAccepted && isTerminal(order.status);
            if (isLate) order.status = STATUS.accepted;
          });
        }
      },
    }),
  },
  {
    name: "rebinds-ids",
    invariant: "I9",
    says: "Whatever id an answer brings is bound, that of another order too",
    plan: {},
    plant: () => {
      let last = "";
      return {
        onProgram: ({ driver }) => {
          for (const { names } of driver.targets) patch(names, "bind", () => () => true);
        },
        portOf: (_key, port) =>
          answering(port, (ask, told) => {
            if (ask.kind !== "place" || told.kind !== "accepted") return told;
            const venueOrderId = last === "" ? told.venueOrderId : last;
            last = told.venueOrderId;
            return { kind: "accepted", venueOrderId };
          }),
      };
    },
  },
  {
    name: "forgets-the-unknown",
    invariant: "I11",
    says: "Nobody looks for an order whose answer was lost",
    plan: { rates: { N2: 0.2 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.orderNews.unresolved, "begin", () => () => {});
        }
      },
    }),
  },
  {
    name: "takes-a-missing-result-for-accepted",
    invariant: "I12",
    says: "An item that the answer to its batch does not name counts as accepted",
    plan: { rates: { X2: 0.2, N2: 0.1 } },
    plant: () => ({
      portOf: (_key, port) =>
        answering(port, (ask, told) =>
          ask.kind === "place" && told.kind === "unknown"
            ? { kind: "accepted", venueOrderId: "" }
            : told,
        ),
    }),
  },
  {
    name: "does-not-split-closes",
    invariant: "I13",
    says: "A position larger than the largest order is closed by one order",
    plan: { work: { close: 3, market: 8 }, durationMs: 3 * 3_600_000 },
    plant: () => ({
      onWorld: (world) => {
        for (const { markets } of world.targets) {
          for (const { instrument, bars } of markets) {
            // Up to a tenth of the balance per order.
            Object.assign(instrument, { maxQty: 1_000 / (bars.open[0] as number) });
          }
        }
      },
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine.desk.protective, "largestPart", () => (_symbol, lots) => lots);
        }
      },
    }),
  },
  {
    name: "attributes-to-a-sibling",
    invariant: "I23",
    says: "An execution of nobody's goes to the order that works on its symbol",
    plan: { rates: { O2: 40 }, work: { limit: 6, stop: 5 } },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          patch(engine, "process", (original) => (event) => {
            const sibling = engine.orderManager.store
              .working(event.symbol)
              .find(
                ({ side, remainingLots }) => side === event.side && remainingLots >= event.qtyLots,
              );
            if (event.kind === EVENT.externalFill && sibling !== undefined) {
              event.kind = EVENT.orderPartiallyFilled;
              event.requestId = sibling.requestId;
            }
            original(event);
          });
        }
      },
    }),
  },
  {
    name: "books-a-fill-twice",
    invariant: "I35",
    says: "An execution that is told twice is booked twice",
    plan: { rates: { X8: 1, X7: 0.5, N7: 10 }, work: { limit: 5, cancel: 5 } },
    plant: () => {
      const undo = patch(
        Order.prototype,
        "takeExecution",
        (original) =>
          function twice(this: Order, id: number): boolean {
            original.call(this, id);
            return true;
          },
      );
      return { undo };
    },
  },
  {
    name: "closes-twice",
    invariant: "I26",
    says: "Two rules that want the same position closed each send an order for all of it",
    plan: {
      features: { hasAged: false, hasProtection: true, hasPollingFallback: false },
      work: { close: 4 },
    },
    plant: () => ({
      onProgram: ({ driver }) => {
        for (const { engine } of driver.targets) {
          const { orderManager, risk } = engine;
          patch(risk, "approve", (original) => (order, now) => {
            const { qtyLots } = order;
            const answer = original(order, now);
            order.qtyLots = qtyLots;
            return answer === REJECT.alreadyClosing ? (order as Approved) : answer;
          });
          patch(orderManager, "send", (original) => (order) => {
            original(order);
            if (!order.reduceOnly || order.type !== ORDER_TYPE.market) return;
            const { strategy, symbol, type, side, qtyLots, purpose } = order;
            const again = orderManager.intend(strategy, symbol, type, side, qtyLots, purpose);
            again.reduceOnly = true;
            original(again);
          });
        }
      },
    }),
  },
  {
    name: "retries-at-once",
    invariant: "I30",
    says: "A close that was refused is tried again without a pause",
    plan: {
      barMs: 1_000,
      durationMs: 2_700_000,
      reserveMs: 3_600_000,
      rates: { X24: 0.9 },
      features: { hasAged: true, hasProtection: false, hasPollingFallback: false },
      work: { close: 0, limit: 0, stop: 0, amend: 0, cancel: 0, ordersPerHour: 20 },
    },
    plant: () => {
      const undo = patch(
        AgedCloser.prototype,
        "onEnded",
        (original) =>
          function atOnce(this: AgedCloser, record, reason, now): boolean {
            const isFailed = original.call(this, record, reason, now);
            record.notBefore = 0;
            return isFailed;
          },
      );
      return { undo };
    },
  },
];
