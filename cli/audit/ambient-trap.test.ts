import { expect, test } from "vitest";

import { AmbientTrap } from "#cli/audit/ambient-trap.ts";
import type { Surroundings } from "#sim/audit/audit-terms.ts";

const NOW = Date.UTC(2024, 5, 1);

/** What code sees between `open` and `close`. */
function seen(surroundings: Surroundings) {
  const trap = new AmbientTrap(surroundings, NOW, () => []);
  trap.open();
  try {
    const given = new Date(5).getTime();
    const isDate = new Date() instanceof Date;
    const clocks = [Date.now(), new Date().getTime(), performance.now(), Date.parse(Date())];
    const drawn = [Math.random(), Math.random(), crypto.randomUUID()];
    return { given, isDate, clocks, drawn, names: trap.reads.map(({ name }) => name) };
  } finally {
    trap.close();
  }
}

test("the usual clock stands still, the usual random numbers are always the same", () => {
  const usual = seen("usual");
  expect(usual).toMatchObject({ given: 5, isDate: true, clocks: [NOW, NOW, NOW, NOW] });
  expect(seen("usual")).toEqual(usual);
  expect(usual.names).toEqual([
    "new Date()",
    "Date.now()",
    "performance.now()",
    "Date()",
    "Math.random()",
    "crypto.randomUUID()",
  ]);
});

test("other surroundings differ in one respect", () => {
  const usual = seen("usual");
  const other = seen("otherClock");
  expect(new Date(other.clocks[0] ?? 0).getUTCHours()).not.toBe(new Date(NOW).getUTCHours());
  expect(new Date(other.clocks[0] ?? 0).getUTCDay()).not.toBe(new Date(NOW).getUTCDay());
  expect(other.drawn).toEqual(usual.drawn);
  expect(new Set(seen("tickingClock").clocks.slice(0, 3)).size).toBe(3);
  expect(seen("otherRandom").clocks).toEqual(usual.clocks);
  expect(seen("otherRandom").drawn[0]).not.toBe(usual.drawn[0]);
});

test("everything is put back, also by the machine's surroundings, which change nothing", () => {
  const members = (): readonly unknown[] =>
    [
      [globalThis, "Date"],
      [Math, "random"],
      [performance, "now"],
      [crypto, "randomUUID"],
      [process, "uptime"],
    ].map(([owner, name]) => Reflect.get(owner as object, name as string));
  const before = members();
  seen("usual");
  expect(members().map((member, at) => member === before[at])).toEqual(before.map(() => true));
  expect(Math.abs((seen("machine").clocks[0] ?? 0) - Date.now())).toBeLessThan(60_000);
});
