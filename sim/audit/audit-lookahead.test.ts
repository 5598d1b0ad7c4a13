import { expect, test } from "vitest";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import { ema, sma } from "#engine/indicators/moving-averages.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import { defineStrategy, on, type Strategy } from "#engine/strategy/define-strategy.ts";
import { driveAudit } from "#sim/audit/testing/drive-audit.ts";
import { walk } from "#sim/audit/testing/walk.ts";
import { HOUR, START, symbolOf } from "#sim/testing/fixture.ts";

type Value = (bars: BarColumns, index: number) => number;

function spec(create: () => Value, warmup = 0): IndicatorSpec {
  return {
    key: "own()",
    name: "own",
    outputs: [""],
    warmup,
    create: () => {
      const out = new Float64Array(1);
      const value = create();
      return { out, next: (bars, index) => void (out[0] = value(bars, index)) };
    },
  };
}

/** Long above the average, out below it. */
function follower(own: IndicatorSpec): Strategy {
  return defineStrategy({
    name: "follower",
    indicators: () => ({ own, slow: sma(5) }),
    onBar(ctx) {
      const { own, slow } = ctx.indicators;
      if (own.value > slow.value) ctx.enterLong({ qty: 1, tag: "up" });
      else ctx.exit();
    },
  });
}

const close: Value = (bars, index) => bars.close[index] as number;
const market = [symbolOf(walk(300))];

function findingsOf(strategy: () => Strategy, symbols = market) {
  return driveAudit(symbols, strategy).findings.map(({ kind, difference, evidence }) => ({
    kind,
    bar: (difference.bar - START) / HOUR,
    indicator: difference.indicator,
    by: evidence.by,
  }));
}

test("a strategy that reads closed bars only passes, every bar tested", () => {
  const outcome = driveAudit(market, () => follower(spec(() => close)));
  expect(outcome).toMatchObject({ findings: [], isDense: true, hasStarts: true, asked: 296 });
  expect(outcome.decisions).toBe(296);
});

test.each([4, 5, 150, 298])("a leak of one candle at bar %i is found at that bar", (leak) => {
  const create = () => (bars: BarColumns, index: number) =>
    bars.close[index === leak ? index + 1 : index] ?? 0;
  expect(findingsOf(() => follower(spec(create)))).toEqual([
    { kind: "lookahead", bar: leak, indicator: "own", by: "cut" },
  ]);
});

test("a sign of the next bar is found where it first differs from what noise says", () => {
  const create = () => (bars: BarColumns, index: number) =>
    (bars.close[index + 1] ?? bars.close[index] ?? 0) > close(bars, index) ? 1e9 : -1e9;
  const [found] = findingsOf(() => follower(spec(create)));
  expect(found).toMatchObject({ kind: "lookahead", indicator: "own" });
  // One of the two noises contradicts every bar, so the first bar that was asked for must show it.
  expect(found?.bar).toBe(4);
});

test("a table computed ahead is no look-ahead, one row of it that is is found", () => {
  const table = (leak: number) => () => {
    let values: Float64Array | null = null;
    return (bars: BarColumns, index: number): number => {
      values ??= bars.close.map((one, row) => (row === leak ? (bars.close[row + 1] ?? one) : one));
      return values[index] ?? Number.NaN;
    };
  };
  const clean = driveAudit(market, () => follower(spec(table(-1))));
  expect(clean).toMatchObject({ findings: [], isDense: true });
  expect(findingsOf(() => follower(spec(table(222))))).toEqual([
    { kind: "lookahead", bar: 222, indicator: "own", by: "cut" },
  ]);
});

test("how many bars there are is something to come", () => {
  const create = () => (bars: BarColumns, index: number) => (index > bars.length - 20 ? 0 : 1e9);
  expect(findingsOf(() => follower(spec(create)))).toMatchObject([
    { kind: "lookahead", bar: 4, indicator: "own", by: "cut" },
  ]);
});

test("a gap is not known before it is over", () => {
  const create = () => (bars: BarColumns, index: number) => {
    const next = bars.time[index + 1] ?? 0;
    return next - (bars.time[index] as number) > HOUR ? 0 : 1e9;
  };
  const gap = [symbolOf(walk(300, 1, 200))];
  // At the end of the data the time of the next bar is missing instead.
  expect(findingsOf(() => follower(spec(create)), gap)).toMatchObject([
    { kind: "lookahead", bar: 200, indicator: "own" },
  ]);
});

test("columns that an indicator hands to onBar are found by the decision", () => {
  const make = (): Strategy => {
    const captured: BarColumns[] = [];
    const own = spec(() => (bars, index) => {
      captured[0] = bars;
      return close(bars, index);
    });
    return defineStrategy({
      name: "captured",
      indicators: () => ({ own }),
      onBar(ctx) {
        const next = captured[0]?.high[ctx.bar.count] ?? 0;
        if (ctx.bar.count === 100 && next > 0) ctx.enterLong({ qty: next });
      },
    });
  };
  expect(findingsOf(make)).toEqual([{ kind: "lookahead", bar: 99, indicator: null, by: "cut" }]);
});

