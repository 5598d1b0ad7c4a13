import { formatInterval } from "#engine/market/interval.ts";
import { isoTime } from "#engine/market/iso-time.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";
import { expectRows } from "./expect-rows.ts";
import { marketRows } from "./market-rows.ts";
import type { ObservedRun } from "./observe-run.ts";
import { openingRows } from "./opening-rows.ts";
import type { RecordWindow } from "./record-window.ts";
import { stepRows } from "./step-rows.ts";

export interface Cut {
  readonly window: RecordWindow;
  /** Whether the orders of exit rules are placed as steps, or left to the scenario's rules. */
  readonly placesRules: boolean;
}

/** A scenario that stands for a window of a run, as it will be written. */
export function cutScenario(
  observed: ObservedRun,
  { window, placesRules }: Cut,
  words: { readonly name: string; readonly source: string },
): Readonly<Record<string, unknown>> {
  const { symbols, settings, leverage, rules: ownRules, aged } = observed.backtest.config;
  const [main, ...others] = symbols as [BacktestSymbol, ...BacktestSymbol[]];
  const isMulti = others.length > 0;
  const opening = openingRows(observed, window, isMulti);
  const shift = opening.leadIn.bars;
  const { steps, names } = stepRows(observed, { window, shift, placesRules, isMulti });
  const { maintenanceOn, marginMode, positionMode } = settings;
  const market = (one: BacktestSymbol): Readonly<Record<string, unknown>> =>
    marketRows(one, window, opening.leadIn, maintenanceOn);
  const further = others.map((one) => [one.instrument.symbol, market(one)] as const);
  const rules = { ...ownRules, ...(aged ? { aged } : {}) };
  return {
    ...words,
    interval: formatInterval(window.intervalMs),
    start: isoTime(window.start - shift * window.intervalMs),
    account: { balance: opening.balance, leverage, margin: marginMode, positionMode },
    venue: venueRow(settings),
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

function venueRow(settings: VenueSettings): object {
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
