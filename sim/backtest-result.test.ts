import { describe, expect, test } from "vitest";
import { backtestResult } from "#sim/backtest-result.ts";
import {
  type Candle,
  HOUR,
  runMarket,
  runScript,
  type Script,
  START,
} from "#sim/testing/fixture.ts";

const still = (price: number, volume = 1_000): Candle => [price, price, price, price, volume];
const long: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const short: Script = { 0: (ctx) => ctx.enterShort({ qty: 1 }) };

describe("a trade", () => {
  test("tells its largest size, its average prices and its costs", () => {
    const { trades } = backtestResult(
      runScript(
        [still(100), still(100), still(110), still(120), still(130), still(130)],
        {
          0: (ctx) => ctx.enterLong({ qty: 1, tag: "in" }),
          1: (ctx) => ctx.enterLong({ qty: 3, add: true }),
          2: (ctx) => ctx.exit({ qty: 1 }),
          3: (ctx) => ctx.exit({ tag: "out" }),
        },
        { settings: { takerPct: 0.1 }, leverage: 2 },
      ),
    );
    // In: 1 at 100, 3 at 110. Out: 1 at 120, 3 at 130.
    expect(trades).toHaveLength(1);
    const [trade] = trades;
    expect(trade).toMatchObject({
      id: 1,
      side: "long",
      qty: 4,
      entryPrice: 107.5,
      exitPrice: 127.5,
      grossPnl: 80,
      openedAt: START + HOUR,
      closedAt: START + 4 * HOUR,
      bars: 3,
      entryTag: "in",
      exitDetail: "out",
      exitReason: "signal",
      initialRisk: null,
    });
    expect(trade?.fees).toBeCloseTo(0.94, 12);
    expect(trade?.netPnl).toBeCloseTo(79.06, 12);
    expect(trade?.returnPct).toBeCloseTo((100 * 79.06 * 2) / 430, 12);
  });

  test("is as large as it was at its largest, not as it was after the last add", () => {
    const { openTrades } = backtestResult(
      runScript([still(100), still(100), still(100), still(100), still(100)], {
        0: (ctx) => ctx.enterLong({ qty: 4 }),
        1: (ctx) => ctx.exit({ qty: 3 }),
        2: (ctx) => ctx.enterLong({ qty: 1, add: true }),
      }),
    );
    expect(openTrades[0]?.qty).toBe(4);
  });

  test("tells its worst and its best price in percent of the entry, for both sides", () => {
    const bars: Candle[] = [
      still(100),
      [100, 104, 97, 101],
      [101, 108, 99, 102],
      still(102),
      still(102),
    ];
    const exit: Script = { 2: (ctx) => ctx.exit() };
    const [up] = backtestResult(runScript(bars, { ...long, ...exit })).trades;
    expect([up?.mae, up?.mfe]).toEqual([-3, 8]);
    const [down] = backtestResult(runScript(bars, { ...short, ...exit })).trades;
    expect([down?.mae, down?.mfe]).toEqual([-8, 3]);
  });

  test("tells the money between entry and its first stop, whatever became of the stop", () => {
    const { openTrades } = backtestResult(
      runScript([still(100), still(100), still(110), still(110)], {
        0: (ctx) => ctx.enterLong({ qty: 2, stopLoss: 95 }),
        1: (ctx) => ctx.protect({ stopLoss: 99 }),
      }),
    );
    expect(openTrades[0]?.initialRisk).toBe(10);
  });

  test("split by a turn, the fee goes where the quantity goes", () => {
    const { trades, openTrades } = backtestResult(
      runScript(
        [still(100), still(100), still(100), still(100)],
        { ...long, 1: (ctx) => ctx.order({ side: "sell", qty: 4 }) },
        { settings: { takerPct: 1 } },
      ),
    );
    expect([trades[0]?.fees, openTrades[0]?.fees]).toEqual([2, 3]);
  });

  test("numbers are in the order of opening, whatever closes first", () => {
    const bars = [still(100), still(100), still(100), still(100)];
    const { trades } = backtestResult(
      runMarket([
        { symbol: "AAA", candles: bars, script: { ...long, 2: (ctx) => ctx.exit() } },
        { symbol: "BBB", candles: bars, script: { ...long, 1: (ctx) => ctx.exit() } },
      ]),
    );
    expect(trades.map((trade) => [trade.id, trade.symbol])).toEqual([
      [1, "AAA"],
      [2, "BBB"],
    ]);
  });
});

