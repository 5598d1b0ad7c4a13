import { expect, test } from "vitest";
import { resolveAgedConfig } from "./aged-config.ts";
import { AgedMonitor, BACKTEST_PRICES, LIVE_PRICES } from "./aged-monitor.ts";
import { HOUR_MS } from "./aged-stages.ts";
import { AgedWorld } from "./testing/aged-world.ts";

const NOW = 1_000_000;

test("a price counts when its exchange time is newer than the last and not too old", () => {
  const monitor = new AgedMonitor(LIVE_PRICES);
  monitor.watch(1, NOW);
  const taken = (
    [
      [100, NOW - 6_000], // too old
      [100, NOW - 5_000],
      [101, NOW - 5_000], // not newer
      [101, NOW - 5_001], // older
      [Number.NaN, NOW],
      [0, NOW],
      [-1, NOW],
      [Number.POSITIVE_INFINITY, NOW],
      [102, NOW + 60_000], // a stamp of the future
      [103, NOW],
      [104, NOW + 1],
    ] as const
  ).map(([price, asOf]) => monitor.take(1, price, asOf, NOW));
  expect(taken).toEqual([false, true, false, false, false, false, false, false, false, true, true]);
  expect(monitor.lastPrice(1)).toBe(104);
  expect(monitor.take(2, 100, NOW, NOW)).toBe(false);
});

test("the latest price is fresh for as long as it is not too old, and is known for longer", () => {
  const monitor = new AgedMonitor(LIVE_PRICES);
  monitor.watch(0, NOW);
  monitor.take(0, 100, NOW, NOW);
  expect(monitor.freshPrice(0, NOW + 5_000)).toBe(100);
  expect(monitor.freshPrice(0, NOW + 5_001)).toBeNaN();
  expect(monitor.lastPrice(0)).toBe(100);
  expect(monitor.freshPrice(7, NOW)).toBeNaN();
});

test("a silent stream becomes a wish for a poll, repeated with a pause until a fresh price comes", () => {
  const monitor = new AgedMonitor(LIVE_PRICES);
  monitor.watch(4, NOW);
  monitor.watch(2, NOW);
  expect(monitor.nextPollAt).toBe(NOW + 5_000);
  expect(monitor.takePolls(NOW + 4_999)).toEqual([]);
  expect(monitor.takePolls(NOW + 5_000)).toEqual([2, 4]);
  expect(monitor.takePolls(NOW + 5_000)).toEqual([]);
  expect(monitor.nextPollAt).toBe(NOW + 7_000);
  // A poll that brings the price of before is no price.
  monitor.take(2, 100, NOW - 1_000, NOW + 6_000);
  expect(monitor.takePolls(NOW + 7_000)).toEqual([2, 4]);
  monitor.take(2, 100, NOW + 7_100, NOW + 7_200);
  expect(monitor.takePolls(NOW + 9_000)).toEqual([4]);
  expect(monitor.takePolls(NOW + 12_200)).toEqual([2, 4]);
  monitor.leave(2);
  monitor.leave(4);
  expect(monitor.nextPollAt).toBe(Number.POSITIVE_INFINITY);
});

test("in a backtest the close of this moment counts and nothing is polled", () => {
  const monitor = new AgedMonitor(BACKTEST_PRICES);
  monitor.watch(0, NOW);
  expect(monitor.take(0, 100, NOW - 1, NOW)).toBe(false);
  expect(monitor.take(0, 100, NOW, NOW)).toBe(true);
  expect(monitor.nextPollAt).toBe(Number.POSITIVE_INFINITY);
});

test("an aged position whose stream falls silent is polled, and acts on the polled price", () => {
  const world = new AgedWorld(resolveAgedConfig({}, 0.055));
  world.open(5, 1, 100);
  world.wait(4 * HOUR_MS + 30_000);
  expect(world.polls.slice(0, 3)).toEqual([
    [4 * HOUR_MS + 5_000, 5],
    [4 * HOUR_MS + 7_000, 5],
    [4 * HOUR_MS + 9_000, 5],
  ]);
  world.price(5, 101, 6_000);
  expect(world.record(5).status).toBe("grace_pending");
  world.price(5, 101, 100);
  expect(world.orders).toMatchObject([{ close: "profitable_close" }]);
  world.fill(5, 101);
  const count = world.polls.length;
  world.wait(HOUR_MS);
  expect(world.polls).toHaveLength(count);
});
