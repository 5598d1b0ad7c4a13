import { expect, test } from "vitest";
import { Crash, CrashPoints } from "./crash-points.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed } from "./seed.ts";
import { VirtualProcess } from "./virtual-process.ts";
import { VirtualTime } from "./virtual-time.ts";
import { VenueClock, WallClock } from "./world-clocks.ts";

const START = 1_704_067_200_000;
const timeOf = (seed = "1"): VirtualTime =>
  new VirtualTime(START, new RandomStreams(parseSeed(seed)).of("sched"));

function orderOf(seed: string): string {
  const time = timeOf(seed);
  const told: string[] = [];
  for (const name of ["a", "b", "c", "d", "e", "f"]) time.after(5, () => told.push(name));
  time.after(4, () => told.push("first"));
  time.after(6, () => told.push("last"));
  time.runUntil(START + 10);
  return told.join("");
}

test("Callbacks come by time; what is ready together comes by the tie-break stream", () => {
  expect(orderOf("1")).toBe(orderOf("1"));
  const orders = new Set(["1", "2", "3", "4", "5"].map(orderOf));
  expect(orders.size).toBeGreaterThan(1);
  for (const order of orders) expect(order).toMatch(/^first[a-f]{6}last$/);
});

test("Many callbacks come in order, and cancelled ones do not come", () => {
  const time = timeOf();
  const stream = new RandomStreams(parseSeed("9")).of("test");
  const told: number[] = [];
  let expected = 0;
  for (let count = 0; count < 2_000; count++) {
    const callback = time.after(stream.integer(0, 500), () => told.push(time.now));
    if (stream.chance(0.3)) callback.cancel();
    else expected += 1;
  }
  expect(time.runUntil(START + 500)).toBe(true);
  expect(told).toHaveLength(expected);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(time.now).toBe(START + 500);
});

test("A callback for a time that has passed comes now; time never goes back", () => {
  const time = timeOf();
  time.runUntil(START + 100);
  const told: number[] = [];
  time.at(START + 1, () => told.push(time.now));
  time.step();
  expect(told).toEqual([START + 100]);
});

test("runUntil() stops after so many callbacks", () => {
  const time = timeOf();
  const again = (): void => void time.after(0, again);
  again();
  expect(time.runUntil(START + 1, 50)).toBe(false);
  expect(time.steps).toBe(50);
});

test("What a process waited for dies with it; the world goes on", () => {
  const time = timeOf();
  const process = new VirtualProcess(time, 1);
  const told: string[] = [];
  process.onStop(() => told.push("stopped"));
  time.after(1, () => told.push("process"), process);
  time.after(2, () => told.push("world"));
  process.stop();
  process.stop();
  time.runUntil(START + 5);
  expect(told).toEqual(["stopped", "world"]);
});

test("A stalled process comes to nothing until the stall is over", () => {
  const time = timeOf();
  const process = new VirtualProcess(time, 1);
  const told: [string, number][] = [];
  time.after(10, () => told.push(["process", time.now - START]), process);
  time.after(20, () => told.push(["world", time.now - START]));
  process.stall(3_000);
  time.runUntil(START + 5_000);
  expect(told).toEqual([
    ["world", 20],
    ["process", 3_000],
  ]);
});

test("The wall clock jumps, the venue's clock is off and drifts, virtual time does neither", () => {
  const time = timeOf();
  const wall = new WallClock(time);
  const venue = new VenueClock(time, -250, 8_640);
  wall.jump(-120_000);
  time.runUntil(START + 3_600_000);
  expect(wall.now()).toBe(START + 3_600_000 - 120_000);
  expect(venue.now()).toBe(START + 3_600_000 - 250 + 360);
  venue.heal();
  expect(venue.now()).toBeGreaterThan(time.now);
  let last = venue.now();
  for (let step = 0; step < 20; step++) {
    time.runUntil(time.now + 100);
    expect(venue.now()).toBeGreaterThanOrEqual(last);
    last = venue.now();
  }
  expect(last).toBe(time.now);
});

test.each([
  ["before", []],
  ["during", ["half"]],
  ["after", ["whole"]],
] as const)("A planned crash %s a call leaves what was done by then", (moment, expected) => {
  const calls: string[] = [];
  const points = new CrashPoints((point) => (point === 2 ? moment : null));
  points.onCall = (point, call) => calls.push(`${point} ${call}`);
  const done: string[] = [];
  expect(points.around("clock.now", () => 7)).toBe(7);
  const crash = (): void =>
    points.around(
      "disk.write",
      () => void done.push("whole"),
      () => void done.push("half"),
    );
  expect(crash).toThrow(Crash);
  expect(crash).not.toThrow();
  expect(done).toEqual([...expected, "whole"]);
  expect(calls).toEqual(["1 clock.now", "2 disk.write", "3 disk.write"]);
  expect(points.count).toBe(3);
});