describe("the curves", () => {
  const bars: Candle[] = [still(100), [100, 104, 97, 101], [101, 108, 99, 102]];

  test.each([
    ["long", long, [0, 1, 2], [0, -3, -1], [0, 101, 102]],
    ["short", short, [0, -1, -2], [0, -4, -8], [0, 101, 102]],
  ] as const)(
    "of a %s are marked at the close, at the adverse extreme and in exposure",
    (...row) => {
      const [, script, equity, low, gross] = row;
      const curves = backtestResult(runScript(bars, script)).equity;
      expect(Array.from(curves.equity, (value) => value - 10_000)).toEqual(equity);
      expect(Array.from(curves.equityLow, (value) => value - 10_000)).toEqual(low);
      expect(Array.from(curves.grossNotional)).toEqual(gross);
      expect(Array.from(curves.time, (time) => (time - START) / HOUR)).toEqual([1, 2, 3]);
    },
  );

  test("of two symbols are valued at one instant, each at the last price that is known", () => {
    const curves = backtestResult(
      runMarket([
        { symbol: "AAA", candles: [still(100), still(100), still(110), still(120)], script: long },
        { symbol: "BBB", candles: [still(50), still(50), "gap", still(40)], script: short },
      ]),
    ).equity;
    expect(Array.from(curves.equity, (value) => value - 10_000)).toEqual([0, 0, 10, 30]);
    expect(Array.from(curves.grossNotional)).toEqual([0, 150, 160, 160]);
  });

  test("the nearest that the mark came to the liquidation price is kept", () => {
    const curve = [still(100), still(100), still(95), still(99)];
    // Long with 10x: liquidation at 90.50.
    const { totals } = backtestResult(runScript(curve, long, { leverage: 10 }));
    expect(totals.minLiqDistance).toBeCloseTo((95 - 90.5) / 95, 12);
    const flat = backtestResult(runScript(curve, {})).totals;
    expect(flat.minLiqDistance).toBeNaN();
  });
});

describe("totals", () => {
  test("slippage is what the model took, and the net is explained to the last digit", () => {
    const { totals, fills, equity } = backtestResult(
      runScript(
        [still(100), still(100), still(110), still(110)],
        { ...long, 1: (ctx) => ctx.exit() },
        { settings: { slippage: { kind: "fixed", bps: 100 }, takerPct: 0.1 } },
      ),
    );
    // In at 101 instead of 100, out at 108.90 instead of 110.
    expect(fills.map((fill) => fill.price)).toEqual([101, 108.9]);
    expect(totals.slippage).toBeCloseTo(2.1, 10);
    expect(totals.pricePnl).toBeCloseTo(10, 10);
    expect(totals.feesTaker).toBeCloseTo(0.2099, 10);
    expect((equity.equity.at(-1) as number) - 10_000).toBeCloseTo(10 - 2.1 - 0.2099, 10);
    expect(totals.takerNotional).toBeCloseTo(209.9, 10);
  });

  test("a fill tells its share of the bar's volume, unknown where the volume is", () => {
    const shares = (volume?: number): number =>
      backtestResult(
        runScript(
          [still(100), volume === undefined ? [100, 100, 100, 100] : still(100, volume)],
          long,
        ),
      ).fills[0]?.participation ?? Number.POSITIVE_INFINITY;
    expect(shares(8)).toBe(0.125);
    expect(shares()).toBeNaN();
  });
});