test("an indicator of a higher interval is the one of the bar that closed, a kernel that looks on is found", () => {
  const bars = walk(400);
  const symbols = [
    { ...symbolOf(bars), higher: new Map([["4h", resample(bars, 4 * HOUR).bars]]) },
    { ...symbolOf(walk(300, 7), {}, "ETHUSDT"), higher: new Map() },
  ];
  symbols[1]!.higher.set("4h", resample(symbols[1]!.bars, 4 * HOUR).bars);
  const on4h = (value: Value): (() => Strategy) => {
    const own = on(
      "4h",
      spec(() => value),
    );
    return () =>
      defineStrategy({
        name: "higher",
        indicators: () => ({ own, slow: sma(5) }),
        onBar(ctx) {
          if (ctx.indicators.own.value > ctx.indicators.slow.value) ctx.enterLong({ qty: 1 });
          else ctx.exit();
        },
      });
  };
  expect(driveAudit(symbols, on4h(close))).toMatchObject({ findings: [], isDense: true });
  const leak: Value = (own, index) => own.close[index === 50 ? 51 : index] ?? 0;
  // The 51st bar of four hours closes with the 204th hour.
  expect(findingsOf(on4h(leak), symbols)).toEqual([
    { kind: "lookahead", bar: 203, indicator: "own", by: "cut" },
  ]);
});

test("finer candles decide fills and are no part of what the strategy may see early", () => {
  const fine = walk(480);
  const own = resample(fine, 4 * HOUR).bars;
  const symbols = [{ ...symbolOf(fine), strategyBars: own }];
  const clean = driveAudit(symbols, () => follower(spec(() => close)));
  expect(clean).toMatchObject({ findings: [], isDense: true, asked: 116 });
  const leak: Value = (bars, index) => bars.close[index === 60 ? 61 : index] ?? 0;
  expect(findingsOf(() => follower(spec(() => leak)), symbols)).toMatchObject([
    { kind: "lookahead", bar: 240, indicator: "own" },
  ]);
});

test("what the module keeps between runs is nondeterminism, not look-ahead", () => {
  const seen: number[] = [];
  const strategy = defineStrategy({
    name: "keeper",
    onBar(ctx) {
      seen.push(ctx.bar.close);
      if (seen.length > 300 && ctx.bar.count === 7) ctx.enterLong({ qty: 1 });
    },
  });
  const instances = [strategy];
  const make = (): Strategy => {
    seen.length = 0;
    return instances[0] as Strategy;
  };
  expect(findingsOf(make)).toEqual([
    { kind: "nondeterminism", bar: 6, indicator: null, by: "repetition" },
  ]);
});

test("a warm-up that is too short is told with the bars after which the values agree", () => {
  const fading = spec(() => {
    let value = Number.NaN;
    return (bars, index) => {
      value = Number.isNaN(value)
        ? close(bars, index)
        : value + (close(bars, index) - value) / 15.5;
      return value;
    };
  });
  const outcome = driveAudit([symbolOf(walk(2_000))], () => follower(fading));
  const [found] = outcome.findings;
  expect(found?.kind).toBe("warm-up");
  expect(found?.difference.indicator).toBe("own");
  // (29/31)^n falls from some percent below one millionth of the price after about 150 bars.
  const bars = found?.evidence.by === "start" ? (found.evidence.bars ?? 0) : 0;
  expect(bars).toBeGreaterThan(80);
  expect(bars).toBeLessThan(300);
});

test("an indicator that has its first value later than it says is a warm-up that is too short", () => {
  const late = { ...ema(30), warmup: 2 };
  const [found] = driveAudit([symbolOf(walk(2_000))], () => follower(late)).findings;
  expect(found).toMatchObject({ kind: "warm-up", difference: { what: "asked" } });
});

test("what reads ahead and throws where nothing is left is found", () => {
  const create = () => (bars: BarColumns, index: number) => {
    if (index === 120 && bars.close[index + 1] === undefined) throw new RangeError("no next bar");
    return close(bars, index);
  };
  expect(findingsOf(() => follower(spec(create)))).toMatchObject([{ kind: "lookahead", bar: 120 }]);
});

test("a strategy that throws in the full run is not audited further", () => {
  const create = () => () => {
    throw new RangeError("at once");
  };
  const outcome = driveAudit(market, () => follower(spec(create)));
  expect(outcome.failure?.error).toBeInstanceOf(RangeError);
  expect(outcome.runs).toBe(1);
});
