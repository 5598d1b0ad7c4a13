import { fromUnits, makeGrid, toUnits } from "#engine/model/grid.ts";
import type {
  ExitReason,
  FillRow,
  RunResult,
  SymbolSeries,
  Trade,
} from "#engine/result/run-result.ts";
import { RandomStream } from "#reports/metrics/random-stream.ts";
import { sampleBars } from "./sample-bars.ts";

export interface SampleRunOptions {
  readonly seed: number;
  /** Per symbol. */
  readonly bars: number;
  /** Over all symbols; the last one of the first symbol stays open. */
  readonly trades: number;
  readonly symbols?: readonly string[];
  readonly intervalMs?: number;
  readonly from?: number;
  readonly startBalance?: number;
}

const FUNDING_MS = 28_800_000;
const TAKER_RATE = 0.00055;
const MAKER_RATE = 0.0002;
const FUNDING_RATE = 0.0001;
const TICK = 0.1;
const GRID = makeGrid(TICK);
const LOTS = makeGrid(1e-6);
const LEVERAGE = 3;
const EDGE = 0.56;
const EXITS: readonly ExitReason[] = ["signal", "stopLoss", "takeProfit", "trailing", "timeStop"];

/** One trade as it will be played: rows of the entry and the exit, and what they cost. */
interface Plan {
  readonly symbol: number;
  readonly side: 1 | -1;
  readonly entryRow: number;
  readonly exitRow: number | null;
  readonly qty: number;
  readonly entry: number;
  readonly entryReference: number;
  readonly exit: number;
  readonly exitReference: number;
  readonly isMaker: boolean;
  readonly exitReason: ExitReason;
}

/**
 * A run that never happened, in which every number fits every other: equity is wallet plus unrealised at each close,
 * trades, fills and totals are the same money. Entries and exits are at opens, moved by some ticks of slippage.
 */
export function sampleRun(options: SampleRunOptions): RunResult {
  const names = options.symbols ?? ["BTCUSDT"];
  const { intervalMs = 60_000, from = Date.UTC(2024, 0, 1), startBalance = 10_000 } = options;
  const random = new RandomStream(options.seed);
  const series: SymbolSeries[] = names.map((symbol, index) => ({
    symbol,
    tick: TICK,
    intervalMs,
    bars: sampleBars({
      seed: options.seed * 31 + index,
      length: options.bars,
      intervalMs,
      from,
      tick: TICK,
      price: 40_000 / (index + 1) ** 2,
    }),
  }));
  const plans = makePlans(random, series, options.trades, startBalance);
  return play(series, plans, { from, intervalMs, startBalance, length: options.bars });
}

/** Trades of one symbol follow each other in slots of equal length, so that none overlaps. */
function makePlans(
  random: RandomStream,
  series: readonly SymbolSeries[],
  trades: number,
  startBalance: number,
): Plan[] {
  const plans: Plan[] = [];
  // Fees of all trades together stay a small part of the account.
  const share = Math.min(1, 100 / trades);
  for (let index = 0; index < trades; index++) {
    const symbol = index % series.length;
    const { bars } = series[symbol] as SymbolSeries;
    const perSymbol = Math.ceil(trades / series.length);
    const slot = Math.floor(bars.length / perSymbol);
    if (slot < 3) break;
    const number = Math.floor(index / series.length);
    const entryRow = number * slot + 1;
    const isLast = number === perSymbol - 1 && symbol === 0;
    const exitRow = isLast ? null : entryRow + 1 + random.index(slot - 2);
    const entryReference = bars.open[entryRow] as number;
    const last = bars.close[bars.length - 1] as number;
    const exitReference = exitRow === null ? last : (bars.open[exitRow] as number);
    // A slight edge, so that the curve looks like one that somebody would want to read about.
    const isRight = random.next() < EDGE;
    const side = exitReference > entryReference === isRight ? 1 : -1;
    const isMaker = random.next() < 0.3;
    const entryTicks = isMaker ? 0 : random.index(4);
    const exitTicks = exitRow === null ? 0 : random.index(4);
    plans.push({
      symbol,
      side,
      entryRow,
      exitRow,
      qty: fromUnits(LOTS, Math.max(1, toUnits(LOTS, (startBalance * share) / entryReference))),
      entry: fromUnits(GRID, toUnits(GRID, entryReference) + side * entryTicks),
      entryReference,
      exit: fromUnits(GRID, toUnits(GRID, exitReference) - side * exitTicks),
      exitReference,
      isMaker,
      exitReason: EXITS[random.index(EXITS.length)] as ExitReason,
    });
  }
  return plans.sort((a, b) => a.entryRow - b.entryRow || a.symbol - b.symbol);
}

interface Frame {
  readonly from: number;
  readonly intervalMs: number;
  readonly startBalance: number;
  readonly length: number;
}

