import * as fc from "fast-check";
import { makeBars } from "#engine/market/bars.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";
import { checkPoisoned, checkPrefix } from "#props/invariants/past.ts";
import { checkSameRun } from "#props/invariants/same-run.ts";
import { cutAt, noiseAfter } from "#sim/audit/market-variants.ts";
import type { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import { HOUR, START } from "#sim/testing/fixture.ts";
import type { Action } from "#sim/testing/random-actions.ts";
import {
  type Prepared,
  play,
  prepare,
  type RandomRun,
  randomRun,
  symbolsOf,
} from "#sim/testing/random-run.ts";

export function expectSame(a: Prepared, b: Prepared): void {
  checkSameRun("deterministic", ended(a), ended(b), "in the other run");
}

const ended = ({
  backtest,
  records,
}: Prepared): { backtest: Backtest; rows: readonly RecordRow[] } => ({
  backtest,
  rows: records.rows,
});

/** A second series without bars: the run takes the full way through every bar. */
export function withoutQuietPath(symbols: readonly BacktestSymbol[]): BacktestSymbol[] {
  return symbols.map((one) => ({ ...one, higher: new Map([["1d", makeBars(24 * HOUR, 0)]]) }));
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

/** A prefix of the data gives a prefix of the records and of the equity. */
export const prefix = fc.property(randomRun(3), moment, (run, time) => {
  const symbols = symbolsOf(run);
  checkPrefix(ended(play(run, symbols)), ended(play(run, cutAt(symbols, time))), time);
});

/** Whatever stands after a moment changes nothing before it. */
export const poisoning = fc.property(
  randomRun(3),
  moment,
  fc.constantFrom("above" as const, "below" as const),
  fc.nat(50),
  (run, time, side, seed) => {
    const symbols = symbolsOf(run);
    const clean = play(run, cutAt(symbols, time));
    const poisoned = play(run, noiseAfter(symbols, time, side, seed));
    checkPoisoned(ended(clean), ended(poisoned), time);
  },
);

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
