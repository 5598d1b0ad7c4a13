import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FAULT_CODES, type FaultCode } from "./fault-codes.ts";
import { drawPlan } from "./profiles.ts";
import { runMonkey } from "./testing/monkey.ts";
import {
  anyPlan,
  expectAnswers,
  expectRepetition,
  expectSoundBooks,
} from "./testing/world-properties.ts";

const MANY = { numRuns: 80 };

test("Whatever goes wrong, every ask is answered once, and never within the call that asks", () => {
  fc.assert(fc.property(anyPlan, expectAnswers), MANY);
});

test("The same plan is the same world, to the last answer and the last draw", () => {
  fc.assert(fc.property(anyPlan, expectRepetition), { numRuns: 30 });
});

test("The venue's books add up, whatever goes wrong", () => {
  fc.assert(fc.property(anyPlan, expectSoundBooks), MANY);
});

/** What only a program on a disk, or its harness, can meet. */
const ELSEWHERE: readonly FaultCode[] = [
  ...(["P1", "P2", "P3", "P5", "P6", "P7", "P12", "P13"] as const),
  ...(["O7", "O9"] as const),
];

test("In a batch of seeds every fault of the world strikes", () => {
  const sums = new Map<FaultCode, number>();
  for (let seed = 1; seed <= 120; seed++) {
    const { fired } = runMonkey(drawPlan(String(seed), "swarm")).world.faults;
    for (const code of FAULT_CODES) sums.set(code, (sums.get(code) ?? 0) + fired[code]);
  }
  const silent = FAULT_CODES.filter((code) => sums.get(code) === 0);
  expect(silent).toEqual(FAULT_CODES.filter((code) => ELSEWHERE.includes(code)));
});
