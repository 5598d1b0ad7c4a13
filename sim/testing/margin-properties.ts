import * as fc from "fast-check";
import { expect } from "vitest";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import type { MarginTier } from "#engine/model/instrument.ts";
import type { Backtest } from "#sim/backtest.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { SimAccount } from "#sim/sim-account.ts";
import {
  type Prepared,
  prepare,
  type RandomRun,
  randomRun,
  symbolsOf,
} from "#sim/testing/random-run.ts";
import { LIQUIDATION_RULES, type VenueSettings } from "#sim/venue-settings.ts";

/** Bounds inside the sizes that random runs reach: positions of some units of account. */
const TIERS: readonly MarginTier[] = [
  { upTo: 1, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 },
  { upTo: 2, maintenancePct: 1, maxLeverage: 100, deduction: 0.005 },
  { upTo: 4, maintenancePct: 2.5, maxLeverage: 100, deduction: 0.035 },
  { upTo: Number.POSITIVE_INFINITY, maintenancePct: 5, maxLeverage: 100, deduction: 0.135 },
];

/** Random runs with little money and few exits, on tiers that their positions pass through. */
export const marginRun = (
  symbolsMax: number,
  mode: VenueSettings["marginMode"],
): fc.Arbitrary<RandomRun> =>
  fc
    .record({
      run: randomRun(symbolsMax),
      liquidation: fc.constantFrom(...LIQUIDATION_RULES),
      balance: fc.constantFrom(0.2, 0.5, 2),
      leverage: fc.constantFrom(20, 50, 100),
      isBare: fc.boolean(),
    })
    .map(({ run, liquidation, balance, leverage, isBare }) => ({
      ...run,
      balance,
      leverage,
      rules: isBare ? {} : run.rules,
      settings: { ...run.settings, marginMode: mode, liquidation },
    }));

export function tieredSymbols(run: RandomRun): BacktestSymbol[] {
  return symbolsOf(run).map((one) => ({
    ...one,
    instrument: { ...one.instrument, tiers: TIERS },
  }));
}

/** Plays the run bar by bar and calls `check` after every event of the venue. */
export function playChecked(
  run: RandomRun,
  check: (backtest: Backtest, event: EngineEvent) => void,
): Prepared {
  const prepared = prepare(run, tieredSymbols(run));
  const { backtest } = prepared;
  const { engine } = backtest;
  const process = engine.process.bind(engine);
  engine.process = (event) => {
    process(event);
    check(backtest, event);
  };
  backtest.run();
  for (const failure of engine.failures) throw failure.error;
  return prepared;
}

const MONEY_EVENTS: readonly number[] = [
  EVENT.orderFilled,
  EVENT.orderPartiallyFilled,
  EVENT.liquidated,
  EVENT.fundingPaid,
];

/** Ledger of the engine and books of the venue are one after every event that moves money. */
function checkBooks({ engine, exchange }: Backtest): void {
  const { wallet } = exchange.account;
  expect(Math.abs(engine.ledger.wallet - wallet)).toBeLessThanOrEqual(
    1e-9 * Math.abs(wallet) + 1e-9,
  );
  exchange.symbols.forEach((symbol, at) => {
    expect(symbol.position.qtyLots).toBe(engine.ledger.positions[at]?.qtyLots);
  });
}

/** What the resting orders hold is what a fresh look at them says. */
function checkOrderMargin(account: SimAccount): void {
  for (const symbol of account.symbols) {
    const known = account.orderMargin(symbol);
    symbol.hasChanged = true;
    expect(account.orderMargin(symbol)).toBe(known);
  }
}

/** At the liquidation price what backs a position equals its maintenance margin, the others at their marks. */
function checkLiquidationPrices(account: SimAccount): void {
  for (const symbol of account.symbols) {
    const { liquidation, position } = symbol;
    if (symbol.isFlat || liquidation === 0) continue;
    const backing = symbol.backing + position.unrealised(liquidation);
    const needed = symbol.claims + symbol.maintenanceAt(liquidation);
    const scale = Math.abs(position.qty) * liquidation + Math.abs(account.wallet) + 1;
    expect(Math.abs(backing - needed)).toBeLessThanOrEqual(1e-9 * scale);
  }
}

function checkCross(account: SimAccount): void {
  let profit = 0;
  let maintenance = 0;
  for (const symbol of account.symbols) {
    profit += symbol.position.unrealised(symbol.markNow);
    maintenance += symbol.maintenanceAt(symbol.markNow);
  }
  for (const symbol of account.symbols) {
    if (symbol.isFlat) continue;
    const own = symbol.position.unrealised(symbol.markNow);
    expect(symbol.backing).toBeCloseTo(account.wallet + profit - own, 9);
    expect(symbol.claims).toBeCloseTo(maintenance - symbol.maintenanceAt(symbol.markNow), 9);
  }
}

/** The account before an event. */
interface Before {
  lots: readonly number[];
  free: number;
}

/**
 * A liquidation makes a position smaller, never turns it, and under isolated margin takes nothing but its fee from
 * outside the position's margin.
 */
function checkLiquidation(before: Before, { exchange }: Backtest, event: EngineEvent): void {
  const { account, symbols } = exchange;
  const lots = symbols.map((symbol) => symbol.position.qtyLots);
  if (event.kind === EVENT.liquidated) {
    const was = before.lots[event.symbol] as number;
    const is = lots[event.symbol] as number;
    expect(Math.abs(is)).toBeLessThan(Math.abs(was));
    expect(is === 0 || is > 0 === was > 0).toBe(true);
    const rounding = 1e-9 * Math.max(1, account.wallet);
    const least = account.isCross ? Number.NEGATIVE_INFINITY : before.free - event.fee - rounding;
    expect(account.free).toBeGreaterThanOrEqual(least);
  }
  before.lots = lots;
  before.free = account.free;
}

/** After every event: books, order margin, liquidation prices; at every close: no equity below zero. */
export function checkMargin(run: RandomRun): void {
  const isCross = run.settings.marginMode === "cross";
  const before: Before = { lots: [], free: run.balance };
  const { backtest } = playChecked(run, (one, event) => {
    const { account } = one.exchange;
    if (MONEY_EVENTS.includes(event.kind)) checkBooks(one);
    checkOrderMargin(account);
    checkLiquidation(before, one, event);
    if (event.kind !== EVENT.positionChanged) return;
    checkLiquidationPrices(account);
    if (isCross) checkCross(account);
  });
  const { account } = backtest.exchange;
  const rounding = 1e-9 * Math.max(1, run.balance);
  if (!isCross) expect(account.free).toBeGreaterThanOrEqual(-rounding);
  // Under a stored mark the path of the last price may end an entry's bar where the mark has been before it, and bars
  // of several lengths are valued at different closes.
  const isOneClock = run.symbols.every((one) => one.markShift === null && one.hours === 1);
  if (!isOneClock) return;
  if (isCross) expect(account.equity).toBeGreaterThanOrEqual(-rounding);
  const { equity, equityLow, length } = backtest.recorder.columns();
  for (let at = 0; at < length; at++) {
    expect(equity[at]).toBeGreaterThanOrEqual(-rounding);
    expect(equityLow[at]).toBeGreaterThanOrEqual(-rounding);
  }
}
