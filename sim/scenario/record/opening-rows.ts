import { fromUnits, toUnits } from "#engine/model/grid.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { LeadIn } from "./market-rows.ts";
import type { ObservedRun } from "./observe-run.ts";
import type { RecordWindow } from "./record-window.ts";

type Row = Readonly<Record<string, unknown>>;

export interface Opening {
  readonly leadIn: LeadIn;
  readonly steps: readonly Row[];
  readonly fills: readonly Row[];
  /** With which the account stands in the window where that of the run stood. */
  readonly balance: number;
}

/** One bar to decide in and one to be filled in. */
const LEAD_IN_BARS = 2;

/**
 * How a position that is held when the window begins gets into the scenario: two still bars at its entry price stand
 * before the window, in which a limit order opens it at that price. The balance makes up for the fee of that order
 * and for an average entry that lies off the tick.
 */
export function openingRows(
  { backtest }: ObservedRun,
  window: RecordWindow,
  isMulti: boolean,
): Opening {
  const { settings, symbols } = backtest.config;
  const { positions, wallet } = window.state;
  const prices = new Map(symbols.map((one) => [one.instrument.symbol, firstOpen(one, window)]));
  const steps: Row[] = [];
  const fills: Row[] = [];
  let balance = wallet;
  positions.forEach(({ qty, entryPrice }, slot) => {
    if (qty === 0) return;
    const { instrument } = backtest.symbols[slot] as BacktestSymbol;
    const { tick, symbol } = instrument;
    const price = fromUnits(tick, toUnits(tick, entryPrice));
    prices.set(symbol, price);
    const size = Math.abs(qty);
    const fee = (size * price * settings.takerPct) / 100;
    const order = steps.length === 0 ? "position" : `position-${steps.length + 1}`;
    const side = qty > 0 ? "buy" : "sell";
    const named = { symbol: isMulti ? symbol : undefined };
    const isHedge = settings.positionMode === "hedge";
    const positionSide = isHedge ? (qty > 0 ? "long" : "short") : undefined;
    steps.push({ at: 0, order, ...named, side, type: "limit", qty: size, price, positionSide });
    fills.push({ bar: 1, ...named, order, side, qty: size, price, fee, liquidity: "taker" });
    balance += fee + (price - entryPrice) * qty;
  });
  return {
    leadIn: {
      bars: steps.length > 0 ? LEAD_IN_BARS : 0,
      price: (symbol) => prices.get(symbol) ?? Number.NaN,
    },
    steps,
    fills,
    balance,
  };
}

function firstOpen({ strategyBars, instrument }: BacktestSymbol, { start }: RecordWindow): number {
  const row = Math.max(0, strategyBars.time.indexOf(start));
  const { tick } = instrument;
  return fromUnits(tick, toUnits(tick, strategyBars.open[row] as number));
}
