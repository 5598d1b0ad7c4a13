import { expect, test } from "vitest";
import type { FillRow, RunResult } from "#engine/result/run-result.ts";
import { closedTrade, closeSeries, equityRun, MIDNIGHT } from "#reports/testing/equity-run.ts";
import { sampleRun } from "#reports/testing/sample-run.ts";
import { computeSummary } from "./compute-summary.ts";
import { METRICS, type MetricKey, metric } from "./metric-table.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIXTURE_EQUITY = [10_000, 10_100, 10_050, 10_200, 10_150, 10_300, 10_250, 10_400];
const FIXTURE_PNL = [100, -50, 150, -50, 150, -50, 150];
const fixtureTrades = FIXTURE_PNL.map((pnl, index) => closedTrade(index + 1, pnl));
const ungated = { gates: false, seed: 1 };
const gated = { gates: true, seed: 1 };

/** 120 daily returns of −1.9 … +2.1 %, rounded to cents: the reference values were computed apart, in Python. */
function longEquity(): number[] {
  const equity = [1000];
  for (let day = 0; day < 120; day++) {
    const next = (equity.at(-1) as number) * (1 + (((day * 37) % 41) - 19) / 1000);
    equity.push(Math.round(next * 100) / 100);
  }
  return equity;
}

function metricsOf(run: RunResult, options = ungated): Record<MetricKey, number | null> {
  return computeSummary(run, options).metrics;
}

function withTotals(run: RunResult, totals: Partial<RunResult["totals"]>): RunResult {
  return { ...run, totals: { ...run.totals, ...totals } };
}

function fill(participation: number): FillRow {
  return {
    time: MIDNIGHT,
    symbol: "BTCUSDT",
    side: "buy",
    price: 100,
    qty: 1,
    fee: 0,
    liquidity: "taker",
    slippage: 0,
    participation,
    tradeId: 1,
    reason: "entry",
  };
}

test("the golden fixture gives its printed values to six digits", () => {
  const metrics = metricsOf(equityRun(FIXTURE_EQUITY, { trades: fixtureTrades }));
  expect(metrics).toMatchObject({
    sharpe: expect.closeTo(10.789, 4),
    sortino: expect.closeTo(33.7024, 4),
    // Printed as 672.9778; 1.04^(365/7) − 1 is 672.977723 %, the same in six digits.
    cagr: expect.closeTo(672.978, 3),
    calmar: expect.closeTo(1359.415, 3),
    profitFactor: expect.closeTo(3.6667, 4),
    expectancy: expect.closeTo(57.1429, 4),
    sqn: expect.closeTo(1.485563, 6),
    maxDD: expect.closeTo(-0.49505, 6),
  });
});

test("the golden fixture by formulas computed apart", () => {
  const metrics = metricsOf(equityRun(FIXTURE_EQUITY, { trades: fixtureTrades }));
  expect(metrics).toMatchObject({
    net: 400,
    netReturn: expect.closeTo(4, 10),
    bestDay: expect.closeTo(100 * (10_200 / 10_050 - 1), 10),
    worstDay: expect.closeTo(100 * (10_050 / 10_100 - 1), 10),
    bestMonth: expect.closeTo(4, 10),
    worstMonth: expect.closeTo(4, 10),
    winDays: expect.closeTo(400 / 7, 10),
    vol: expect.closeTo(19.153493159850324, 9),
    ddDays: 2,
    underwater: expect.closeTo(300 / 7, 10),
    ulcer: expect.closeTo(0.3209395103096674, 10),
    var95: expect.closeTo(0.4935934769947581, 10),
    es95: expect.closeTo(0.4950495049504955, 10),
    skew: expect.closeTo(-0.2108155194664828, 10),
    exKurt: expect.closeTo(-1.874523928683826, 10),
    sharpeLow: expect.closeTo(-5.454667980791989, 9),
    sharpeHigh: expect.closeTo(27.032712135308493, 9),
    omega: expect.closeTo(3.6947366589348505, 9),
    upi: expect.closeTo(2096.8989518168432, 6),
    psr: expect.closeTo(90.35123285938427, 8),
    winRate: expect.closeTo(400 / 7, 10),
    payoff: expect.closeTo(137.5 / 50, 10),
    top1Share: 37.5,
    netWithoutTop5: 400 - 100 - 3 * 150 + 50,
  });
});

