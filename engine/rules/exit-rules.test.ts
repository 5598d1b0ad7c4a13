import { expect, test } from "vitest";
import { checkExitRules, roiAt, roiSteps } from "./exit-rules.ts";

test("the ROI step with the most minutes not above those held applies", () => {
  // Keys of an object that look like numbers come sorted by size, others as written: both end up sorted.
  const steps = roiSteps({ roi: { "240": 0, "0": 4, "120.5": 2 } });
  expect(steps.map((step) => step.minutes)).toEqual([0, 120.5, 240]);
  expect([0, 60, 120, 120.5, 239.99, 240, 1e6].map((held) => roiAt(steps, held))).toEqual([
    4, 4, 4, 2, 2, 0, 0,
  ]);
  expect(roiAt(roiSteps({ roi: { "60": 1 } }), 59)).toBeNaN();
  expect(roiAt(roiSteps({}), 0)).toBeNaN();
});

test.each([
  [{ stopLossPct: 0 }, "stopLossPct"],
  [{ stopLossPct: Number.NaN }, "stopLossPct"],
  [{ takeProfitPct: -1 }, "takeProfitPct"],
  [{ trailing: { pct: 0 } }, "trailing.pct"],
  [{ maxBars: Number.POSITIVE_INFINITY }, "maxBars"],
  [{ roi: { soon: 1 } }, "roi"],
  [{ roi: { "-5": 1 } }, "roi"],
  [{ roi: { "0": Number.NaN } }, "roi"],
])("%j is refused by name", (rules, name) => {
  expect(() => checkExitRules(rules)).toThrow(`"${name}"`);
});

test("rules that make sense pass, a ROI of no profit or a loss among them", () => {
  checkExitRules({});
  const rules = { stopLossPct: 0.1, roi: { "0": 4, "600": 0, "900": -1 }, maxBars: 1 };
  expect(() => checkExitRules(rules)).not.toThrow();
});
