import { expect, test } from "vitest";
import { checkRiskLimits, plainRiskLimits, type RiskLimits } from "./risk-limits.ts";

test("no limit at all, and every limit in its range", () => {
  expect(() => checkRiskLimits({})).not.toThrow();
  expect(() =>
    checkRiskLimits({
      maxNotionalPerSymbol: 0.5,
      maxTotalNotional: 1e12,
      maxLeverage: 0.5,
      maxOpenPositions: 1,
      maxOrdersPerMinute: 1,
      maxDailyLossPct: 100,
      maxDailyLossQuote: 1,
      maxDrawdownPct: 0.1,
      maxPriceDeviationPct: 5,
      maxPriceAgeSeconds: 1,
      onDailyLoss: "haltUntilNextDay",
      haltCancelsEntries: false,
    }),
  ).not.toThrow();
});

test.each<readonly [string, unknown, string]>([
  ["maxNotionalPerSymbol", 0, "must be a number above 0"],
  ["maxTotalNotional", Number.POSITIVE_INFINITY, "must be a number above 0"],
  ["maxTotalNotional", "1000", "must be a number above 0"],
  ["maxLeverage", -1, "must be a number above 0 and at most 1000"],
  ["maxOpenPositions", 1.5, "must be a whole number above 0"],
  ["maxOrdersPerMinute", Number.NaN, "must be a whole number above 0"],
  ["maxDailyLossPct", 101, "must be a number above 0 and at most 100"],
  ["maxDrawdownPct", null, "must be a number above 0"],
  ["onDailyLoss", "stop", '"onDailyLoss" is "stop"'],
  ["haltCancelsEntries", "yes", '"haltCancelsEntries" is true or false'],
  ["maxLoss", 5, 'There is no risk limit "maxLoss"'],
])("%s of %s is refused", (name, value, message) => {
  const limits = { [name]: value } as RiskLimits;
  expect(() => checkRiskLimits(limits)).toThrow(
    expect.objectContaining({ code: "E_CONFIG", message: expect.stringContaining(message) }),
  );
});

test("limits in documents have a fixed order and nothing that is not given", () => {
  expect(plainRiskLimits({ onDailyLoss: undefined })).toBeNull();
  const plain = plainRiskLimits({
    onDailyLoss: "halt",
    maxLeverage: 2,
    maxTotalNotional: undefined,
  });
  expect(JSON.stringify(plain)).toBe('{"maxLeverage":2,"onDailyLoss":"halt"}');
});