test("the risk-free rate is annual and lowers the ratios", () => {
  const run = equityRun(FIXTURE_EQUITY);
  const { metrics } = computeSummary(run, { ...ungated, riskFree: 0.05 });
  expect(metrics.sharpe).toBeCloseTo(10.527973089573804, 9);
  expect(metrics.sortino).toBeCloseTo(31.992978693919532, 9);
  expect(metrics.psr).toBeCloseTo(89.83529744130252, 8);
});

test("a series long enough passes the gates and agrees with the reference", () => {
  const { metrics, reasons } = computeSummary(equityRun(longEquity()), gated);
  expect(reasons).not.toHaveProperty("sharpe");
  expect(metrics).toMatchObject({
    vol: expect.closeTo(22.663096299982314, 9),
    skew: expect.closeTo(-0.04422792210093532, 9),
    exKurt: expect.closeTo(-1.1824124600377022, 9),
    sharpe: expect.closeTo(2.0940129141760115, 9),
    sharpeLow: expect.closeTo(-1.3511448536691844, 9),
    sharpeHigh: expect.closeTo(5.539170682021208, 9),
    sortino: expect.closeTo(3.248849505234793, 9),
    psr: expect.closeTo(88.32348659758959, 8),
    var95: expect.closeTo(1.7051106544199435, 9),
    es95: expect.closeTo(1.8500647581112861, 9),
    omega: expect.closeTo(1.2905463926080567, 9),
    cagr: expect.closeTo(56.65052278674949, 8),
    maxDD: expect.closeTo(-5.451994566771523, 9),
    calmar: expect.closeTo(10.390788562413391, 8),
    ulcer: expect.closeTo(2.108492201718773, 9),
    upi: expect.closeTo(26.867788621921324, 8),
    winDays: 52.5,
  });
});

test("a partial first and last day count in totals and in no return", () => {
  const hourly = Array.from({ length: 61 }, (_, hour) => 1000 + hour);
  const run = equityRun(hourly, { from: MIDNIGHT + 13 * HOUR_MS, intervalMs: HOUR_MS });
  const metrics = metricsOf(run);
  expect(metrics.net).toBe(60);
  // Full days run from 11 hours after the start (1011) over 1035 to 1059.
  expect(metrics.bestDay).toBeCloseTo(100 * (1035 / 1011 - 1), 10);
  expect(metrics.worstDay).toBeCloseTo(100 * (1059 / 1035 - 1), 10);
});

test("the start balance is the first peak of the ulcer index, also before a partial first day", () => {
  const hourly = Array.from({ length: 61 }, (_, hour) => (hour === 0 ? 2000 : 1000));
  const run = equityRun(hourly, { from: MIDNIGHT + 13 * HOUR_MS, intervalMs: HOUR_MS });
  expect(metricsOf(run).ulcer).toBeCloseTo(50, 10);
});

test("a day without bars is a flat day", () => {
  const run = equityRun([1000, 1010, 1020, 1030]);
  run.equity.time[1] = MIDNIGHT + 5 * DAY_MS;
  run.equity.time[2] = MIDNIGHT + 6 * DAY_MS;
  const metrics = metricsOf({ ...run, to: MIDNIGHT + 6 * DAY_MS });
  expect(metrics.winDays).toBeCloseTo(50, 10);
  expect(metrics.worstDay).toBe(0);
});

test("months compound their full days", () => {
  const equity = [1000, 1100, 990, 1089];
  const run = equityRun(equity, { from: Date.UTC(2024, 0, 31) });
  const metrics = metricsOf(run);
  expect(metrics.bestMonth).toBeCloseTo(10, 10);
  expect(metrics.worstMonth).toBeCloseTo(-1, 10);
  expect(metrics.gpr).toBeCloseTo((10 - 1) / 1, 10);
});

