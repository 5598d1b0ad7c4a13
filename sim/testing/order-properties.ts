import * as fc from "fast-check";
import { expect } from "vitest";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { resample } from "#engine/market/resample.ts";
import { ORDER_TYPE, TIME_IN_FORCE } from "#engine/model/order-terms.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";
import { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import { configOf, finished, HOUR, START, scripted, symbolOf } from "#sim/testing/fixture.ts";
import { play, type RandomRun, randomRun } from "#sim/testing/random-run.ts";

interface SeenOrder {
  readonly symbol: number;
  readonly lots: number;
  readonly type: number;
  readonly reduceOnly: boolean;
  timeInForce: number;
  group: number;
  filled: number;
  /** Number of the row with which the venue took it; Infinity before. */
  acceptedAt: number;
}

function expectReduced(held: number, signedLots: number): void {
  expect(held * signedLots, "reduce-only goes against the position").toBeLessThan(0);
  expect(Math.abs(signedLots), "and never beyond it").toBeLessThanOrEqual(Math.abs(held));
}

function expectLater(acceptedAt: number, filledWholeAt: number): void {
  expect(acceptedAt, "of a group one fills whole").toBeGreaterThan(filledWholeAt);
}

/** The orders of a run as its records tell them, row by row. */
class SeenOrders {
  readonly all = new Map<string, SeenOrder>();
  readonly #position = new Map<number, number>();
  /** Per symbol and group: the row at which an order of it was filled whole. */
  readonly #filledWhole = new Map<string, number>();

  take(row: RecordRow, number: number): void {
    const key = `${row[2]} ${row[3]} ${row[4]}`;
    const [kind, , symbol] = row as [number, number, number];
    if (kind === RECORD.intent) {
      this.all.set(key, {
        symbol,
        lots: Math.abs(row[5] as number),
        type: row[8] as number,
        reduceOnly: (row[9] as number) % 2 === 1,
        timeInForce: TIME_IN_FORCE.gtc,
        group: 0,
        filled: 0,
        acceptedAt: Number.POSITIVE_INFINITY,
      });
      return;
    }
    if (kind === RECORD.ledger) this.#position.set(symbol, row[8] as number);
    const order = this.all.get(key);
    if (order === undefined) return;
    if (kind === RECORD.conditions) {
      order.timeInForce = Math.floor((row[5] as number) / 8);
      order.group = row[9] as number;
    } else if (kind === RECORD.transition) {
      if (row[5] === STATUS.accepted && order.acceptedAt > number) order.acceptedAt = number;
      const isWhole = row[5] === STATUS.filled && order.group !== 0;
      if (isWhole) this.#filledWhole.set(`${symbol} ${order.group}`, number);
    } else if (kind === RECORD.fill) {
      this.#fill(order, row[5] as number);
    }
  }

  #fill(order: SeenOrder, signedLots: number): void {
    order.filled += Math.abs(signedLots);
    const held = this.#position.get(order.symbol) ?? 0;
    if (order.reduceOnly) expectReduced(held, signedLots);
    const whole = this.#filledWhole.get(`${order.symbol} ${order.group}`);
    if (order.group === 0 || whole === undefined) return;
    expectLater(order.acceptedAt, whole);
  }
}

function checkTerms(run: RandomRun): void {
  const seen = new SeenOrders();
  play(run).records.rows.forEach((row, number) => seen.take(row, number));
  for (const { timeInForce, type, reduceOnly, lots, filled } of seen.all.values()) {
    const isAtOnce = type === ORDER_TYPE.market || type === ORDER_TYPE.limit;
    if (timeInForce !== TIME_IN_FORCE.fok || !isAtOnce || reduceOnly) continue;
    expect([0, lots], "fill-or-kill").toContain(filled);
  }
}

/** Reduce-only never flips, of a group no second order fills after the first, fill-or-kill fills all or nothing. */
export const orderTerms = fc.property(randomRun(2), checkTerms);

function checkBand(run: RandomRun): void {
  const { band, totals, equity, startBalance } = backtestResult(play(run).backtest);
  const last = equity.length > 0 ? (equity.equity[equity.length - 1] as number) : startBalance;
  const net = last - startBalance;
  const scale = 1e-9 * (Math.abs(net) + startBalance);
  expect(band.pessimistic.net).toBeLessThanOrEqual(net + scale);
  expect(band.optimistic.net).toBeGreaterThanOrEqual(net - scale);
  const { pricePnl, slippage, feesMaker, feesTaker, funding, liqFees } = totals;
  const explained = pricePnl - slippage - feesMaker - feesTaker - liqFees + funding;
  expect(Math.abs(explained - net)).toBeLessThanOrEqual(scale);
}

/** The ambiguity band encloses the net of every run, and the totals explain it. */
export const bandEncloses = fc.property(randomRun(2), checkBand);

const PARTS = 4;
const fineSteps = fc.array(
  fc.record({
    body: fc.integer({ min: -300, max: 300 }),
    up: fc.integer({ min: 0, max: 200 }),
    down: fc.integer({ min: 0, max: 200 }),
  }),
  { minLength: 5 * PARTS, maxLength: 5 * PARTS },
);

type FineStep = { readonly body: number; readonly up: number; readonly down: number };

/** Fine candles without gaps between them, and the coarse ones that they make. */
function candlesOf(walk: readonly FineStep[]): { fine: BarColumns; coarse: BarColumns } {
  const fine = makeBars(HOUR / PARTS, walk.length);
  let close = 10_000;
  walk.forEach(({ body, up, down }, row) => {
    const open = close;
    close = open + body;
    fine.time[row] = START + (row * HOUR) / PARTS;
    fine.open[row] = open / 100;
    fine.high[row] = (Math.max(open, close) + up) / 100;
    fine.low[row] = (Math.min(open, close) - down) / 100;
    fine.close[row] = close / 100;
    fine.volume[row] = 1;
  });
  return { fine, coarse: resample(fine, HOUR).bars };
}

function checkFiner(
  walk: readonly FineStep[],
  stopTicks: number,
  targetTicks: number,
  isLong: boolean,
): void {
  const { fine, coarse } = candlesOf(walk);
  const bracket = scripted({
    0: (ctx) => {
      const price = ctx.bar.close;
      const side = isLong ? 1 : -1;
      const stopLoss = price - (side * stopTicks) / 100;
      const takeProfit = price + (side * targetTicks) / 100;
      if (isLong) ctx.enterLong({ qty: 1, stopLoss, takeProfit });
      else ctx.enterShort({ qty: 1, stopLoss, takeProfit });
    },
  });
  const run = (bars: BarColumns): Backtest =>
    finished(new Backtest(configOf([{ ...symbolOf(bars), strategyBars: coarse }], bracket)));
  const { band } = backtestResult(run(coarse));
  const net = run(fine).engine.desk.equity() - 10_000;
  expect(net).toBeGreaterThanOrEqual(band.pessimistic.net - 1e-9);
  expect(net).toBeLessThanOrEqual(band.optimistic.net + 1e-9);
}

const ticks = fc.integer({ min: 1, max: 600 });

/** One bracket on fine candles ends inside the band of the coarse ones that they make. */
export const finerInsideBand = fc.property(fineSteps, ticks, ticks, fc.boolean(), checkFiner);
