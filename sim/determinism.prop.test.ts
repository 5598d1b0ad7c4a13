import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  expectSame,
  naming,
  poisoning,
  prefix,
  repetition,
  shortWay,
  stepping,
  withoutQuietPath,
} from "#sim/testing/determinism-properties.ts";
import { prepare, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";
import { runs } from "#sim/testing/seed.ts";

test("the same run twice leaves the same records and the same equity", () => {
  fc.assert(repetition, runs(50));
});

test("two runs stepped in turn do not know of each other, and steps of any size change nothing", () => {
  fc.assert(stepping, runs(60));
});

test("the short way through quiet bars leaves what the full way leaves", () => {
  fc.assert(shortWay, runs(150));
});

test("a prefix of the data gives a prefix of the records and of the equity", () => {
  fc.assert(prefix, runs(100));
});

test("whatever stands after a moment changes nothing before it", () => {
  fc.assert(poisoning, runs(100));
});

test("the order in which symbols are named changes nothing", () => {
  fc.assert(naming, runs(80));
});

test("a strategy that throws leaves the same on the short way and the full one", () => {
  for (const bar of [0, 3, 5]) {
    const [run] = fc.sample(randomRun(1), { numRuns: 1, seed: 4 });
    const faulty: RandomRun = {
      ...(run as RandomRun),
      symbols: (run as RandomRun).symbols.map((one) => ({
        ...one,
        // A limit price of NaN is refused by the desk with an error.
        plan: Array.from({ length: 8 }, (_, at) =>
          at === bar
            ? [
                {
                  kind: "order",
                  side: "buy",
                  type: "limit",
                  lots: 1,
                  offset: Number.NaN,
                  limitOffset: Number.NaN,
                  reduceOnly: false,
                  conditions: {
                    tif: "gtc",
                    halfHours: 1,
                    postOnly: false,
                    oco: null,
                    triggerBy: "last",
                    callback: 1,
                    activation: null,
                  },
                },
              ]
            : [],
        ) as RandomRun["symbols"][number]["plan"],
      })),
    };
    const symbols = symbolsOf(faulty);
    const short = prepare(faulty, symbols);
    const full = prepare(faulty, withoutQuietPath(symbols));
    short.backtest.run();
    full.backtest.run();
    expect(short.backtest.engine.failures).toMatchObject([{ error: { name: "RangeError" } }]);
    expectSame(full, short);
  }
});