test("intrabar drawdown compares the adverse extreme with the peaks of earlier closes", () => {
  const run = equityRun([1000, 1100, 1200, 1150], { equityLow: [900, 1090, 1080] });
  const metrics = metricsOf(run);
  expect(metrics.maxDD).toBeCloseTo(100 * (1150 / 1200 - 1), 10);
  expect(metrics.maxDDIntrabar).toBeCloseTo(-10, 10);
});

test("the longest drawdown counts from the last bar at the peak, an open one to the end", () => {
  expect(metricsOf(equityRun([100, 100, 110, 110, 105, 107, 110, 109])).ddDays).toBe(3);
  expect(metricsOf(equityRun([100, 90, 91, 92, 93])).ddDays).toBe(4);
  expect(metricsOf(equityRun([100, 101, 102])).ddDays).toBe(0);
});

test("money adds up and costs are a share of the price PnL", () => {
  const run = withTotals(equityRun([1000, 1061]), {
    pricePnl: 80,
    slippage: 3,
    feesMaker: 2,
    feesTaker: 5,
    liqFees: 1,
    funding: -8,
    makerNotional: 250,
    takerNotional: 750,
    minLiqDistance: 0.123,
    liquidations: 1,
  });
  const metrics = metricsOf({ ...run, fills: [fill(0.02), fill(0.04), fill(Number.NaN)] });
  expect(metrics).toMatchObject({
    net: 61,
    costShare: expect.closeTo((100 * (3 + 7 + 1 + 8)) / 80, 10),
    makerShare: 25,
    slipBps: 30,
    liquidations: 1,
    minLiqDist: expect.closeTo(12.3, 10),
    partMax: 4,
    partP95: expect.closeTo(3.9, 10),
    turnover: expect.closeTo(1000 / 1061 / (1 / 365), 8),
  });
});

test("received funding is no cost", () => {
  const run = withTotals(equityRun([1000, 1090]), { pricePnl: 80, funding: 10 });
  expect(metricsOf(run).costShare).toBe(0);
});

test("totals that do not explain the equity curve stop the run", () => {
  const run = withTotals(equityRun([1000, 1100]), { pricePnl: 100.001 });
  expect(() => computeSummary(run, ungated)).toThrow(/money totals explain 100.001/);
});

test("leverage and time in market count bars", () => {
  const run = equityRun([1000, 1000, 1000, 2000, 2000], { grossNotional: [0, 500, 6000, 0] });
  const metrics = metricsOf(run);
  expect(metrics.timeInMarket).toBe(50);
  expect(metrics.grossLevAvg).toBeCloseTo((0.5 + 3) / 4, 10);
  expect(metrics.grossLevMax).toBe(3);
});

test("a trade that opens and closes inside one bar is time in the market", () => {
  const inside = closedTrade(2, 10, { closedAt: MIDNIGHT + 2 * DAY_MS - 1 });
  expect(metricsOf(equityRun([1000, 1000, 1010], { trades: [inside] })).timeInMarket).toBe(50);
});

test("an exit at an open does not count the bar that opens", () => {
  const overnight = closedTrade(1, 10, { closedAt: MIDNIGHT + DAY_MS });
  expect(metricsOf(equityRun([1000, 1000, 1010], { trades: [overnight] })).timeInMarket).toBe(50);
});

test("a run without trades has zeroes, and null where a trade is needed", () => {
  const { metrics, reasons } = computeSummary(
    equityRun(Array.from({ length: 101 }, () => 1000)),
    gated,
  );
  expect(metrics).toMatchObject({ trades: 0, net: 0, timeInMarket: 0, turnover: 0, maxDD: 0 });
  expect(reasons).toMatchObject({
    winRate: "no-trades",
    expectancy: "no-trades",
    costShare: "no-trades",
    makerShare: "no-trades",
    minLiqDist: "no-trades",
    sharpe: "zero-variance",
    skew: "zero-variance",
    psr: "zero-variance",
    sortino: "no-losses",
    omega: "no-losses",
    calmar: "no-losses",
    upi: "no-losses",
    gpr: "no-losses",
    beta: "no-benchmark",
    dsr: "no-trials",
  });
  expect(metrics.pBoot).toBe(1);
});

