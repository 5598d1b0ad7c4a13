import type { RunConfig } from "#cli/backtest/run-plan.ts";
import type { LoadedMarket } from "#cli/market/loaded-market.ts";
import type { Diagnostic, RunResult } from "#engine/result/run-result.ts";

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
  addMarket(market, result, add);
  return found;
}

function addMarket(
  market: LoadedMarket,
  result: RunResult,
  add: (code: string, severity: Diagnostic["severity"], message: string, count?: number) => void,
): void {
  const withoutMark = market.symbols.filter(
    (one) => one.marks === null && one.instrument.isPerpetual,
  );
  if (withoutMark.length > 0 && result.leverage > 1) {
    add(
      "no-mark-price",
      "info",
      "No mark prices: liquidation follows the last price",
      withoutMark.length,
    );
  }
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
