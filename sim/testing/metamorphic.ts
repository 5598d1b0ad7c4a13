import * as fc from "fast-check";
import { expect } from "vitest";
import { RECORD } from "#engine/records/record-log.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";
import { type BarStep, type MarketView, PLAIN } from "#props/market/candle-walk.ts";
import { play, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";
import type { IntrabarMode } from "#sim/venue-settings.ts";

/** The run seen in another way: as many units of account for every unit as prices and sizes are multiplied by. */
function playIn(run: RandomRun, view: MarketView): readonly RecordRow[] {
  const factor = view.priceScale * view.sizeScale;
  const scaled = { ...run, balance: run.balance * factor };
  return play(scaled, symbolsOf(run, view), view).records.rows;
}

/** Columns that hold money and columns that hold lots, by kind of record. */
const MONEY: Readonly<Record<number, readonly number[]>> = {
  [RECORD.fill]: [8],
  [RECORD.funding]: [5, 6],
  [RECORD.liquidation]: [7],
  [RECORD.ledger]: [5, 6, 7],
};
const LOTS: Readonly<Record<number, readonly number[]>> = {
  [RECORD.intent]: [5],
  [RECORD.transition]: [6],
  [RECORD.fill]: [5],
  [RECORD.liquidation]: [5],
  [RECORD.ledger]: [8],
};
/** Columns of prices in ticks; −1 stands for none. */
const TICKS: Readonly<Record<number, readonly number[]>> = {
  [RECORD.intent]: [6, 7],
  [RECORD.conditions]: [8],
  [RECORD.fill]: [6],
  [RECORD.liquidation]: [6],
};

/** Columns of prices in quote units; −1 stands for none. */
const PRICES: Readonly<Record<number, readonly number[]>> = { [RECORD.aged]: [6, 7] };

function mapColumns(
  rows: readonly RecordRow[],
  columns: Readonly<Record<number, readonly number[]>>,
  change: (value: number) => number,
): RecordRow[] {
  return rows.map((row) => {
    const chosen = columns[row[0] as number] ?? [];
    return row.map((value, at) => (chosen.includes(at) ? change(value) : value));
  });
}

function checkDoubledPrices(run: RandomRun): void {
  const doubled = playIn(run, { ...PLAIN, priceScale: 2 });
  const base = mapColumns(playIn(run, PLAIN), MONEY, (value) => value * 2);
  expect(doubled).toEqual(mapColumns(base, PRICES, (price) => (price === -1 ? -1 : price * 2)));
}

/** Doubling is exact in binary, so twice the prices on twice the tick give the same ticks and twice the money. */
export const doubledPrices = fc.property(randomRun(2), checkDoubledPrices);

function checkDoubledSizes(run: RandomRun): void {
  const linear: RandomRun = {
    ...run,
    settings: { ...run.settings, participationPct: null, slippage: { kind: "fixed", bps: 7 } },
  };
  const doubled = playIn(linear, { ...PLAIN, sizeScale: 2 });
  const base = mapColumns(playIn(linear, PLAIN), MONEY, (value) => value * 2);
  expect(doubled).toEqual(mapColumns(base, LOTS, (value) => value * 2));
}

/** With costs that are linear and nothing that is scarce, twice the size is twice the money. */
export const doubledSizes = fc.property(randomRun(2), checkDoubledSizes);

const MIRROR = 40_000;

/** A candle as far from its open on both sides has no mirror image: which extreme is nearer is a convention. */
function decided(walk: readonly BarStep[]): readonly BarStep[] {
  return walk.map((one) => {
    const up = Math.max(0, one.body) + one.up;
    const down = Math.max(0, -one.body) + one.down;
    return up === down ? { ...one, up: one.up + 1 } : one;
  });
}

/** Without costs, rules and percentages of any kind, and with so much money that nothing is refused. */
function freed(run: RandomRun, intrabar: IntrabarMode): RandomRun {
  return {
    ...run,
    balance: 1e7,
    leverage: 1,
    rules: {},
    aged: undefined,
    symbols: run.symbols.map((one) => ({
      ...one,
      walk: decided(one.walk),
      markShift: null,
      // Beside the prices, not shifted: a shift has no mirror image.
      indexShift: one.indexShift === null ? null : 0,
      funding: { length: 0, time: new Float64Array(0), rate: new Float64Array(0) },
    })),
    settings: {
      ...run.settings,
      intrabar,
      // What is left over of a close ends in the order of its side: a rule of records, not of money.
      ...(run.settings.fillAt === "close" ? { participationPct: null } : {}),
      makerPct: 0,
      takerPct: 0,
      liquidationPct: 0,
      slippage: { kind: "fixed", bps: 0 },
    },
  };
}

function checkMirrored(run: RandomRun, intrabar: IntrabarMode): void {
  const rows = playIn(freed(run, intrabar), PLAIN);
  // Upside down the high of a candle is its low.
  const image = freed(run, intrabar === "ohlc" ? "olhc" : intrabar);
  const turned = playIn(image, { ...PLAIN, mirrorTicks: MIRROR });
  const signed = { [RECORD.intent]: [5], [RECORD.fill]: [5], [RECORD.ledger]: [8] };
  const sides = mapColumns(rows, signed, (lots) => 0 - lots);
  const prices = mapColumns(sides, TICKS, (ticks) => (ticks === -1 ? -1 : MIRROR - ticks));
  expect(withoutMoney(turned)).toEqual(withoutMoney(prices));
  for (const [at, row] of turned.entries()) {
    for (const column of MONEY[row[0] as number] ?? []) {
      expect(row[column]).toBeCloseTo(rows[at]?.[column] as number, 6);
    }
  }
}

/**
 * On linear contracts a long in a market is a short in its mirror image. Percentages of the price have no mirror
 * image, so there are neither costs nor rules, and so much money that nothing is refused or liquidated.
 */
export const mirrored = fc.property(
  randomRun(2),
  fc.constantFrom<IntrabarMode>("worst", "best", "adaptive", "ohlc"),
  checkMirrored,
);

function withoutMoney(rows: readonly RecordRow[]): readonly RecordRow[] {
  return mapColumns(rows, MONEY, () => 0);
}