test("constant growth has no variance although rounding makes its returns differ", () => {
  const equity = [1000];
  for (let day = 0; day < 60; day++) equity.push((equity.at(-1) as number) * 1.001);
  const { reasons } = computeSummary(equityRun(equity), gated);
  expect(reasons.sharpe).toBe("zero-variance");
  expect(reasons.sharpeLow).toBe("zero-variance");
  expect(reasons.sortino).toBe("no-losses");
});

const RETURN_KEYS: readonly MetricKey[] = METRICS.filter(
  ({ group, key }) =>
    group === "Ratio" ||
    group === "Evidence" ||
    ["vol", "var95", "es95", "skew", "exKurt", "beta", "alpha", "corr", "ir"].includes(key),
).map(({ key }) => key);

test("the gates null exactly the metrics that they name", () => {
  const run = equityRun(FIXTURE_EQUITY, {
    trades: fixtureTrades,
    symbols: [closeSeries("BTCUSDT", [100, 101, 103, 102, 104, 103, 105])],
  });
  const few = computeSummary(run, { ...gated, trials: { count: 5, srVariance: 0.001 } });
  const gatedKeys = METRICS.map(({ key }) => key).filter((key) =>
    ["few-days", "short-run"].includes(few.reasons[key] ?? ""),
  );
  expect(new Set(gatedKeys)).toEqual(new Set([...RETURN_KEYS, "cagr", "turnover"]));
  expect(few.reasons.cagr).toBe("short-run");
  expect(few.reasons.calmar).toBe("few-days");
  expect(few.metrics.bh).toBeCloseTo(5, 10);

  const days = equityRun(longEquity().slice(0, 61));
  const short = computeSummary(days, gated).reasons;
  expect(short).toMatchObject({
    cagr: "short-run",
    calmar: "short-run",
    upi: "short-run",
    turnover: "short-run",
  });
  expect(short).not.toHaveProperty("sharpe");

  const lifted = Object.values(computeSummary(run, ungated).reasons);
  expect(lifted).not.toContain("few-days");
  expect(lifted).not.toContain("short-run");
});

test("lifting the gates does not invent what can not be computed", () => {
  const { metrics, reasons } = computeSummary(equityRun([1000, 1010]), ungated);
  expect(reasons).toMatchObject({ sharpe: "few-days", vol: "few-days", psr: "few-days" });
  expect(metrics.bestDay).toBeCloseTo(1, 10);
  const minute = computeSummary(equityRun([1000, 1100], { intervalMs: 60_000 }), ungated);
  expect(minute.reasons.cagr).toBe("short-run");
  expect(minute.reasons.bestDay).toBe("few-days");
  expect(minute.reasons.worstMonth).toBe("few-days");
});

test("a run without bars has a summary", () => {
  const { metrics, reasons } = computeSummary(equityRun([1000]), ungated);
  expect(metrics).toMatchObject({ net: 0, netReturn: 0, trades: 0, maxDD: 0, timeInMarket: 0 });
  expect(reasons.cagr).toBe("short-run");
});

test.each([0, -250])("equity of %d is ruin: losses stay, ratios go", (end) => {
  const equity = [...longEquity(), end];
  const { metrics, reasons } = computeSummary(equityRun(equity), gated);
  expect(metrics.netReturn).toBeCloseTo(100 * (end / 1000 - 1), 9);
  expect(metrics.maxDD).toBeLessThanOrEqual(-100);
  const gone = RETURN_KEYS.filter((key) => metric(key).group !== "Benchmark");
  for (const key of [...gone, "cagr", "bestDay", "grossLevMax", "turnover"] as const) {
    expect(reasons[key]).toBe("ruined");
  }
});

