import * as fc from "fast-check";
import { expect } from "vitest";
import {
  type BarColumns,
  type FundingColumns,
  lowerBound,
  makeBars,
  sliceBars,
} from "#engine/market/bars.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";
import type { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { HOUR, START } from "#sim/testing/fixture.ts";
import type { Action } from "#sim/testing/random-actions.ts";
import { play, prepare, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";

/** Everything that a run leaves behind, for a comparison bit by bit. */
function trace(backtest: Backtest): unknown {
  const { length, time, equity, equityLow, grossNotional } = backtest.recorder.columns();
  const { ledger, orderManager } = backtest.engine;
  return {
    equity: [time, equity, equityLow, grossNotional].map((column) => Array.from(column)),
    length,
    wallet: ledger.wallet,
    orders: orderManager.counts.totals(),
    band: backtest.exchange.band.result(0),
    minLiqDistance: backtest.recorder.minLiqDistance,
    progress: backtest.progress,
  };
}

export function expectSame(a: ReturnType<typeof play>, b: ReturnType<typeof play>): void {
  expect(b.records.rows).toEqual(a.records.rows);
  expect(trace(b.backtest)).toEqual(trace(a.backtest));
}

/** A second series without bars: the run takes the full way through every bar. */
export function withoutQuietPath(symbols: readonly BacktestSymbol[]): BacktestSymbol[] {
  return symbols.map((one) => ({ ...one, higher: new Map([["1d", makeBars(24 * HOUR, 0)]]) }));
}

/** All bars and marks that have closed and rates that were stamped by `time`. */
function cut(symbols: readonly BacktestSymbol[], time: number): BacktestSymbol[] {
  const closed = (bars: BarColumns): BarColumns =>
    sliceBars(bars, 0, lowerBound(bars.time, bars.length, time - bars.intervalMs + 1));
  return symbols.map((one) => {
    const bars = closed(one.bars);
    return {
      ...one,
      bars,
      strategyBars: bars,
      marks: one.marks === null ? null : closed(one.marks),
      index: one.index == null ? null : closed(one.index),
      funding: one.funding === null ? null : stampedUntil(one.funding, time),
    };
  });
}

/** Venues stamp some ms late: what is meant for `time` counts. */
function stampedUntil(funding: FundingColumns, time: number): FundingColumns {
  const length = lowerBound(funding.time, funding.length, time + 60_000);
  return { length, time: funding.time.slice(0, length), rate: funding.rate.slice(0, length) };
}

function expectPrefix(whole: readonly RecordRow[], part: readonly RecordRow[]): void {
  expect(part.length).toBeLessThanOrEqual(whole.length);
  expect(whole.slice(0, part.length)).toEqual(part);
}

/** A moment at which the bars of all symbols close; at least one of each has. */
const moment = fc.integer({ min: 1, max: 10 }).map((blocks) => START + 4 * blocks * HOUR);

/** The same run twice leaves the same records and the same equity. */
export const repetition = fc.property(randomRun(3), (run) => expectSame(play(run), play(run)));

/** Two runs stepped in turn do not know of each other, and steps of any size change nothing. */
export const stepping = fc.property(
  randomRun(3),
  randomRun(2),
  fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  (one, other, sizes) => {
    const a = prepare(one);
    const b = prepare(other);
    let isLeft = true;
    for (let at = 0; isLeft; at++) {
      const size = sizes[at % sizes.length] as number;
      const isLeftOfA = a.backtest.advance(size);
      const isLeftOfB = b.backtest.advance(1);
      isLeft = isLeftOfA || isLeftOfB;
    }
    expectSame(play(one), a);
    expectSame(play(other), b);
  },
);

/** Without resting orders most bars are quiet: market entries, exits, and a time stop at most. */
function quietened(run: RandomRun): RandomRun {
  const isRare = (action: Action): boolean => action.kind === "enter" || action.kind === "exit";
  return {
    ...run,
    rules: run.rules.maxBars === undefined ? {} : { maxBars: run.rules.maxBars },
    symbols: run.symbols.map((one) => ({
      ...one,
      plan: one.plan.map((actions, bar) =>
        bar % 3 > 0
          ? []
          : actions
              .filter(isRare)
              .map((action) =>
                action.kind === "enter"
                  ? { ...action, stop: null, target: null, limit: null }
                  : action,
              ),
      ),
    })),
  };
}

/** The short way through quiet bars leaves what the full way leaves. */
export const shortWay = fc.property(randomRun(1), fc.boolean(), (run, isQuiet) => {
  const chosen = isQuiet ? quietened(run) : run;
  const symbols = symbolsOf(chosen);
  const short = play(chosen, symbols);
  expectSame(short, play(chosen, withoutQuietPath(symbols)));
  // In steps of one bar the short way takes every bar apart.
  const stepped = prepare(chosen, symbols);
  while (stepped.backtest.advance(1));
  expectSame(short, stepped);
});

function checkPrefix(run: RandomRun, time: number): void {
  const symbols = symbolsOf(run);
  const whole = play(run, symbols);
  const part = play(run, cut(symbols, time));
  expectPrefix(whole.records.rows, part.records.rows);
  const equity = Array.from(whole.backtest.recorder.columns().equity);
  const early = Array.from(part.backtest.recorder.columns().equity);
  expect(equity.slice(0, early.length)).toEqual(early);
  // Nothing that was decided before the cut is missing from it.
  const decided = whole.records.rows.filter(
    (row) => row[0] === RECORD.intent && (row[1] as number) < time,
  );
  expectPrefix(
    part.records.rows.filter((row) => row[0] === RECORD.intent),
    decided,
  );
}

/** A prefix of the data gives a prefix of the records and of the equity. */
export const prefix = fc.property(randomRun(3), moment, checkPrefix);

/** Whatever stands after a moment changes nothing before it. */
export const poisoning = fc.property(
  randomRun(3),
  moment,
  fc.integer({ min: 2, max: 50 }),
  (run, time, factor) => {
    const symbols = symbolsOf(run);
    const poisoned = symbols.map((one) => poison(one, time, factor));
    const clean = play(run, cut(symbols, time));
    expectPrefix(play(run, poisoned).records.rows, clean.records.rows);
  },
);

/** Bars, marks and rates from `time` on become nonsense that is still a candle. */
function poison(one: BacktestSymbol, time: number, factor: number): BacktestSymbol {
  const spoilt = (bars: BarColumns): BarColumns => {
    const copy = {
      ...bars,
      open: bars.open.slice(),
      high: bars.high.slice(),
      low: bars.low.slice(),
      close: bars.close.slice(),
      volume: bars.volume.slice(),
    };
    for (let row = lowerBound(bars.time, bars.length, time); row < bars.length; row++) {
      copy.open[row] = 0.01 * factor;
      copy.high[row] = 10_000 * factor;
      copy.low[row] = 0.01;
      copy.close[row] = 100 * factor;
      copy.volume[row] = factor;
    }
    return copy;
  };
  const bars = spoilt(one.bars);
  const { funding } = one;
  const rate = funding?.rate.map((value, row) =>
    (funding.time[row] as number) > time + 60_000 ? 0.01 * factor : value,
  );
  return {
    ...one,
    bars,
    strategyBars: bars,
    marks: one.marks === null ? null : spoilt(one.marks),
    index: one.index == null ? null : spoilt(one.index),
    funding: funding === null || rate === undefined ? null : { ...funding, rate },
  };
}

/** The order in which symbols are named changes nothing. */
export const naming = fc.property(randomRun(3), fc.nat(5), (run, turn) => {
  const symbols = symbolsOf(run);
  const turned = [
    ...symbols.slice(turn % symbols.length),
    ...symbols.slice(0, turn % symbols.length),
  ];
  const given = play(run, symbols);
  expectSame(given, play(run, turned));
  expectSame(given, play(run, [...symbols].reverse()));
});
