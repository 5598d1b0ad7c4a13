import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LegCounter, packKey, unpackKey } from "./intent-key.ts";

const strategy = fc.nat(2 ** 20);
const leg = fc.nat(31);
const sequence = fc.nat(2 ** 20 - 1);

test("unpackKey() gives back what packKey() took, in one safe integer", () => {
  const property = fc.property(strategy, leg, sequence, (...parts) => {
    const packed = packKey(...parts);
    expect(Number.isSafeInteger(packed)).toBe(true);
    expect(Object.values(unpackKey(packed))).toEqual([parts[0], parts[1], parts[2]]);
  });
  fc.assert(property);
});

test("two different keys never pack to one number", () => {
  const key = fc.tuple(strategy, leg, sequence);
  const property = fc.property(key, key, (a, b) => {
    const isSame = a.every((part, at) => part === b[at]);
    expect(packKey(...a) === packKey(...b)).toBe(isSame);
  });
  fc.assert(property);
});

test("packKey() refuses more intents of one time than the sequence can number", () => {
  expect(() => packKey(0, 0, 2 ** 20)).toThrow(/At most 1048576 intents/);
});

test("the sequence of an intent depends on its own strategy, symbol and leg at its time alone", () => {
  const intent = fc.record({
    strategy: fc.nat(2),
    symbol: fc.nat(3),
    leg: fc.nat(11),
    after: fc.nat(2),
  });
  const property = fc.property(fc.array(intent, { maxLength: 60 }), (intents) => {
    const together = new LegCounter(4);
    const alone = new Map<string, number>();
    let time = 0;
    for (const { strategy, symbol, leg, after } of intents) {
      time += after;
      const key = [strategy, symbol, leg, time].join();
      const before = alone.get(key) ?? 0;
      alone.set(key, before + 1);
      expect(together.next(strategy, symbol, leg, time)).toBe(before);
    }
  });
  fc.assert(property);
});