/** Walks the bars once; at each open first the exits, then the entries, at each close funding and equity. */
function play(series: readonly SymbolSeries[], plans: readonly Plan[], frame: Frame): RunResult {
  const { length, intervalMs, startBalance } = frame;
  const time = new Float64Array(length);
  const equity = new Float64Array(length);
  const equityLow = new Float64Array(length);
  const grossNotional = new Float64Array(length);
  const totals = {
    pricePnl: 0,
    slippage: 0,
    feesMaker: 0,
    feesTaker: 0,
    funding: 0,
    liqFees: 0,
    makerNotional: 0,
    takerNotional: 0,
    liquidations: 0,
    minLiqDistance: plans.length === 0 ? Number.NaN : 0.21,
  };
  const fills: FillRow[] = [];
  const trades: Trade[] = [];
  const openTrades: Trade[] = [];
  const open = new Map<number, { id: number; plan: Plan; fees: number; funding: number }>();
  let wallet = startBalance;
  let next = 0;
  let opened = 0;
  const fill = (plan: Plan, row: number, isEntry: boolean, tradeId: number): number => {
    const { bars, symbol } = series[plan.symbol] as SymbolSeries;
    const price = isEntry ? plan.entry : plan.exit;
    const notional = price * plan.qty;
    const isMaker = isEntry && plan.isMaker;
    const fee = notional * (isMaker ? MAKER_RATE : TAKER_RATE);
    const slippage =
      Math.abs(price - (isEntry ? plan.entryReference : plan.exitReference)) * plan.qty;
    if (isMaker) {
      totals.feesMaker += fee;
      totals.makerNotional += notional;
    } else {
      totals.feesTaker += fee;
      totals.takerNotional += notional;
    }
    totals.slippage += slippage;
    fills.push({
      time: bars.time[row] as number,
      symbol,
      side: plan.side > 0 === isEntry ? "buy" : "sell",
      price,
      qty: plan.qty,
      fee,
      liquidity: isMaker ? "maker" : "taker",
      slippage,
      participation: plan.qty / (bars.volume[row] as number),
      tradeId,
      reason: isEntry ? "entry" : plan.exitReason,
    });
    wallet -= fee;
    return fee;
  };
  const settle = (
    held: { id: number; plan: Plan; fees: number; funding: number },
    closeRow: number | null,
  ): Trade => {
    const { plan } = held;
    const { bars, symbol } = series[plan.symbol] as SymbolSeries;
    const price = closeRow === null ? plan.exitReference : plan.exit;
    const grossPnl = plan.side * (price - plan.entry) * plan.qty;
    totals.pricePnl += plan.side * (plan.exitReference - plan.entryReference) * plan.qty;
    const netPnl = grossPnl - held.fees + held.funding;
    let low = Math.min(plan.entry, price);
    let high = Math.max(plan.entry, price);
    for (let row = plan.entryRow; row < (closeRow ?? bars.length); row++) {
      low = Math.min(low, bars.low[row] as number);
      high = Math.max(high, bars.high[row] as number);
    }
    const [worst, best] = plan.side > 0 ? [low, high] : [high, low];
    return {
      id: held.id,
      symbol,
      side: plan.side > 0 ? "long" : "short",
      openedAt: bars.time[plan.entryRow] as number,
      closedAt: closeRow === null ? null : (bars.time[closeRow] as number),
      entryPrice: plan.entry,
      exitPrice: closeRow === null ? null : plan.exit,
      qty: plan.qty,
      grossPnl,
      fees: held.fees,
      funding: held.funding,
      netPnl,
      returnPct: (100 * netPnl * LEVERAGE) / (plan.entry * plan.qty),
      exitReason: closeRow === null ? null : plan.exitReason,
      exitDetail: closeRow === null ? null : held.id % 3 === 0 ? "cross, down" : null,
      entryTag: held.id % 2 === 0 ? "breakout" : "pullback",
      bars: (closeRow ?? bars.length - 1) - plan.entryRow,
      mae: (100 * plan.side * (worst - plan.entry)) / plan.entry,
      mfe: (100 * plan.side * (best - plan.entry)) / plan.entry,
      initialRisk: 0.01 * plan.entry * plan.qty,
    };
  };
  for (let row = 0; row < length; row++) {
    for (const [symbol, held] of open) {
      if (held.plan.exitRow !== row) continue;
      held.fees += fill(held.plan, row, false, held.id);
      const trade = settle(held, row);
      wallet += trade.grossPnl;
      trades.push(trade);
      open.delete(symbol);
    }
    for (; next < plans.length && (plans[next] as Plan).entryRow === row; next++) {
      const plan = plans[next] as Plan;
      opened += 1;
      const fees = fill(plan, row, true, opened);
      open.set(plan.symbol, { id: opened, plan, fees, funding: 0 });
    }
    const first = series[0] as SymbolSeries;
    const closesAt = (first.bars.time[row] as number) + intervalMs;
    let unrealised = 0;
    let unrealisedLow = 0;
    for (const held of open.values()) {
      const { plan } = held;
      const { bars } = series[plan.symbol] as SymbolSeries;
      const close = bars.close[row] as number;
      if (closesAt % FUNDING_MS === 0) {
        const paid = -plan.side * FUNDING_RATE * close * plan.qty;
        held.funding += paid;
        totals.funding += paid;
        wallet += paid;
      }
      const worst = (plan.side > 0 ? bars.low[row] : bars.high[row]) as number;
      unrealised += plan.side * (close - plan.entry) * plan.qty;
      unrealisedLow += plan.side * (worst - plan.entry) * plan.qty;
      grossNotional[row] = (grossNotional[row] as number) + close * plan.qty;
    }
    time[row] = closesAt;
    equity[row] = wallet + unrealised;
    equityLow[row] = wallet + unrealisedLow;
  }
  for (const held of open.values()) openTrades.push(settle(held, null));
  const net = length === 0 ? 0 : (equity[length - 1] as number) - startBalance;
  const rows = fills.length;
  return {
    from: frame.from,
    to: length === 0 ? frame.from : (time[length - 1] as number),
    startBalance,
    leverage: LEVERAGE,
    equity: { length, time, equity, equityLow, grossNotional },
    trades: trades.sort((a, b) => a.id - b.id),
    openTrades,
    fills,
    totals: {
      ...totals,
      orders: { placed: rows, filled: rows, partial: 0, cancelled: 0, expired: 0, rejected: {} },
    },
    band: {
      ambiguousBars: 0,
      ambiguousTrades: 0,
      pessimistic: { net },
      optimistic: { net },
    },
    diagnostics: [],
    symbols: series,
  };
}
