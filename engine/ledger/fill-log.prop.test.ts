import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EngineEvent } from "#engine/model/event.ts";
import { FILL, FillLog } from "./fill-log.ts";

const fill = fc.record({
  time: fc.nat(2 ** 31 - 1),
  lots: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  side: fc.constantFrom(1 as const, -1 as const),
  priceTicks: fc.nat(2 ** 31 - 1),
  fee: fc.double({ noNaN: true }),
  slippage: fc.double({ noNaN: true }),
  participation: fc.double(),
  symbol: fc.nat(4_095),
  liquidity: fc.nat(1),
  purpose: fc.nat(15),
  trade: fc.nat(2 ** 31 - 1),
});

test("every column gives back what was added", () => {
  const property = fc.property(fc.array(fill, { maxLength: 20 }), (fills) => {
    const log = new FillLog();
    for (const { lots, slippage, trade, purpose, ...event } of fills) {
      log.add(Object.assign(new EngineEvent(), event, { qtyLots: lots }), slippage, trade, purpose);
    }
    expect(log.length).toBe(fills.length);
    for (const [row, { lots, side, ...columns }] of fills.entries()) {
      expect(log.get(row, FILL.signedLots)).toBe(side * lots);
      for (const [name, value] of Object.entries(columns)) {
        expect(log.get(row, FILL[name as keyof typeof FILL])).toBe(value);
      }
    }
  });
  fc.assert(property);
});
