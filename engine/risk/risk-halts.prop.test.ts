import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#engine/assert.ts";
import { EVENT } from "#engine/model/event.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { SYMBOLS, steps, World } from "./testing/risk-world.ts";

test("I61: from a halt on nothing grows or opens but what was asked before it, across restarts at any point", () => {
  const random = fc.record({ before: steps, after: steps });
  let reduced = 0;
  const property = fc.property(random, ({ before, after }) => {
    const world = new World({});
    for (const step of before) world.do(step);
    world.do({ kind: "halt" });
    world.do({ kind: "restart" });
    // What was asked before the halt ends now, so that all that happens from here on was asked under it.
    const entries = world.live.filter(({ order }) => !order.reduceOnly);
    for (const one of entries) {
      if (one.order.status === STATUS.sent) world.rig.say(EVENT.orderAccepted, one.order);
      world.rig.say(EVENT.orderCancelled, one.order);
      world.live.splice(world.live.indexOf(one), 1);
    }
    for (const step of after) {
      const held = SYMBOLS.map((_, slot) => world.rig.lots(slot));
      const answer = world.do(step);
      for (const [slot, lots] of held.entries()) {
        const now = world.rig.lots(slot);
        assert(Math.abs(now) <= Math.abs(lots), () => `Grew from ${lots} to ${now}`);
        assert(now * lots >= 0, () => `Turned from ${lots} to ${now}`);
      }
      if (step.kind === "place" && answer === true) {
        assert(world.live.at(-1)?.order.reduceOnly === true, () => "It can only reduce");
        if (!step.reduceOnly) reduced += 1;
      }
    }
    expect(world.rig.risk.latches.halt?.reason).toBe("test");
  });
  fc.assert(property, { numRuns: 500 });
  expect(reduced).toBeGreaterThan(50);
});

test("I61: a halt asks for the end of every entry, also of those that the venue takes later", () => {
  const property = fc.property(steps, (list) => {
    const world = new World({});
    for (const step of list) world.do(step);
    world.rig.commands();
    world.do({ kind: "halt" });
    for (const { order } of world.live) {
      if (order.status === STATUS.sent || order.status === STATUS.unknown) {
        world.rig.say(EVENT.orderAccepted, order);
      }
    }
    world.rig.risk.onTime(1);
    for (const { order } of world.live) {
      const isAsked = order.status === STATUS.cancelling || order.status === STATUS.amending;
      expect(order.reduceOnly || isAsked).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 300 });
});
