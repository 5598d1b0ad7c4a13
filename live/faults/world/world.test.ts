import { expect, test } from "vitest";
import { CRASH_MOMENTS, Crash, crashesOf } from "./crash-points.ts";
import { planOf, TARGET } from "./testing/bench-port.ts";
import { MINUTE, placeAsk, START } from "./testing/bench-world.ts";
import { World } from "./world.ts";

test("A crash ends the life of the program, and in half of them the power fails", () => {
  const powers = new Set<boolean>();
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World(planOf({ seed: String(seed) }));
    const process = world.startProcess();
    world.disk.put("/a", new Uint8Array([1]));
    const file = world.disk.open("/a", "append");
    file.write(new Uint8Array([2]));
    file.sync();
    powers.add(world.crash());
    expect(process.isAlive).toBe(false);
    expect(world.disk.size("/a")).toBe(2);
    expect(world.startProcess().generation).toBe(2);
  }
  expect(powers).toEqual(new Set([true, false]));
});

test("P1: the program dies at calls that its stream chooses, at every moment of a call", () => {
  const world = new World(planOf({ rates: { P1: 0.2 } }));
  world.startProcess();
  world.points.plan = crashesOf(world.faults);
  const port = world.port("bybit:paper");
  const deaths: string[] = [];
  for (let count = 0; count < 100; count++) {
    try {
      port.ask(placeAsk(`o${count}`), () => {});
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      deaths.push(error.message.split(" ")[3] ?? "");
    }
  }
  expect(new Set(deaths)).toEqual(new Set(CRASH_MOMENTS));
  expect(world.faults.fired.P1).toBe(deaths.length);
  expect(world.points.count).toBe(100);
});

test("The clock of a life does not jump with the wall clock; the next life sees the jump", () => {
  const world = new World(planOf());
  world.startProcess();
  const clock = world.driverClock();
  const told: number[] = [];
  clock.at(START + 10_000, () => told.push(clock.now()));
  const cancelled = clock.at(START + 20_000, () => told.push(-1));
  cancelled.cancel();
  world.wall.jump(-120_000);
  world.time.runUntil(START + 30_000);
  expect(told).toEqual([START + 10_000]);
  expect(clock.now()).toBe(START + 30_000);
  world.startProcess();
  expect(world.driverClock().now()).toBe(START + 30_000 - 120_000);
});

test("Timed faults strike as often as their rate says, and what the harness does counts too", () => {
  let halts = 0;
  const world = new World(planOf({ durationMs: 6_000 * MINUTE, rates: { O9: 2, N7: 3 } }), {
    O9: () => {
      halts += 1;
      return true;
    },
  });
  world.startProcess();
  world.port("bybit:paper").connect({
    requestOf: () => -1,
    onEvent: () => {},
    onLost: () => {},
    onRestored: () => {},
  });
  world.time.runUntil(START + 6_000 * MINUTE);
  expect(Math.abs(halts - 200)).toBeLessThan(50);
  expect(world.faults.fired.O9).toBe(halts);
  expect(Math.abs(world.faults.fired.N7 - 300)).toBeLessThan(60);
});

test("Every account has its own venue, wire and clock", () => {
  const targets = [TARGET, { ...TARGET, key: "hyperliquid:paper" as const, symbols: ["BTC"] }];
  const world = new World(planOf({ targets, rates: { X23: 1 }, clockSkewMs: 2_000 }));
  const [one, other] = world.targets;
  expect(one?.clock.now()).not.toBe(other?.clock.now());
  one?.server.gate.ban();
  const replies = [one, other].map((target) =>
    target?.server.handle({ asks: [{ kind: "time" }], key: "" }).map(({ code }) => code),
  );
  expect(replies).toEqual([["ipBanned"], ["ok"]]);
  expect(one?.markets[0]?.bars.close).not.toEqual(other?.markets[0]?.bars.close);
});
