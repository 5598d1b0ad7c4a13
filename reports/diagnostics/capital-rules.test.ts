import { describe, expect, test } from "vitest";
import { lintMarket } from "#reports/testing/lint-market.ts";
import type { Candle, Script } from "#sim/testing/fixture.ts";

const flat: Candle = [100, 101, 99, 100, 1_000];
const flats = (count: number): Candle[] => Array.from({ length: count }, () => flat);

/** A long of one, opened at the open of bar 1. */
const buy: Script = { 0: (ctx) => ctx.enterLong({ qty: 1 }) };
const roundTrip = (bar: number): Script => ({ ...buy, [bar]: (ctx) => ctx.exit() });

describe("capital-contention", () => {
  const half: Script = { 0: (ctx) => ctx.enterLong({ qty: 60 }) };
  const market = (eth: Script) => [
    { symbol: "BTCUSDT", candles: flats(4), script: half },
    { symbol: "ETHUSDT", candles: flats(4), script: eth },
  ];

  test("an entry that finds no margin because another symbol holds it is told with both", () => {
    const { find } = lintMarket(market(half));
    expect(find("capital-contention")).toEqual({
      code: "capital-contention",
      severity: "warning",
      message:
        "Entries found no margin because another symbol held it, first 2024-01-01T01:00:00Z ETHUSDT (BTCUSDT trade 1 was open)",
      count: 1,
    });
    expect(find("orders-rejected")?.message).toBe(
      "Orders were rejected: insufficientMargin, first 2024-01-01T01:00:00Z ETHUSDT",
    );
  });

  test("two that fit beside each other, and one that is too large for the account alone, are none", () => {
    const small: Script = { 0: (ctx) => ctx.enterLong({ qty: 40 }) };
    expect(lintMarket(market(small)).find("capital-contention")).toBeUndefined();
    const alone = [
      { symbol: "BTCUSDT", candles: flats(4) },
      { symbol: "ETHUSDT", candles: flats(4), script: { 0: half[0] } as Script },
    ];
    const tooLarge = lintMarket(alone, { balance: 1_000 });
    expect(tooLarge.find("orders-rejected")?.count).toBe(1);
    expect(tooLarge.find("capital-contention")).toBeUndefined();
  });

  test("an order that makes room for a liquidation was refused by nobody", () => {
    const crash: Candle[] = [...flats(3), [100, 100, 80, 85, 1_000], flat];
    const bare: Script = {
      0: (ctx) => ctx.enterLong({ qty: 100 }),
      1: (ctx) => ctx.order({ side: "buy", type: "limit", qty: 10, price: 50 }),
    };
    const parts = [
      { symbol: "BTCUSDT", candles: flats(5), script: buy },
      { symbol: "ETHUSDT", candles: crash, script: bare },
    ];
    const { run, find } = lintMarket(parts, { leverage: 10 });
    expect(run.totals.liquidations).toBe(1);
    expect(run.totals.orders.cancelled).toBe(1);
    expect(find("capital-contention")).toBeUndefined();
  });

  test("a position that was closed before is no competitor", () => {
    const later: Script = { 2: (ctx) => ctx.enterLong({ qty: 101 }) };
    const parts = [
      { symbol: "BTCUSDT", candles: flats(5), script: roundTrip(1) },
      { symbol: "ETHUSDT", candles: flats(5), script: later },
    ];
    const { find } = lintMarket(parts);
    expect(find("orders-rejected")).toBeDefined();
    expect(find("capital-contention")).toBeUndefined();
  });
});
