import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { PRICE } from "./testing/risk-rig.ts";
import { at, lots, of, placing, SYMBOLS, slot, steps, World } from "./testing/risk-world.ts";

const PER_SYMBOL = 1_500;
const TOTAL = 2_800;
const CAPS: RiskLimits = {
  maxNotionalPerSymbol: PER_SYMBOL,
  maxTotalNotional: TOTAL,
  maxOpenPositions: 3,
};

test("I58: caps hold whatever the venue makes of what was sent, and risk never counts less than that", () => {
  let refused = 0;
  let passed = 0;
  const property = fc.property(steps, (list) => {
    const world = new World(CAPS, PRICE);
    for (const step of list) {
      const answer = world.do(step);
      if (answer === true) passed += 1;
      else if (answer === false) refused += 1;
      const total = world.total();
      const counted = world.rig.risk.worstNotional();
      assert(total <= TOTAL, () => `${total} in all`);
      for (const symbol of SYMBOLS) {
        assert(world.symbolValue(symbol) <= PER_SYMBOL, () => `Too much of ${symbol}`);
      }
      assert(world.taken() <= 3, () => "At most three positions");
      assert(counted >= total, () => `Counted ${counted} of ${total}`);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
  // Both happen often, or the property says nothing.
  expect(passed).toBeGreaterThan(2_000);
  expect(refused).toBeGreaterThan(1_000);
});

test("I58: without a change in doubt risk counts exactly what the orders can open, and refuses nothing that fits", () => {
  const plain = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: placing },
      { weight: 2, arbitrary: fc.record({ kind: of("accept"), at }) },
      { weight: 3, arbitrary: fc.record({ kind: of("fill"), at, lots }) },
      { weight: 2, arbitrary: fc.record({ kind: of("cancel", "end", "reject"), at }) },
      { weight: 1, arbitrary: fc.record({ kind: of("outside"), slot }) },
      { weight: 1, arbitrary: fc.record({ kind: of("restart") }) },
    ),
    { maxLength: 60, size: "max" },
  );
  let fits = 0;
  const property = fc.property(plain, (list) => {
    const world = new World({ maxTotalNotional: TOTAL });
    for (const step of list) {
      const before = world.total();
      const answer = world.do(step);
      const counted = world.rig.risk.worstNotional();
      assert(counted === world.total(), () => `Counted ${counted} of ${world.total()}`);
      if (step.kind !== "place" || step.reduceOnly || answer !== false) continue;
      const isLimitBuy = step.side === BUY && step.type === ORDER_TYPE.limit;
      const market = step.type === ORDER_TYPE.market ? PRICE : step.price;
      const cost = step.lots * (isLimitBuy ? step.price : Math.max(PRICE, market));
      assert(before + cost > TOTAL, () => `${before} and ${cost} fit`);
      fits += 1;
    }
  });
  fc.assert(property, { numRuns: 500 });
  expect(fits).toBeGreaterThan(100);
});

test("what is counted does not drift: when every order has ended nothing is left", () => {
  const property = fc.property(steps, (list) => {
    const world = new World({ maxTotalNotional: 50_000 });
    for (const step of list) world.do(step);
    for (const { order } of world.live) {
      if (order.status === STATUS.sent) world.rig.say(EVENT.orderAccepted, order);
      world.rig.say(EVENT.orderCancelled, order);
    }
    world.live.length = 0;
    expect(world.rig.risk.worstNotional()).toBe(world.total());
  });
  fc.assert(property, { numRuns: 300 });
});
