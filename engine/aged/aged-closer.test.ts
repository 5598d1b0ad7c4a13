import { describe, expect, test } from "vitest";
import { REJECT } from "#engine/model/order-terms.ts";
import { type AgedParams, resolveAgedConfig } from "./aged-config.ts";
import { HOUR_MS } from "./aged-stages.ts";
import { AgedWorld } from "./testing/aged-world.ts";

const SECOND = 1_000;

/** A position of 10 lots at 100, `hours` old, whose price has just been told. */
function at(hours: number, price: number, params: AgedParams = {}): AgedWorld {
  const world = new AgedWorld(resolveAgedConfig(params, 0.055));
  world.open(0, 1, 100);
  world.wait(hours * HOUR_MS);
  world.price(0, price);
  return world;
}

/** Seconds since the first order at which each went out. */
function sentAfter(world: AgedWorld): readonly number[] {
  const first = world.orders[0]?.sentAt ?? 0;
  return world.orders.map(({ sentAt }) => (sentAt - first) / SECOND);
}

/** Every second a price, and every order that works is refused at once. */
function refuseFor(world: AgedWorld, seconds: number, price: number, reason: number): void {
  for (let second = 0; second < seconds; second++) {
    if (world.order(0) !== undefined) world.reject(0, reason);
    world.wait(SECOND);
    world.price(0, price);
  }
}

