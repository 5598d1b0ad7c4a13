import { must } from "#engine/assert.ts";
import { TRADE } from "#engine/ledger/trade-log.ts";
import type { AgedResult } from "#engine/result/aged-result.ts";
import type { FillRow } from "#engine/result/run-result.ts";
import type { Backtest } from "#sim/backtest.ts";
import { backtestResult } from "#sim/backtest-result.ts";
import type { OrderLog } from "#sim/scenario/order-log.ts";
import { positionsOf } from "#sim/scenario/outcome-positions.ts";
import type { Scenario } from "#sim/scenario/scenario.ts";
import type {
  OutcomeFill,
  OutcomeReject,
  OutcomeTrade,
  ScenarioOutcome,
} from "#sim/scenario/scenario-outcome.ts";

/** What was noted while the backtest ran. */
export interface RunNotes {
  readonly log: OrderLog;
  /** Row of the finest candles of each execution. */
  readonly rows: readonly number[];
  /** Bar of each transition of the aged rules. */
  readonly agedBars: readonly number[];
  readonly tooSmall: readonly string[];
}

/** Reads off a finished backtest what a scenario tells of it. */
export function outcomeOf(
  scenario: Scenario,
  backtest: Backtest,
  notes: RunNotes,
): ScenarioOutcome {
  const result = backtestResult(backtest);
  const { ledger, desk } = backtest.engine;
  const { totals } = result;
  const positions = positionsOf(backtest);
  const tooSmall = notes.tooSmall.map((order): OutcomeReject => ({ order, code: "belowMinQty" }));
  return {
    fills: result.fills.map((fill, at) => fillOf(scenario, backtest, fill, at, notes)),
    trades: tradesOf(scenario, backtest, result.trades),
    orders: {
      ...Object.fromEntries(notes.tooSmall.map((name) => [name, "rejected"])),
      ...notes.log.states(),
    },
    ...(scenario.isMulti
      ? { positions: Object.fromEntries(positions) }
      : { position: must(positions[0], "A scenario has a symbol")[1] }),
    final: {
      balance: ledger.wallet,
      equity: desk.equity(),
      feesPaid: totals.feesMaker + totals.feesTaker + totals.liqFees,
      fundingPaid: plain(-totals.funding),
      liquidations: totals.liquidations,
    },
    equity: equityOf(scenario, result.equity),
    aged: agedOf(scenario, result.aged, notes),
    rejects: [...notes.log.rejects, ...tooSmall],
  };
}

function fillOf(
  scenario: Scenario,
  backtest: Backtest,
  fill: FillRow,
  at: number,
  { log, rows }: RunNotes,
): OutcomeFill {
  const { side, qty, price, fee, liquidity, symbol } = fill;
  const row = must(rows[at], "Every execution has a bar");
  const own = must(log.executions[at], "Every execution has a record");
  return {
    bar: barOfRow(scenario, backtest, symbol, row),
    ...(scenario.isMulti ? { symbol } : {}),
    order: own === "" ? fill.reason : own,
    side,
    qty,
    price,
    fee,
    liquidity,
  };
}

function tradesOf(
  scenario: Scenario,
  backtest: Backtest,
  trades: ReturnType<typeof backtestResult>["trades"],
): readonly OutcomeTrade[] {
  const log = backtest.engine.ledger.trades;
  const rowById = new Map<number, number>();
  for (let row = 0; row < log.closedCount; row++) rowById.set(log.id(row), row);
  return trades.map((trade) => {
    const row = must(rowById.get(trade.id), "A closed trade has a row");
    const barOf = (column: number): number =>
      barOfRow(scenario, backtest, trade.symbol, log.get(row, column));
    return {
      ...(scenario.isMulti ? { symbol: trade.symbol } : {}),
      side: trade.side,
      openBar: barOf(TRADE.openBar),
      closeBar: barOf(TRADE.closeBar),
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice,
      qty: trade.qty,
      netPnl: trade.netPnl,
      returnPct: trade.returnPct,
      exitReason: trade.exitReason,
    };
  });
}

function agedOf(
  { isMulti }: Scenario,
  aged: AgedResult | undefined,
  { agedBars }: RunNotes,
): ScenarioOutcome["aged"] {
  return (aged?.history ?? []).map(({ symbol, to, reason }, at) => ({
    bar: must(agedBars[at], "Every transition has a bar"),
    ...(isMulti ? { symbol } : {}),
    to,
    reason,
  }));
}

/** The bar of the scenario's interval to which a row of a symbol's finest candles belongs. */
function barOfRow(scenario: Scenario, backtest: Backtest, symbol: string, row: number): number {
  const market = backtest.symbols.find((one) => one.instrument.symbol === symbol);
  const time = must(market, "A fill names a symbol of the run").bars.time[row];
  return Math.floor((must(time, "A fill has a bar") - scenario.start) / scenario.intervalMs);
}

/** One value per bar of the scenario; null where nothing closed. */
function equityOf(
  scenario: Scenario,
  { time, equity, length }: ReturnType<typeof backtestResult>["equity"],
): readonly (number | null)[] {
  const { start, intervalMs, symbols } = scenario;
  const bars = Math.max(...symbols.map((symbol) => symbol.candles.length));
  const values = Array.from<number | null>({ length: bars }).fill(null);
  for (let row = 0; row < length; row++) {
    const bar = ((time[row] as number) - start) / intervalMs - 1;
    if (Number.isInteger(bar)) values[bar] = equity[row] as number;
  }
  return values;
}

/** Not −0: a document would show it. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}
