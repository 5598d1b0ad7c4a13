import { describe, expect, test } from "vitest";
import { REJECT } from "#engine/model/order-terms.ts";
import { type AgedParams, resolveAgedConfig } from "./aged-config.ts";
import { HOUR_MS } from "./aged-stages.ts";
import { AgedWorld } from "./testing/aged-world.ts";

const MINUTE = 60_000;

function worldOf(params: AgedParams = {}): AgedWorld {
  return new AgedWorld(resolveAgedConfig(params, 0.055));
}

/** A world in which a position of 10 lots at 100 was opened at 0 and `hours` have passed, silently. */
function agedWorld(hours: number, params: AgedParams = {}, side: 1 | -1 = 1): AgedWorld {
  const world = worldOf(params);
  world.open(0, side, 100);
  world.wait(hours * HOUR_MS);
  return world;
}

function statuses(world: AgedWorld): readonly string[] {
  return world.history.map(({ to }) => to);
}

describe("detection", () => {
  test("runs at whole hours and finds what is older than three, not what is three", () => {
    const world = agedWorld(3);
    expect(world.history).toEqual([]);
    world.wait(HOUR_MS);
    expect(world.path(0)).toEqual([
      `${4 * HOUR_MS} detected aged`,
      `${4 * HOUR_MS} grace_pending subscribed`,
    ]);
    expect(world.history[0]).toMatchObject({ hours: 1, target: 100.11, price: null, from: null });
  });

  test("follows the cadence whenever the position began", () => {
    const world = worldOf({ detectEveryMinutes: 15 });
    world.wait(7 * MINUTE);
    world.open(0, 1, 100);
    world.wait(4 * HOUR_MS);
    expect(world.history[0]?.time).toBe(3 * HOUR_MS + 15 * MINUTE);
  });

  test("a position that was there already counts from the venue's open time", () => {
    const world = worldOf();
    world.wait(100 * HOUR_MS);
    world.open(3, -1, 100, 90 * HOUR_MS);
    world.wait(HOUR_MS);
    expect(world.record(3)).toMatchObject({
      openedAt: 90 * HOUR_MS,
      graceEndsAt: 101 * HOUR_MS,
      detectedAt: 101 * HOUR_MS,
    });
  });

  test("an add moves the entry and not the age; the next position begins anew", () => {
    const world = agedWorld(2);
    world.add(0, 10, 98);
    world.wait(2 * HOUR_MS);
    world.price(0, 90);
    expect(world.record(0)).toMatchObject({ openedAt: 0, entryPrice: 98, status: "grace_active" });
    expect(world.record(0).target).toBeCloseTo(98.1078, 10);
    world.flatten(0, "other_exit", 95);
    world.open(0, -1, 95);
    world.wait(3 * HOUR_MS);
    expect(world.aged.recordOf(0)).toBeNull();
    world.wait(HOUR_MS);
    expect(world.record(0)).toMatchObject({ id: 2, openedAt: 4 * HOUR_MS, side: -1, seq: 2 });
  });
});

describe("stages", () => {
  test("grace begins with the first fresh price, the progressive stage with a timer", () => {
    const world = agedWorld(4.5);
    world.price(0, 95);
    world.wait(8 * HOUR_MS);
    expect(world.path(0).slice(2)).toEqual([
      `${4.5 * HOUR_MS} grace_active price`,
      `${11 * HOUR_MS + 1} progressive_active timer`,
    ]);
    expect(world.orders).toEqual([]);
  });

  test("a position found late passes each stage in turn at one time", () => {
    const world = worldOf();
    world.wait(100 * HOUR_MS);
    world.open(0, 1, 100, 75 * HOUR_MS);
    world.wait(HOUR_MS);
    world.price(0, 80);
    const at = 101 * HOUR_MS;
    expect(world.path(0)).toEqual([
      `${at} detected aged`,
      `${at} grace_pending subscribed`,
      `${at} grace_active price`,
      `${at} progressive_active price`,
    ]);
    expect(world.record(0)).toMatchObject({ tolerancePct: 9, target: 91 });
  });

  test.each([
    ["long on its buffer in the grace", 1, 5, 100.00989, "grace_target"],
    ["long below its buffer in the grace", 1, 5, 100.0098, null],
    ["long beyond break-even", 1, 5, 100.12, "profitable_close"],
    ["short on its buffer in the grace", -1, 5, 99.98989, "grace_target"],
    ["short above its buffer in the grace", -1, 5, 99.99, null],
    ["short beyond break-even", -1, 5, 99.88, "profitable_close"],
    // h = 18: 5 % tolerated; with the buffer 94.905 and 105.105.
    ["long at 5 %", 1, 21, 94.905, "progressive_target"],
    ["long below 5 %", 1, 21, 94.9, null],
    ["short at 5 %", -1, 21, 105.105, "progressive_target"],
    ["short above 5 %", -1, 21, 105.11, null],
    // h = 18.01: 6.006 %.
    ["long at 6.006 %", 1, 21.01, 93.900006, "progressive_target"],
    ["long below 6.006 %", 1, 21.01, 93.9, null],
    ["long in profit at the cap", 1, 28, 100.2, "profitable_close"],
    ["long above the cap", 1, 28, 97, "max_loss_reached"],
    ["long beyond the cap", 1, 28, 89.9, null],
    ["short at the cap", -1, 28, 110.11, "max_loss_reached"],
    ["short beyond the cap", -1, 28, 110.12, null],
    ["long at the last ms of the progressive stage", 1, 31, 50, null],
    ["long after it", 1, 31 + 1 / HOUR_MS, 50, "emergency"],
    ["short after it", -1, 31.5, 500, "emergency"],
    ["short after it in profit", -1, 31.5, 99, "profitable_close"],
  ] as const)("%s", (_name, side, hours, price, close) => {
    // Detected at the time asked for: the cadence would hide the exact hour.
    const world = worldOf({ detectEveryMinutes: 1 / 60_000 });
    world.open(0, side, 100);
    world.now = Math.round(hours * HOUR_MS);
    world.aged.detect(world.now);
    world.price(0, price);
    expect(world.orders.map((order) => order.close)).toEqual(close === null ? [] : [close]);
  });

  test("the emergency needs no price: a timer closes in silence", () => {
    const world = agedWorld(32);
    expect(world.record(0)).toMatchObject({ status: "grace_pending", price: null });
    expect(world.orders).toMatchObject([
      { sentAt: 31 * HOUR_MS + 1, close: "emergency", lots: 10, kind: "market" },
    ]);
    world.fill(0, 60);
    expect(world.history.at(-1)).toMatchObject({
      from: "grace_pending",
      to: "closed",
      reason: "emergency",
      price: 60,
    });
  });

  test("a cap of nothing is reached when the grace ends", () => {
    const world = agedWorld(12, { maxLossPct: 0, emergencyAfterHours: 28 });
    world.price(0, 100);
    expect(world.orders).toMatchObject([{ close: "max_loss_reached" }]);
  });
});