describe("a campaign", () => {
  test("tries three times, 5 and 10 seconds apart, then is in error until the next detection", () => {
    const world = at(4.5, 101);
    refuseFor(world, 60, 101, REJECT.insufficientMargin);
    expect(sentAfter(world)).toEqual([0, 5, 15]);
    expect(world.record(0)).toMatchObject({
      status: "error",
      reason: "attempts_failed",
      attempts: 3,
    });
    world.wait(HOUR_MS / 2);
    const rearmedAt = world.now;
    expect(rearmedAt).toBeGreaterThan(5 * HOUR_MS);
    expect(world.record(0)).toMatchObject({ status: "grace_pending", attempts: 0 });
    expect(world.orders).toHaveLength(3);
    world.price(0, 101);
    expect(world.orders).toHaveLength(4);
    expect(world.history.slice(-4).map(({ to, reason }) => `${to} ${reason}`)).toEqual([
      "error attempts_failed",
      "detected re_armed",
      "grace_pending subscribed",
      "grace_active price",
    ]);
    world.fill(0, 101);
    expect(world.history.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("re-armed late passes all stages again, each once", () => {
    const world = at(15.5, 99, { closeAttempts: 1 });
    world.reject(0, REJECT.insufficientMargin);
    const { graceAt, progressiveAt } = world.record(0);
    world.wait(HOUR_MS);
    world.price(0, 99);
    expect(world.history.slice(-4).map(({ to }) => to)).toEqual([
      "detected",
      "grace_pending",
      "grace_active",
      "progressive_active",
    ]);
    expect(world.record(0)).toMatchObject({ graceAt, progressiveAt });
  });

  test("an order that has not ended is the only one, however long it takes", () => {
    const world = at(4.5, 101);
    for (let minute = 0; minute < 600; minute++) {
      world.wait(60 * SECOND);
      world.price(0, 101 + (minute % 3));
    }
    expect(world.orders).toHaveLength(1);
    world.wait(24 * HOUR_MS);
    expect(world.orders).toHaveLength(1);
  });

  test("the pause counts from the proof that the last order ended", () => {
    const world = at(4.5, 101);
    world.wait(60 * SECOND);
    world.reject(0, REJECT.none);
    world.wait(4 * SECOND);
    world.price(0, 101);
    expect(world.orders).toHaveLength(1);
    world.wait(SECOND);
    expect(sentAfter(world)).toEqual([0, 65]);
  });

  test("a retry asks for what is left by then", () => {
    const world = at(4.5, 101);
    world.fill(0, 101, 4);
    world.reject(0, REJECT.none);
    world.wait(5 * SECOND);
    world.price(0, 101);
    expect(world.orders.map(({ lots }) => lots)).toEqual([6, 6]);
    world.add(0, 5, 100);
    world.fill(0, 101);
    world.wait(10 * SECOND);
    world.price(0, 101);
    // The order of 6 has filled and 5 were added meanwhile.
    expect(world.orders.map(({ lots }) => lots)).toEqual([6, 0, 5]);
  });

  test("waits while the price has turned away, and keeps count", () => {
    const world = at(4.5, 101);
    world.reject(0, REJECT.none);
    world.wait(5 * SECOND);
    expect(world.orders).toHaveLength(2);
    world.reject(0, REJECT.none);
    world.wait(SECOND);
    world.price(0, 90);
    world.wait(60 * SECOND);
    world.price(0, 90);
    expect(world.orders).toHaveLength(2);
    world.wait(SECOND);
    world.price(0, 101);
    world.reject(0, REJECT.none);
    expect(world.orders).toHaveLength(3);
    expect(world.record(0).status).toBe("error");
  });

  test("a retry without a fresh price waits for one, but for the emergency", () => {
    const world = at(4.5, 101);
    world.wait(10 * SECOND);
    world.reject(0, REJECT.none);
    world.wait(60 * SECOND);
    expect(world.orders).toHaveLength(1);
    world.price(0, 101);
    expect(world.orders).toHaveLength(2);
    const late = at(31.5, 80);
    late.wait(20 * SECOND);
    late.reject(0, REJECT.none);
    late.wait(60 * SECOND);
    expect(late.orders.map(({ close }) => close)).toEqual(["emergency", "emergency"]);
    // The first went out when the emergency began, half an hour before.
    expect(sentAfter(late)).toEqual([0, 1_800 - 0.001 + 25]);
  });

  test.each([
    ["takes no orders", REJECT.marketClosed],
    ["lets nothing be sent", REJECT.venueBusy],
  ])("a venue that %s uses up no attempt and is asked ever more rarely", (_, reason) => {
    const world = at(4.5, 101);
    refuseFor(world, 1_500, 101, reason);
    const times = sentAfter(world);
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 320, 320]);
    expect(world.record(0)).toMatchObject({ attempts: 0, status: "grace_active" });
    refuseFor(world, 200, 101, REJECT.insufficientMargin);
    expect(world.record(0).status).toBe("error");
    expect(world.orders).toHaveLength(times.length + 3);
  });

  test("an order that risk refuses at once is an attempt", () => {
    const world = at(4.5, 90);
    world.refuses = true;
    for (let second = 0; second < 20; second++) {
      world.wait(SECOND);
      world.price(0, 101);
    }
    expect(world.record(0).status).toBe("error");
    expect(sentAfter(world)).toEqual([0, 5, 15]);
  });
});

describe("limit mode", () => {
  const limit: AgedParams = { mode: "limit" };

  test("rests at break-even from the first price on, whatever the price is", () => {
    const world = at(4.5, 95, limit);
    expect(world.orders).toMatchObject([
      { kind: "limit", lots: 10, close: "grace_target", sentAt: 4.5 * HOUR_MS },
    ]);
    expect(world.orders[0]?.price).toBeCloseTo(100.11, 10);
    world.wait(HOUR_MS);
    world.price(0, 96);
    expect(world.orders).toHaveLength(1);
    world.fill(0, 100.11);
    expect(world.history.at(-1)).toMatchObject({ to: "closed", reason: "grace_target" });
  });

  test("moves per detection, once the target has moved by half a percent of where it rests", () => {
    const world = at(11.5, 80, limit);
    // h = 8.5: 0.25 % are tolerated.
    expect(world.order(0)).toMatchObject({ price: 99.75, close: "progressive_target" });
    const prices: number[] = [];
    for (let hour = 0; hour < 20; hour++) {
      world.wait(HOUR_MS);
      world.price(0, 80);
      prices.push(world.order(0)?.price ?? 0);
    }
    // Detections at 12:00, 13:00 … find 0.5 % (moved by less than half a percent of 99.75), 1 %, 1.5 % …
    expect(prices.slice(0, 4)).toEqual([99.75, 99, 98.5, 98]);
    // From g = 11 on the step is 0.6 %, at g = 17 the cap of 10 % is reached: 0.44 % from 90.4.
    expect(prices.slice(8, 19).map((price) => Number(price.toFixed(6)))).toEqual([
      95.5, 95, 93.4, 92.8, 92.2, 91.6, 91, 90.4, 90.4, 90.4, 90.4,
    ]);
    // The emergency takes it back.
    expect(world.order(0)).toMatchObject({ close: "progressive_target", isCancelling: true });
  });

  test("the emergency takes back what rests, and closes at market once that has ended", () => {
    const world = at(30.5, 80, limit);
    expect(world.order(0)).toMatchObject({ kind: "limit", close: "max_loss_reached" });
    world.wait(HOUR_MS / 2 + 1);
    expect(world.order(0)).toMatchObject({ kind: "limit", isCancelling: true });
    expect(world.orders).toHaveLength(1);
    world.reject(0, REJECT.none);
    expect(world.orders).toHaveLength(2);
    expect(world.order(0)).toMatchObject({ kind: "market", close: "emergency", lots: 10 });
    expect(world.record(0).attempts).toBe(1);
  });

  test("a profit at the first price is taken by the limit and called so", () => {
    const world = at(4.5, 103, limit);
    expect(world.order(0)).toMatchObject({ kind: "limit", close: "profitable_close" });
  });

  test("what rests follows the size, and is taken back for a trailing stop", () => {
    const world = at(4.5, 95, limit);
    world.add(0, 5, 99);
    expect(world.order(0)?.lots).toBe(15);
    const position = world.positions.get(0);
    if (position !== undefined) position.isTrailing = true;
    world.wait(SECOND);
    world.price(0, 95);
    expect(world.order(0)?.isCancelling).toBe(true);
    world.reject(0, REJECT.none);
    expect(world.record(0)).toMatchObject({ attempts: 0, status: "grace_active" });
    expect(world.orders).toHaveLength(1);
  });

  test("refused limits are attempts, and a detection begins anew", () => {
    const world = at(4.5, 103, limit);
    refuseFor(world, 60, 103, REJECT.outsidePriceBand);
    expect(sentAfter(world)).toEqual([0, 5, 15]);
    expect(world.record(0).status).toBe("error");
    world.wait(HOUR_MS / 2);
    world.price(0, 101);
    expect(world.orders).toHaveLength(4);
    expect(world.order(0)).toMatchObject({ kind: "limit", close: "profitable_close" });
  });
});
