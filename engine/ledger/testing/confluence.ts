import * as fc from "fast-check";
import { expect } from "vitest";
import { Ledger } from "#engine/ledger/ledger.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { PURPOSE } from "#engine/model/order-terms.ts";
import { ExactLedger } from "#engine/testing/exact-ledger.ts";

const INSTRUMENT: Instrument = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  tick: makeGrid(0.5),
  lot: makeGrid(0.001),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 10,
} as unknown as Instrument;
export const MARK = 30_000;

export interface Fill {
  readonly signedLots: number;
  readonly priceTicks: number;
  readonly fee: number;
}

const fill: fc.Arbitrary<Fill> = fc.record({
  signedLots: fc.integer({ min: -50, max: 50 }).filter((lots) => lots !== 0),
  priceTicks: fc.integer({ min: 40_000, max: 80_000 }),
  fee: fc.integer({ min: 0, max: 100 }).map((cents) => cents / 100),
});

/** Executions and the same ones in another order. */
const orders = fc
  .array(fill, { minLength: 1, maxLength: 12 })
  .chain((fills) =>
    fc.tuple(
      fc.constant(fills),
      fc.shuffledSubarray(fills, { minLength: fills.length, maxLength: fills.length }),
    ),
  );

export function exact(fills: readonly Fill[]): ExactLedger {
  const ledger = new ExactLedger([INSTRUMENT], 1_000);
  for (const one of fills) ledger.fill({ symbol: 0, ...one });
  return ledger;
}

function booked(fills: readonly Fill[]): Ledger {
  const ledger = new Ledger([INSTRUMENT], 1_000, 1);
  for (const { signedLots, priceTicks, fee } of fills) {
    const event = new EngineEvent();
    event.kind = EVENT.orderFilled;
    event.side = signedLots > 0 ? 1 : -1;
    event.qtyLots = Math.abs(signedLots);
    event.priceTicks = priceTicks;
    event.referenceTicks = priceTicks;
    event.fee = fee;
    ledger.book(event, 0, PURPOSE.entry, null);
  }
  return ledger;
}

/**
 * I7: what an order of arrival can not change: size, fees, and wallet plus unrealised profit at any price. Which part of
 * that is realised, and so the wallet and the average entry price alone, follow from the order of the executions: a
 * position that is opened, closed and opened again has another entry than one that is enlarged and reduced.
 */
export const sameInAnyOrder = fc.property(orders, ([fills, shuffled]) =>
  expectSame(fills, shuffled),
);

function expectSame(fills: readonly Fill[], shuffled: readonly Fill[]): void {
  const [one, other] = [exact(fills), exact(shuffled)];
  expect(other.lots(0)).toBe(one.lots(0));
  expect(other.fees).toEqual(one.fees);
  expect(other.equity([MARK])).toEqual(one.equity([MARK]));
  const [fast, again] = [booked(fills), booked(shuffled)];
  expect(again.positions[0]?.qtyLots).toBe(fast.positions[0]?.qtyLots);
  const marks = Float64Array.of(MARK);
  expect(Math.abs(again.equity(marks) - fast.equity(marks))).toBeLessThan(1e-6);
}
