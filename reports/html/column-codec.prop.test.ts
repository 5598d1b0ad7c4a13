import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { must } from "#engine/assert.ts";
import { makeBars } from "#engine/market/bars.ts";
import { sampleBars } from "#reports/testing/sample-bars.ts";
import { type EncodedColumn, encodeDelta, encodeDoubles, encodeIntegers } from "./column-codec.ts";
import { encodePrices } from "./price-columns.ts";
import { loadBrowserFiles } from "./testing/browser-module.ts";

const browser = loadBrowserFiles("format.js", "columns.js");

function decode(column: EncodedColumn): number[] {
  return [...browser.decodeColumn(column, column.planes)].map((value) => value * column.scale);
}

test("doubles come back in every bit", () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const column = encodeDoubles("x", Float64Array.from(values));
      expect(decode(column)).toEqual(values);
    }),
  );
});

test("integers come back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2_147_483_647, max: 2_147_483_647 })), (values) => {
      expect(decode(encodeIntegers("x", Int32Array.from(values)))).toEqual(values);
    }),
  );
});

test("values on a grid come back as grid points, whatever their size", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e13, max: 1e13, noNaN: true })),
      fc.constantFrom(0.01, 1, 1e-6, 1000),
      (values, scale) => {
        const column = encodeDelta("x", Float64Array.from(values), scale);
        const back = decode(column);
        const worst = back.map((value, row) => Math.abs(value - (values[row] as number)));
        const allowed = values.map((value) => scale / 2 + 1e-12 * Math.abs(value));
        expect(worst.every((error, row) => error <= (allowed[row] as number))).toBe(true);
      },
    ),
  );
});

test("small steps far from zero need no doubles", () => {
  const values = Float64Array.from({ length: 100 }, (_, row) => 9e12 + row);
  const column = encodeDelta("x", values, 1);
  expect(column.codec).toBe("delta");
  expect(column.isWide).toBe(true);
  expect(decode(column)).toEqual([...values]);
});

test("a jump beyond 32 bits, and a value that is no number, fall back to doubles", () => {
  for (const values of [
    [0, 5e9],
    [1, Number.NaN, 2],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ]) {
    const column = encodeDelta("x", Float64Array.from(values), 1);
    expect(column.codec).toBe("f64");
    expect(decode(column)).toEqual(values);
  }
});

function joined(columns: readonly EncodedColumn[]): Record<string, number[]> {
  const parts = columns.map((column) => browser.decodeColumn(column, column.planes));
  const prices = browser.joinPrices(must(columns[0], "four columns"), ...parts);
  return Object.fromEntries(
    (["open", "high", "low", "close"] as const).map((name) => [
      name,
      [...prices[name]].map((ticks) => ticks * prices.scale),
    ]),
  );
}

function expectSame(back: number[] | undefined, values: Float64Array): void {
  expect(back).toHaveLength(values.length);
  const errors = [...values].map((value, row) => Math.abs(value - (back?.[row] ?? Number.NaN)));
  expect(errors.every((error, row) => error <= 1e-12 * (values[row] as number))).toBe(true);
}

test.each([0.1, 0.01, 0.5, 1e-5, 1e-8])("prices at a tick of %d come back", (tick) => {
  const bars = sampleBars({
    seed: 4,
    length: 700,
    intervalMs: 60_000,
    from: 0,
    tick,
    price: 4000 * tick * 7,
  });
  const columns = encodePrices("p", bars, tick);
  expect(columns.map(({ codec }) => codec)).toEqual(["plain", "plain", "plain", "plain"]);
  const back = joined(columns);
  expectSame(back["open"], bars.open);
  expectSame(back["high"], bars.high);
  expectSame(back["low"], bars.low);
  expectSame(back["close"], bars.close);
});

test("prices whose ticks exceed 32 bits, and prices that jump by as much", () => {
  const wide = sampleBars({
    seed: 1,
    length: 50,
    intervalMs: 60_000,
    from: 0,
    tick: 1,
    price: 9e12,
  });
  const tiny = makeBars(60_000, 2);
  for (const name of ["open", "high", "low", "close"] as const) tiny[name].set([1e-8, 90_000]);
  const far = encodePrices("p", tiny, 1e-8);
  expect(far[0]?.codec).toBe("f64");
  expectSame(joined(far)["close"], tiny.close);
  const columns = encodePrices("p", wide, 1);
  expectSame(joined(columns)["high"], wide.high);
});

test("a report's column survives compression", async () => {
  const values = Float64Array.from({ length: 5000 }, (_, row) => 10_000 + Math.sin(row / 50) * 300);
  const column = encodeDelta("eq", values, 0.01);
  const packed = await promisify(deflateRaw)(column.planes, { level: 6 });
  expect(packed.length).toBeLessThan(column.planes.length / 2);
  expect(new Uint8Array(inflateRawSync(packed))).toEqual(column.planes);
});
