import { expect, test } from "vitest";

import type { DrydockError } from "#engine/errors.ts";
import { sma } from "#engine/indicators/moving-averages.ts";
import { refuseThenable } from "#engine/strategy/check-strategy.ts";
import { defineStrategy, isStrategy, on } from "#engine/strategy/define-strategy.ts";
import { param, resolveParams } from "#engine/strategy/params.ts";

const onBar = (): void => {};

/** What is said of terms that no type checker has seen. */
function told(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { code, message } = error as DrydockError;
    return `${code} ${message}`;
  }
  return "nothing";
}

test("a strategy needs a name and a decision, nothing more", () => {
  const least = defineStrategy({ name: "least", onBar });
  expect(isStrategy(least)).toBe(true);
  expect(isStrategy({ ...least })).toBe(false);
  expect(least.description).toBe("");
  expect(least.indicators({ params: {} })).toEqual({});
  expect(least.intervals({ params: {} })).toEqual([]);
  expect(least.state()).toBeUndefined();
});

test.each([
  [null, "A strategy is defined by an object"],
  [{ onBar }, 'A strategy has no name: "name" is undefined'],
  [{ name: " ", onBar }, 'A strategy has no name: "name" is " "'],
  [{ name: "a", description: 5, onBar }, 'Strategy "a" has the description 5'],
  [{ name: "a", scope: "all", onBar }, 'Strategy "a" has the scope "all"'],
  [{ name: "a" }, 'Strategy "a" has no onBar: it never decides'],
  [{ name: "a", scope: "portfolio", onBar }, 'Strategy "a" has no onBars: it never decides'],
  [{ name: "a", onBar: 3 }, 'Strategy "a" has as onBar 3'],
  [{ name: "a", onBar, warmupBars: -1 }, 'Strategy "a" has -1 as warmupBars'],
  [{ name: "a", async onBar() {} }, 'Strategy "a" has as onBar a function that is async'],
  [
    { name: "a", scope: "portfolio", onBars: async () => {} },
    'Strategy "a" has as onBars a function that is async',
  ],
  [{ name: "a", *onBar() {} }, 'Strategy "a" has as onBar a function that is a generator'],
  [
    { name: "a", onBar, indicators: async () => ({}) },
    'Strategy "a" has as indicators a function that is async',
  ],
  [
    { name: "a", onBar, state: async () => 1 },
    'Strategy "a" has as state a function that is async',
  ],
  [{ name: "a", onBar, params: { x: 5 } }, 'Strategy "a" has as parameter "x" 5'],
  [
    { name: "a", onBar, params: { x: param.int(5, { min: 10, max: 20 }) } },
    'Strategy "a" has a parameter "x" whose default 5 is not a whole number from 10 to 20',
  ],
  [
    { name: "a", onBar, params: { x: param.int(1.5, { min: 1, max: 20 }) } },
    'Strategy "a" has a parameter "x" whose default 1.5 is not a whole number from 1 to 20',
  ],
  [
    { name: "a", onBar, params: { x: param.number(1, { min: 3, max: 2 }) } },
    'Strategy "a" has a parameter "x" from 3 to 2',
  ],
  [
    { name: "a", onBar, params: { x: { ...param.number(1, { min: 1, max: 2 }), default: "1" } } },
    'Strategy "a" has a parameter "x" whose default "1" is not a number from 1 to 2',
  ],
  [
    { name: "a", onBar, params: { x: { ...param.choice("b", ["b"]), choices: ["c"] } } },
    'Strategy "a" has a parameter "x" whose default "b" is not one of c',
  ],
  [
    { name: "a", onBar, params: { x: { ...param.choice("b", ["b"]), choices: [] } } },
    'Strategy "a" has a parameter "x" without choices',
  ],
  [
    { name: "a", onBar, params: { x: param.interval("4 hours") } },
    'Strategy "a" has a parameter "x" whose default "4 hours" is not an interval such as 1h or 4h',
  ],
])("the terms %j are refused", (terms, message) => {
  expect(told(() => defineStrategy(terms as never))).toBe(`E_STRATEGY_FILE ${message}`);
});

test.each([
  ["indicators", { a: 5 }, 'E_STRATEGY_FILE Strategy "s" has as indicator "a" 5'],
  ["indicators", { a: sma }, 'E_STRATEGY_FILE Strategy "s" has as indicator "a" a function'],
  ["indicators", 7, 'E_STRATEGY_FILE Strategy "s" has indicators that are 7'],
  [
    "indicators",
    { a: on("4 hours", sma(3)) },
    'E_STRATEGY_FILE Strategy "s" names in indicator "a" the interval "4 hours"',
  ],
  [
    "indicators",
    Promise.resolve({}),
    'E_STRATEGY_THREW Strategy "s" answers indicators with a promise',
  ],
  ["intervals", "4h", 'E_STRATEGY_FILE Strategy "s" has intervals that are "4h"'],
  ["intervals", ["4x"], 'E_STRATEGY_FILE Strategy "s" names in intervals the interval "4x"'],
  [
    "intervals",
    Promise.resolve([]),
    'E_STRATEGY_THREW Strategy "s" answers intervals with a promise',
  ],
  ["rules", 3, 'E_STRATEGY_FILE Strategy "s" has rules that are 3'],
  ["rules", Promise.resolve({}), 'E_STRATEGY_THREW Strategy "s" answers rules with a promise'],
  ["state", Promise.resolve({}), 'E_STRATEGY_THREW Strategy "s" answers state with a promise'],
] as const)("%s that answer with %o are refused", (field, answer, message) => {
  const strategy = defineStrategy({ name: "s", onBar, [field]: () => answer } as never);
  expect(told(() => strategy[field]({ params: {} }))).toBe(message);
});

test("what a function throws before the first bar is the strategy's fault", () => {
  const strategy = defineStrategy({
    name: "s",
    onBar,
    indicators: () => {
      throw new TypeError("no such thing");
    },
  });
  expect(told(() => strategy.indicators({ params: {} }))).toBe(
    'E_STRATEGY_THREW Strategy "s" threw TypeError: no such thing in indicators',
  );
});

test("refuseThenable() lets everything pass that is at hand", () => {
  for (const answer of [undefined, null, 0, 17, "then", {}, { next: 1 }]) {
    expect(told(() => refuseThenable("s", "onBar", answer))).toBe("nothing");
  }
  expect(told(() => refuseThenable("s", "onBar", Promise.resolve()))).toBe(
    'E_STRATEGY_THREW Strategy "s" answers onBar with a promise',
  );
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "resolveParams() knows no parameter %s unless it was declared",
  (name) => {
    const given = JSON.parse(`{"${name}": "3"}`) as Record<string, unknown>;
    expect(told(() => resolveParams("s", {}, given))).toBe(
      `E_UNKNOWN_PARAM Strategy "s" has no parameter "${name}"`,
    );
  },
);

test("a parameter named as something every object has keeps its default", () => {
  const specs = { constructor: param.int(4, { min: 1, max: 9 }) };
  expect(resolveParams("s", specs, {})).toEqual({ constructor: 4 });
  expect(resolveParams("s", specs, { constructor: "5" })).toEqual({ constructor: 5 });
});
