import type { MeasuredRun } from "#cli/backtest/perform-run.ts";
import type { RunConfig } from "#cli/backtest/run-plan.ts";
import { seriesLabel } from "#data/series.ts";
import type { Assumption, ReportInput } from "#reports/html/report-input.ts";

/** Everything that the HTML report shows of a measured run. */
export function reportInput(measured: MeasuredRun, command: string): ReportInput {
  const { prepared, executed, result, summary } = measured;
  const { config, market, identity, loaded } = prepared;
  return {
    title: `${config.strategy} ${config.symbols.join("+")} ${config.interval}`,
    strategy: loaded.strategy.name,
    version:
      loaded.file === null
        ? `built-in ${identity.engineVersion}`
        : identity.strategyHash.slice(0, 12),
    run: result,
    summary,
    config,
    hashes: {
      runHash: prepared.runHash,
      traceHash: executed.traceHash,
      dataFingerprint: market.fingerprint,
    },
    engineVersion: identity.engineVersion,
    seed: config.seed,
    command,
    dataQuality: market.quality.map((one) => ({
      series: `${seriesLabel(one.key)} (${one.rows} rows from ${one.source})`,
      findings: one.findings.map((finding) => `${finding.severity}: ${finding.message}`),
    })),
    assumptions: assumptionsOf(config),
    synthetic: market.isSynthetic,
    partial: executed.isPartial,
    notes: loaded.strategy.description === "" ? [] : [loaded.strategy.description],
  };
}

function assumptionsOf(config: RunConfig): readonly Assumption[] {
  const { fees, slippage } = config;
  const isFree = config.costs === "none";
  return [
    {
      label: "When a decision trades",
      value:
        config.fillAt === "close" ? "at the close it was made on" : "at the open of the next bar",
      optimistic: config.fillAt === "close",
    },
    { label: "Latency", value: `${config.latencyMs} ms` },
    {
      label: "Inside a bar",
      value: `${config.intrabar} (matched on ${config.matchedOn} candles)`,
      optimistic: config.intrabar === "best",
    },
    {
      label: "A limit fills",
      value: config.limitFill === "touch" ? "when touched" : "after a trade-through of one tick",
      optimistic: config.limitFill === "touch",
    },
    {
      label: "A limit that gaps fills",
      value: config.limitImprove ? "at the better open" : "at its own price",
      optimistic: config.limitImprove,
    },
    {
      label: "Fees",
      value: `maker ${fees.makerPct} %, taker ${fees.takerPct} %, liquidation ${fees.liquidationPct} %`,
      optimistic: isFree,
    },
    {
      label: "Slippage",
      value:
        slippage.kind === "fixed"
          ? `${slippage.bps} bp, fixed`
          : `half-spread ${slippage.halfSpreadBps} bp + ${slippage.impactBps} bp × share of the bar's volume, at most the bar's range`,
      optimistic: isFree,
    },
    {
      label: "Size",
      value:
        config.participationPct === null
          ? "no limit"
          : `at most ${config.participationPct} % of a bar's volume; the rest works on`,
      optimistic: isFree,
    },
    {
      label: "Funding",
      value:
        config.funding === "none"
          ? "none"
          : `${config.funding} rates on the mark at the stamp; a missing rate: ${config.fundingMissing}`,
      optimistic: config.funding === "none",
    },
    {
      label: "Margin",
      value: `${config.margin}, leverage ${config.leverage}, liquidation on mark at the bankruptcy price`,
    },
    { label: "Missing candles", value: `${config.gaps}: never invented` },
  ];
}
