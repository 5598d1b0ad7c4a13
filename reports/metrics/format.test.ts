import { expect, test } from "vitest";
import { formatMetric, formatNumber } from "./format.ts";
import { METRICS, type MetricKey } from "./metric-table.ts";

test.each<[MetricKey, number | null, string]>([
  ["net", 1234567.891, "+1,234,567.89"],
  ["net", -1234.5, "-1,234.50"],
  ["net", -0.001, "0.00"],
  ["net", 0, "0.00"],
  ["feesTaker", 999.995, "1,000.00"],
  ["feesTaker", 999.994, "999.99"],
  ["netReturn", 12.3, "+12.30 %"],
  ["maxDD", -7.126, "-7.13 %"],
  ["sharpe", 1.005, "1.00"],
  ["sharpe", -1.5, "-1.50"],
  ["grossLevMax", 2.5, "2.50x"],
  ["slipBps", 0.125, "0.13 bps"],
  ["holdMedian", 3.25, "3.25 h"],
  ["ddDays", 12, "12.00 d"],
  ["trades", 20000, "20,000"],
  ["sharpe", null, "n/a"],
])("formatMetric(%s, %d) is %s", (key, value, text) => {
  expect(formatMetric(key, value)).toBe(text);
});

test("formatNumber() leaves numbers beyond fixed notation as they are", () => {
  expect(formatNumber(1e22, 2, "plain")).toBe("1e+22");
  expect(formatNumber(-100, 0, "signed")).toBe("-100");
  expect(formatNumber(123456, 0, "plain")).toBe("123,456");
});

test("every metric has a key of its own, a label and a formula", () => {
  expect(new Set(METRICS.map(({ key }) => key)).size).toBe(METRICS.length);
  expect(METRICS).toHaveLength(70);
  for (const { label, formula } of METRICS) {
    expect(label).not.toBe("");
    expect(formula).not.toBe("");
  }
});
