import type { RunRequest } from "#cli/backtest/prepare-run.ts";
import { settingsOf } from "#cli/backtest/run-plan.ts";
import type { RunRecord } from "#cli/runs/run-record.ts";

/** The request that repeats a recorded run with today's code and data. */
export function requestOfRecord(record: RunRecord, dataDir: string, folder: string): RunRequest {
  const { config } = record.facts;
  const settings = settingsOf(config);
  return {
    strategy: record.source.strategy,
    params: config.params,
    folder,
    dataDir,
    files: record.source.files,
    exchange: config.exchange,
    symbols: config.symbols,
    interval: config.interval,
    from: { kind: "at", ms: Date.parse(config.from) },
    to: { kind: "at", ms: Date.parse(config.to) },
    readFrom: Date.parse(config.dataFrom),
    intrabar: config.matchedOn === config.interval ? notDetail(config.intrabar) : "detail",
    // Finer ones may have been stored since: the run is repeated on those that it had.
    detailInterval: config.matchedOn === config.interval ? null : config.matchedOn,
    rules: config.rules,
    risk: config.risk ?? null,
    aged: config.aged ?? null,
    reconcileMinutes: config.reconcile?.everyMinutes ?? 0,
    settings: () => settings,
    costs: config.costs,
    funding: config.funding === "none" ? "none" : "stored",
    fundingMissing: config.fundingMissing,
    gaps: config.gaps,
    balance: config.balance,
    leverage: config.leverage,
    seed: config.seed,
    gates: config.gates,
  };
}

/** A run that matched on its own candles does so again, whatever finer ones have been stored since. */
function notDetail(mode: RunRequest["intrabar"]): RunRequest["intrabar"] {
  return mode === "detail" ? "worst" : mode;
}
