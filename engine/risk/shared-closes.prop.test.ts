import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import { of, placing, type Step, venueStep, World } from "./testing/risk-world.ts";

const closing: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: placing.map((one) => ({
      ...one,
      slot: 0,
      type: ORDER_TYPE.market,
      reduceOnly: one.price > 90,
    })),
  },
  { weight: 8, arbitrary: venueStep },
  { weight: 1, arbitrary: fc.record({ kind: of("halt", "restart") }) },
);

test("I26: when a close is sent, all that may still be filled are together no larger than the position", () => {
  let shared = 0;
  const property = fc.property(fc.array(closing, { maxLength: 60, size: "max" }), (list) => {
    const world = new World({});
    for (const step of list) {
      const answer = world.do(step);
      if (step.kind !== "place") continue;
      const held = world.rig.lots(step.slot);
      const lots = world.closing(step.slot, step.side);
      if (answer === false && step.reduceOnly) {
        shared += 1;
        assert(held * step.side < 0, () => `${held} may be closed`);
        assert(lots >= Math.abs(held), () => `Only ${lots} of ${held} are closed`);
      }
      const sent = answer === true ? world.live.at(-1)?.order : undefined;
      if (sent?.reduceOnly !== true || held * step.side >= 0 || lots === sent.qtyLots) continue;
      assert(lots <= Math.abs(held), () => `${lots} of ${held} are closed`);
    }
  });
  fc.assert(property, { numRuns: 500 });
  expect(shared).toBeGreaterThan(100);
});
