import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { STATUS, type Status, statusName } from "#engine/orders/order-status.ts";
import { HandDrivenEngine } from "#engine/testing/hand-driven-engine.ts";
import {
  foldVenueStream,
  type StreamEvent,
  type VenueStream,
  venueStreams,
} from "./venue-streams.ts";

const KINDS = {
  accepted: EVENT.orderAccepted,
  rejected: EVENT.orderRejected,
  cancelled: EVENT.orderCancelled,
  expired: EVENT.orderExpired,
  cancelRejected: EVENT.commandRejected,
} as const;

/** What an engine knows of each order after it has heard everything. */
function heard({ orders }: VenueStream, arrivals: readonly StreamEvent[]): object {
  const driven = new HandDrivenEngine();
  const commands = driven.decide((ctx) => {
    for (const { lots } of orders) {
      ctx.order({ side: "buy", type: "limit", qty: lots * 0.001, price: 90 });
    }
  });
  const requests = commands.map(({ requestId }) => requestId);
  for (const { order, kind, executionId, lots } of arrivals) {
    const requestId = requests[order] as number;
    if (kind !== "executed") driven.say(KINDS[kind], { requestId });
    else {
      const execution = { executionId: executionId + 1, qtyLots: lots, priceTicks: 9_000, fee: 0 };
      driven.say(EVENT.orderPartiallyFilled, { requestId, side: 1, ...execution });
    }
  }
  const states = orders.map(({ id }) => {
    const [status, filledLots] = driven.order(requests[id] as number);
    return { filledLots, status: wordOf(status as Status) };
  });
  return { states, lots: driven.lots };
}

function wordOf(status: Status): string {
  const isOpen = status === STATUS.accepted || status === STATUS.partiallyFilled;
  return isOpen ? "open" : statusName(status);
}

test("I7, I8, I10: whatever comes when and how often, orders and position end as the venue's history says", () => {
  let late = 0;
  let doubled = 0;
  const property = fc.property(venueStreams(), (stream) => {
    const states = [...foldVenueStream(stream).values()];
    const lots = states.reduce((sum, { filledLots }) => sum + filledLots, 0);
    expect(heard(stream, stream.arrivals)).toEqual({ states, lots });
    expect(heard(stream, stream.history)).toEqual({ states, lots });
    late += stream.arrivals.filter(({ kind, order }, at) => {
      const before = stream.arrivals.slice(0, at);
      return (
        kind === "executed" && before.some((one) => one.order === order && one.kind === "cancelled")
      );
    }).length;
    doubled += stream.arrivals.length - stream.history.length;
  });
  fc.assert(property, { numRuns: 300 });
  expect(late).toBeGreaterThan(20);
  expect(doubled).toBeGreaterThan(100);
});

test("a history fills no order beyond its size, and nothing follows an end", () => {
  const property = fc.property(venueStreams({ maxOrders: 8 }), ({ orders, history, arrivals }) => {
    expect(new Set(arrivals).size).toBe(history.length);
    for (const { id, lots, end, fills } of orders) {
      const own = history.filter(({ order }) => order === id);
      const filled = fills.reduce((sum, part) => sum + part, 0);
      expect(filled).toBeLessThanOrEqual(lots);
      expect(end === "filled").toBe(filled === lots);
      const ended = own.findIndex(({ kind }) => kind === "cancelled" || kind === "expired");
      expect([-1, own.length - 1]).toContain(ended);
      expect(ended >= 0).toBe(end === "cancelled" || end === "expired");
      expect(own.reduce((sum, event) => sum + event.lots, 0)).toBe(filled);
    }
  });
  fc.assert(property, { numRuns: 200 });
});
