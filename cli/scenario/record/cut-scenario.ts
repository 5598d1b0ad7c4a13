import type { PreparedRun } from "#cli/backtest/prepare-run.ts";
import { type RecordWindow } from "#cli/scenario/record/choose-window.ts";
import { expectRows } from "#cli/scenario/record/expect-rows.ts";
import { marketRows } from "#cli/scenario/record/market-rows.ts";
import type { ObservedRun } from "#cli/scenario/record/observe-run.ts";
import { openingRows } from "#cli/scenario/record/opening-rows.ts";
import { stepRows } from "#cli/scenario/record/step-rows.ts";
import { formatInterval } from "#engine/market/interval.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

export interface Cut {
  readonly window: RecordWindow;
  /** Whether the orders of exit rules are placed as steps, or left to the scenario's rules. */
  readonly placesRules: boolean;
}

/** A scenario that stands for a window of a run, as it will be written. */
export function cutScenario(
  observed: ObservedRun,
  prepared: PreparedRun,
  { window, placesRules }: Cut,
  words: { readonly name: string; readonly source: string },
): Readonly<Record<string, unknown>> {
  const { symbols } = observed.backtest.config;
  const [main, ...others] = symbols as [BacktestSymbol, ...BacktestSymbol[]];
  const isMulti = others.length > 0;
  const opening = openingRows(observed, window, isMulti);
  const shift = opening.leadIn.bars;
  const { steps, names } = stepRows(observed, { window, shift, placesRules, isMulti });
  const { maintenanceOn } = prepared.settings;
  const market = (one: BacktestSymbol): Readonly<Record<string, unknown>> =>
    marketRows(one, window, opening.leadIn, maintenanceOn);
  const further = others.map((one) => [one.instrument.symbol, market(one)] as const);
  const { margin, positionMode, leverage } = prepared.config;
  const rules = { ...prepared.rules, ...(prepared.aged === null ? {} : { aged: prepared.aged }) };
  return {
    ...words,
    interval: formatInterval(window.intervalMs),
    start: new Date(window.start - shift * window.intervalMs).toISOString(),
    account: { balance: opening.balance, leverage, margin, positionMode },
    venue: venueRow(prepared),
    ...market(main),
    symbols: isMulti ? Object.fromEntries(further) : undefined,
    steps: [...opening.steps, ...steps],
    rules: placesRules || Object.keys(rules).length === 0 ? undefined : rules,
    expect: expectRows(observed, {
      window,
      shift,
      names,
      placesRules,
      isMulti,
      opening: opening.fills,
    }),
  };
}

function venueRow({ settings }: PreparedRun): object {
  const { makerPct, takerPct, liquidationPct, slippage, participationPct } = settings;
  const { latencyMs, fillAt, intrabar, limitFill, limitImprove } = settings;
  return {
    fees: { makerPct, takerPct, liquidationPct },
    slippageBps:
      slippage.kind === "fixed"
        ? slippage.bps
        : { halfSpreadBps: slippage.halfSpreadBps, impactBps: slippage.impactBps },
    participationPct: participationPct ?? undefined,
    latencyMs,
    fillAt,
    intrabar,
    limitFill,
    limitImprove,
  };
}
