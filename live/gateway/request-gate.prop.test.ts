import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Left,
  mostIn,
  type RunRequest,
  runGate,
  SMALL,
  type Wish,
} from "./testing/gate-run.ts";

const wish: fc.Arbitrary<Wish> = fc.record({
  at: fc.integer({ min: 0, max: 6_000 }),
  group: fc.constantFrom("place", "place", "amend", "cancel", "orders", "price"),
  isClose: fc.boolean(),
  order: fc.integer({ min: 0, max: 20 }),
  wait: fc.constantFrom(0, 500, 3_000, 20_000),
  up: fc.integer({ min: 1, max: 1_500 }),
  down: fc.integer({ min: 1, max: 1_500 }),
});
const wishes = fc.array(wish, { maxLength: 60 });

const weightIn = ({ costs }: RunRequest, name: string): number =>
  costs.find(({ window }) => window === name)?.weight ?? 0;

/** What a window of the venue counts of the requests that left, by a time of each. */
const countsIn = (
  left: readonly Left[],
  name: string,
  timeOf: (one: Left) => number,
): readonly { at: number; weight: number }[] =>
  left.map((one) => ({ at: timeOf(one), weight: weightIn(one.request, name) }));

test("No window holds more than its limit, neither of what leaves nor of what arrives", () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const { left } = runGate(asked);
      for (const [name, { limit, ms }] of Object.entries(SMALL.windows)) {
        const leaving = countsIn(left, name, ({ at }) => at);
        const arriving = countsIn(left, name, ({ at, request }) => at + request.wish.up);
        expect(mostIn(leaving, ms)).toBeLessThanOrEqual(limit);
        expect(mostIn(arriving, ms)).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test("Nobody takes what another has reserved", () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const { left } = runGate(asked);
      for (const [name, { limit, ms, closes, lookups }] of Object.entries(SMALL.windows)) {
        const most = {
          close: limit - lookups,
          lookup: limit - closes,
          rest: limit - closes - lookups,
        };
        for (const urgency of ["close", "lookup", "rest"] as const) {
          const own = left.filter(({ request }) => request.urgency === urgency);
          expect(
            mostIn(
              countsIn(own, name, ({ at }) => at),
              ms,
            ),
          ).toBeLessThanOrEqual(most[urgency]);
        }
      }
    }),
  );
});

test("Everything leaves in time or is dropped, once", () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const { left, dropped } = runGate(asked);
      for (const { request, at } of left) expect(at).toBeLessThanOrEqual(request.leaveBefore);
      const ends = [...left, ...dropped].map(({ request }) => request.number);
      expect(ends.sort((a, b) => a - b)).toEqual(asked.map((_, number) => number));
    }),
  );
});

test("Requests about one order leave in the order in which they came", () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      const { left } = runGate(asked);
      for (let order = 0; order <= 20; order++) {
        const own = left
          .filter(({ request }) => request.about === `order ${order}`)
          .map(({ request }) => request);
        const sorted = own.toSorted((a, b) => a.wish.at - b.wish.at || a.number - b.number);
        expect(own.map(({ number }) => number)).toEqual(sorted.map(({ number }) => number));
      }
    }),
  );
});

test("No entry leaves a window in which a close waits for room, unless that waits for its own order", () => {
  fc.assert(
    fc.property(wishes, (asked) => {
      for (const { request, waiting } of runGate(asked).left) {
        if (request.urgency !== "rest") continue;
        const overtaken = waiting.filter(
          (other, at) =>
            other.urgency === "close" &&
            other.costs[0]?.window === request.costs[0]?.window &&
            !waiting.slice(0, at).some(({ about }) => about === other.about),
        );
        expect(overtaken.map(({ number }) => number)).toEqual([]);
      }
    }),
  );
});

test("However many entries are asked for, as many closes as are reserved leave at once", () => {
  fc.assert(
    fc.property(wishes, fc.integer({ min: 0, max: 6_000 }), (asked, at) => {
      const entries = asked.map((one): Wish => ({ ...one, group: "place", isClose: false }));
      const close: Wish = { at, group: "place", isClose: true, order: 99, wait: 0, up: 1, down: 1 };
      const { left } = runGate([...entries, close, { ...close, order: 98 }]);
      const closes = left.filter(({ request }) => request.urgency === "close");
      expect(closes.map((one) => one.at)).toEqual([at, at]);
    }),
  );
});