describe("closing", () => {
  test("is told when the position is zero, with what was decided and what came of it", () => {
    const world = agedWorld(21);
    world.price(0, 97);
    expect(statuses(world).at(-1)).toBe("progressive_active");
    world.fill(0, 96.5, 4);
    expect(statuses(world).at(-1)).toBe("progressive_active");
    world.wait(1_000);
    const record = world.record(0);
    world.fill(0, 96);
    expect(world.history.at(-1)).toMatchObject({
      time: 21 * HOUR_MS + 1_000,
      to: "closed",
      reason: "progressive_target",
      target: 95,
      tolerancePct: 5,
      price: 96.2,
    });
    expect(record).toMatchObject({ decidedPrice: 97, closePrice: 96.2, status: "closed" });
    expect(record.pnlPct).toBeCloseTo(-3.8, 12);
    expect(world.aged.heldCount).toBe(0);
    expect(world.aged.nextTimerAt).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(["other_exit", "closed_externally"] as const)(
    "%s ends a record from any state",
    (how) => {
      const pending = agedWorld(4);
      pending.flatten(0, how, 101);
      expect(pending.history.at(-1)).toMatchObject({
        from: "grace_pending",
        to: "closed",
        reason: how,
      });
      const failed = agedWorld(5, { closeAttempts: 1 });
      failed.price(0, 101);
      failed.reject(0, REJECT.insufficientMargin);
      failed.flatten(0, how, 101);
      expect(statuses(failed).slice(-2)).toEqual(["error", "closed"]);
    },
  );

  test("a trailing stop that is active keeps everything away, the emergency too", () => {
    const world = agedWorld(5);
    const position = world.positions.get(0);
    if (position !== undefined) position.isTrailing = true;
    world.price(0, 120);
    world.wait(40 * HOUR_MS);
    world.price(0, 120);
    expect(world.orders).toEqual([]);
    if (position !== undefined) position.isTrailing = false;
    world.wait(1);
    world.price(0, 90);
    expect(world.orders).toMatchObject([{ close: "emergency" }]);
  });

  test("only what no other exit closes is asked for", () => {
    const world = agedWorld(5);
    const position = world.positions.get(0);
    if (position !== undefined) position.othersExit = 7;
    world.price(0, 101);
    expect(world.orders).toMatchObject([{ lots: 3 }]);
    const whole = agedWorld(5);
    const all = whole.positions.get(0);
    if (all !== undefined) all.othersExit = 10;
    whole.price(0, 101);
    expect(whole.orders).toEqual([]);
    expect(whole.record(0).attempts).toBe(0);
  });
});

describe("the sides of a symbol in hedge mode", () => {
  test("age each alone", () => {
    const world = worldOf();
    world.open(0, 1, 100);
    world.wait(HOUR_MS);
    world.open(1, -1, 100);
    world.wait(3 * HOUR_MS);
    expect(world.path(0)).toHaveLength(2);
    expect(world.path(1)).toHaveLength(0);
    world.price(0, 101);
    world.fill(0, 101);
    world.wait(HOUR_MS);
    expect(world.record(1)).toMatchObject({ side: -1, detectedAt: 5 * HOUR_MS });
    expect(world.aged.recordOf(0)).toBeNull();
  });
});
