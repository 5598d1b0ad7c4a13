import type { RunConfig } from "#cli/backtest/run-plan.ts";
import { isoTime } from "#cli/market/build-market.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { Diagnostic, RunResult } from "#engine/result/run-result.ts";

type Add = (
  code: string,
  severity: Diagnostic["severity"],
  message: string,
  count?: number,
) => void;

const SHARE_OF_VOLUME_WARNING = 0.01;

/** What a reader of the result has to know, besides what was noticed while the data was loaded. */
export function runDiagnostics(
  config: RunConfig,
  market: LoadedMarket,
  result: RunResult,
  isPartial: boolean,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [...market.diagnostics];
  const add = (
    code: string,
    severity: Diagnostic["severity"],
    message: string,
    count = 1,
  ): void => {
    if (count > 0) found.push({ code, severity, message, count });
  };
  if (isPartial) add("partial-run", "error", "The run ended before its data did");
  if (market.isSynthetic)
    add("synthetic-data", "warning", "The market is synthetic: made by a generator, not traded");
  if (config.costs === "none")
    add("costs-none", "warning", "Without any costs: no fees, slippage, funding or limits on size");
  if (config.fillAt === "close")
    add(
      "optimistic-fill-at-close",
      "warning",
      "Decisions trade at the close that they were made on",
    );
  if (config.limitFill === "touch")
    add("optimistic-limit-touch", "warning", "A limit fills when the price only touches it");
  if (config.limitImprove)
    add("optimistic-limit-improve", "warning", "A limit that gaps fills at the better open");
  if (config.intrabar === "best")
    add("optimistic-intrabar", "warning", "Inside a bar the favourable extreme comes first");
  if (config.funding === "none" && config.costs !== "none") {
    const isPerpetual = market.symbols.some((one) => one.instrument.isPerpetual);
    if (isPerpetual)
      add(
        "no-funding",
        "warning",
        "Perpetuals without funding rates: nothing was paid or received",
      );
  }
  addVolume(config, market, add);
  addMarket(market, result, add);
  return found;
}

/** What holds back large orders is computed from the volume, so it does not act where that is unknown. */
function addVolume(config: RunConfig, market: LoadedMarket, add: Add): void {
  if (config.participationPct === null && config.slippage.kind === "fixed") return;
  for (const { instrument, withoutVolume } of market.symbols) {
    const { count, first, total } = withoutVolume;
    add(
      "volume-unknown",
      "warning",
      `${instrument.symbol}: the volume of ${partOf(count, total)} bars is unknown, first ${isoTime(first ?? 0)}: the participation limit and the impact do not apply there`,
      count,
    );
  }
}

/** At leverage 1 nobody misses a mark that was never there; one that ends in the middle is told in any case. */
function addUnmarked(market: LoadedMarket, result: RunResult, add: Add): void {
  for (const { instrument, withoutMark, hasMarkSeries } of market.symbols) {
    const { count, first, total } = withoutMark;
    if (!instrument.isPerpetual || !(hasMarkSeries || result.leverage > 1)) continue;
    const isAll = count === total;
    add(
      isAll ? "no-mark-price" : "partial-mark-price",
      isAll && !hasMarkSeries ? "info" : "warning",
      `${instrument.symbol}: no mark price in ${partOf(count, total)} bars, first ${isoTime(first ?? 0)}: liquidation and funding follow the last price there`,
      count,
    );
  }
}

function partOf(count: number, total: number): string {
  return count === total ? `all ${total}` : `${count} of ${total}`;
}

function addMarket(market: LoadedMarket, result: RunResult, add: Add): void {
  addUnmarked(market, result, add);
  const large = result.fills.filter((fill) => fill.participation > SHARE_OF_VOLUME_WARNING).length;
  add("participation", "warning", "Fills took more than 1 % of their bar's volume", large);
  add(
    "ambiguous-bars",
    "info",
    "Bars in which two orders could act; see the band",
    result.band.ambiguousBars,
  );
  add("liquidation", "warning", "Positions were liquidated", result.totals.liquidations);
  add(
    "open-at-end",
    "info",
    "Trades still open at the end are marked, not counted",
    result.openTrades.length,
  );
  const rejected = Object.entries(result.totals.orders.rejected);
  for (const [reason, count] of rejected) {
    add("orders-rejected", "warning", `Orders were rejected: ${reason}`, count);
  }
  if (result.trades.length === 0 && result.openTrades.length === 0) {
    add("no-trades", "warning", "The strategy made no trade");
  }
}
