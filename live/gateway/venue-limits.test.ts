import { expect, test } from "vitest";
import { EXCHANGES } from "#engine/model/target.ts";
import { pageAsk } from "#live/faults/world/testing/bench-world.ts";
import { RateWindow } from "./rate-window.ts";
import { costsOf, VENUE_LIMITS } from "./venue-limits.ts";

test.each(EXCHANGES)("In the windows of %s everything that is asked has room", (exchange) => {
  const { windows, costs } = VENUE_LIMITS[exchange];
  for (const [group, own] of Object.entries(costs)) {
    expect([group, own.length > 0]).toEqual([group, true]);
    for (const { window, weight } of own) {
      const terms = windows[window];
      if (terms === undefined) throw new Error(`"${group}" counts in "${window}"`);
      expect([group, new RateWindow(terms).fits(weight, "rest", 0)]).toEqual([group, true]);
    }
  }
});

test("A further page of a list weighs what the venue says", () => {
  const { bybit, hyperliquid } = VENUE_LIMITS;
  expect(costsOf(hyperliquid, pageAsk("executions"))).toMatchObject([{ weight: 20 }]);
  expect(costsOf(hyperliquid, pageAsk("executions", "2"))).toMatchObject([{ weight: 1 }]);
  expect(costsOf(bybit, pageAsk("orders", "2"))).toEqual(costsOf(bybit, pageAsk("orders")));
});
