import { expect, test } from "vitest";
import { parseTimeBound } from "#cli/time-bound.ts";
import { sampleBars, sampleFunding } from "#data/testing/sample-bars.ts";
import { CANDLES, loadFrom } from "./testing/stored-market.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const FOUR = { ...CANDLES, interval: "4h" };
const HOURLY = { key: CANDLES, bars: sampleBars(100, { start: START, intervalMs: HOUR }) };

/** Stored bars of four hours have their own prices, so that they can be told from built ones. */
function fourHours(from: number, count: number) {
  const start = START + from * HOUR;
  return { key: FOUR, bars: sampleBars(count, { start, intervalMs: 4 * HOUR, seed: 3 }) };
}

async function higherOf(stored: ReturnType<typeof fourHours>) {
  const market = await loadFrom([HOURLY, stored], { higher: ["4h"] });
  const words = market.series.map(({ key }) => key.interval);
  return { bars: market.symbols[0]?.higher.get("4h"), words };
}

test("stored bars of a further interval are used where they cover the run", async () => {
  const stored = fourHours(0, 25);
  const { bars, words } = await higherOf(stored);
  expect(bars?.close[24]).toBe(stored.bars.close[24]);
  expect(words).toEqual(["1h", "4h"]);
});

test.each([
  ["begin late", 8, 23],
  ["end early", 0, 20],
  ["lie elsewhere", 200, 10],
])("stored bars of a further interval that %s give way to built ones", async (_name, from, n) => {
  const { bars, words } = await higherOf(fourHours(from, n));
  expect(bars?.length).toBe(25);
  expect(bars?.close[24]).toBe(HOURLY.bars.close[99]);
  expect(words).toEqual(["1h"]);
});

test("candles that have nothing of the period give way to shorter ones that have", async () => {
  const minutes = { ...CANDLES, interval: "1m" };
  const series = [HOURLY, { key: minutes, bars: sampleBars(600, { start: START + 200 * HOUR }) }];
  const from = { kind: "at", ms: START + 202 * HOUR } as const;
  const market = await loadFrom(series, { from });
  expect([market.from, market.to]).toEqual([from.ms, START + 210 * HOUR]);
  const nowhere = loadFrom(series, { from: { kind: "at", ms: START + 900 * HOUR } });
  await expect(nowhere).rejects.toMatchObject({ code: "E_DATA_PERIOD" });
  expect((await loadFrom(series, {})).to).toBe(START + 100 * HOUR);
});

test("mark candles that cover the run go before finer ones of a piece", async () => {
  const mark = (interval: string, intervalMs: number, count: number) => ({
    key: { ...CANDLES, kind: "mark", interval } as const,
    bars: sampleBars(count, { start: START, intervalMs }),
  });
  const [piece, whole] = [mark("1h", HOUR, 50), mark("4h", 4 * HOUR, 25)];
  const both = await loadFrom([HOURLY, piece, whole], {});
  expect(both.symbols[0]?.marks?.intervalMs).toBe(4 * HOUR);
  const only = await loadFrom([HOURLY, piece], {});
  expect(only.symbols[0]?.marks?.intervalMs).toBe(HOUR);
  expect(only.symbols[0]?.withoutMark.count).toBe(50);
});

const FUNDING = { ...CANDLES, kind: "funding", interval: "" } as const;

/** Rates of the eight hours from an hour on, and a run of the given hours of January 2024. */
function fundedRun(
  rates: { from: number; count: number },
  run: { from: number; to: number },
  fundingMissing: "error" | "zero" | "last",
) {
  const funding = sampleFunding(rates.count, START + rates.from * HOUR);
  const bound = (hour: number) =>
    parseTimeBound(new Date(START + hour * HOUR).toISOString(), "--from");
  return loadFrom([HOURLY, { key: FUNDING, funding }], {
    funding: "stored",
    fundingMissing,
    from: bound(run.from),
    to: bound(run.to),
    readFrom: START + run.from * HOUR,
  });
}

test("funding that does not overlap the run is missing, not complete", async () => {
  await expect(
    fundedRun({ from: 800, count: 9 }, { from: 0, to: 48 }, "error"),
  ).rejects.toMatchObject({
    code: "E_FUNDING_MISSING",
    message: expect.stringContaining("misses 5 stamps, first at 2024-01-01T08:00"),
  });
  const market = await fundedRun({ from: 800, count: 9 }, { from: 0, to: 48 }, "zero");
  expect(market.diagnostics).toContainEqual(
    expect.objectContaining({ code: "funding-filled", count: 5 }),
  );
});

test("a rate carried into the run from before it is one of the run's rows", async () => {
  const load = (count: number) => fundedRun({ from: 0, count }, { from: 48, to: 72 }, "last");
  const market = await load(3);
  const { funding } = market.symbols[0] ?? {};
  expect(Array.from(funding?.time ?? [])).toContain(START + 56 * HOUR);
  expect(funding?.rate.at(-1)).toBe(sampleFunding(3, START).rate[2]);
  expect((await load(2)).fingerprint).not.toBe(market.fingerprint);
});

test("a run inside one funding interval needs no rate", async () => {
  const market = await fundedRun({ from: 800, count: 9 }, { from: 1, to: 7 }, "error");
  expect(market.symbols[0]?.funding?.length).toBe(0);
});