test("the benchmark holds equal weights from the first close of the traded period", () => {
  const warmUp = MIDNIGHT - 2 * DAY_MS;
  const symbols = [
    closeSeries("BTCUSDT", [1, 1, 100, 110, 99, 120], warmUp),
    closeSeries("ETHUSDT", [50, 50, 60, 55]),
  ];
  const own = [1000, 1000, 1020, 1010, 1040];
  const metrics = metricsOf(equityRun(own, { symbols }));
  expect(metrics.bh).toBeCloseTo(100 * ((0.2 + 0.1) / 2), 10);
  const index = [1, 1, (1.1 + 1) / 2, (0.99 + 1.2) / 2, (1.2 + 1.1) / 2];
  const r = own.slice(1).map((value, row) => value / (own[row] as number) - 1);
  const b = index.slice(1).map((value, row) => value / (index[row] as number) - 1);
  const mean = (values: number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
  const covariance = (x: number[], y: number[]): number =>
    mean(x.map((value, row) => (value - mean(x)) * ((y[row] as number) - mean(y))));
  const beta = covariance(r, b) / covariance(b, b);
  const excess = r.map((value, row) => value - (b[row] as number));
  expect(metrics.beta).toBeCloseTo(beta, 10);
  expect(metrics.alpha).toBeCloseTo(36_500 * (mean(r) - beta * mean(b)), 8);
  expect(metrics.corr).toBeCloseTo(
    covariance(r, b) / Math.sqrt(covariance(r, r) * covariance(b, b)),
    10,
  );
  expect(metrics.ir).toBeCloseTo(
    (mean(excess) / Math.sqrt((covariance(excess, excess) * 4) / 3)) * Math.sqrt(365),
    9,
  );
});

test("a benchmark that stands still has no beta", () => {
  const symbols = [closeSeries("BTCUSDT", [100, 100, 100])];
  const { reasons } = computeSummary(equityRun([1000, 1010, 1005, 1020], { symbols }), ungated);
  expect(reasons).toMatchObject({ beta: "zero-variance", corr: "zero-variance" });
  expect(reasons).not.toHaveProperty("ir");
});

test("a strategy that is its benchmark has beta 1, correlation 1 and no information ratio", () => {
  const closes = longEquity().slice(1);
  const run = equityRun([closes[0] as number, ...closes], {
    symbols: [closeSeries("BTCUSDT", closes)],
  });
  const { metrics, reasons } = computeSummary(run, gated);
  expect(metrics.beta).toBeCloseTo(1, 10);
  expect(metrics.corr).toBeCloseTo(1, 10);
  expect(metrics.alpha).toBeCloseTo(0, 8);
  expect(reasons.ir).toBe("zero-variance");
});

test("the finest series of a symbol is its benchmark", () => {
  const symbols = [
    closeSeries("BTCUSDT", [100, 300], MIDNIGHT, 2 * DAY_MS),
    closeSeries("BTCUSDT", [100, 101, 102, 110]),
  ];
  expect(metricsOf(equityRun([1, 1, 1, 1, 1], { symbols })).bh).toBeCloseTo(10, 10);
});

test("a sample run of many symbols, fees, funding and slippage adds up", () => {
  const run = sampleRun({ seed: 3, bars: 20_000, trades: 300, symbols: ["A", "B", "C"] });
  const { metrics } = computeSummary(run, ungated);
  expect(metrics.trades).toBe(299);
  expect(run.openTrades).toHaveLength(1);
  const booked = [...run.trades, ...run.openTrades].reduce((net, trade) => net + trade.netPnl, 0);
  expect(metrics.net).toBeCloseTo(booked, 6);
  expect(metrics.feesMaker).toBeGreaterThan(0);
  expect(metrics.funding).not.toBe(0);
});

test("ten months of minutes take less than a second, the bootstrap included", () => {
  const run = sampleRun({ seed: 1, bars: 300_000, trades: 2000 });
  const started = performance.now();
  computeSummary(run, gated);
  expect(performance.now() - started).toBeLessThan(1000);
});
