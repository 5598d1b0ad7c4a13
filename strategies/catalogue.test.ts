import { expect, test } from "vitest";
import { BUILT_IN, findBuiltIn } from "./catalogue.ts";

test("BUILT_IN is sorted by name, and each name is found again", () => {
  const names = BUILT_IN.map((strategy) => strategy.name);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toContain("sma-cross");
  for (const strategy of BUILT_IN) expect(findBuiltIn(strategy.name)).toBe(strategy);
});

test("findBuiltIn() names what was probably meant and what there is", () => {
  const failure = (name: string): unknown => {
    try {
      return findBuiltIn(name);
    } catch (error) {
      return error;
    }
  };
  expect(failure("smacross")).toMatchObject({
    code: "E_UNKNOWN_STRATEGY",
    message: 'There is no built-in strategy "smacross"',
    hint: 'Did you mean "sma-cross"?',
    or: expect.stringContaining("bollinger-breakout, donchian-turtle"),
  });
  expect(failure("martingale")).toMatchObject({ hint: expect.stringContaining("sma-cross") });
});

test("every parameter has a doc and a default within its range", () => {
  for (const strategy of BUILT_IN) {
    expect(strategy.description).toMatch(/^[A-Z].*[^.]$/);
    for (const spec of Object.values(strategy.params)) {
      expect(spec.doc).not.toBe("");
      if (spec.kind !== "int" && spec.kind !== "number") continue;
      expect(spec.default).toBeGreaterThanOrEqual(spec.min);
      expect(spec.default).toBeLessThanOrEqual(spec.max);
    }
  }
});
