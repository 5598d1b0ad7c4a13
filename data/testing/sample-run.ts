import type { RunFile } from "#data/store/run-file.ts";

/** A `run.json` as `backtest` writes it, cut to what the state store relies on, with some that it does not. */
export function sampleRun(
  id: string,
  change: Partial<RunFile> & { readonly net?: number } = {},
): RunFile {
  const { net = 12.5, ...rest } = change;
  const run = {
    format: 1,
    status: "complete",
    startedAt: "2026-01-02T03:04:05.678Z",
    source: { command: "drydock backtest sma-cross" },
    facts: {
      id,
      runHash: `${id.split("-").at(-2)}${"0".repeat(56)}`,
      engineVersion: "0.1.0",
      dataFingerprint: "ab".repeat(32),
      config: { strategy: id.split("-")[0] as string, symbols: ["BTCUSDT"], leverage: 3 },
    },
    document: {
      run: { traceHash: "cd".repeat(32), seed: 42 },
      summary: { net, sharpe: null },
      files: {
        report: null,
        trades: `/elsewhere/runs/${id}/trades.csv`,
        equity: `/elsewhere/runs/${id}/equity.csv`,
        journal: null,
      },
    },
    ...rest,
  } as const;
  return run;
}

export const SAMPLE_TRADES = `id,symbol,side,openedAt,closedAt,entryPrice,exitPrice,qty,grossPnl,fees,funding,netPnl,returnPct,exitReason,exitDetail,bars,mae,mfe
1,BTCUSDT,long,2025-10-01T00:05:00.000Z,2025-10-01T04:00:00.000Z,100.1,101.30000000000001,0.5,0.6,0.1,0,0.5,1.2,signal,"fast, then slow",47,-0.5,1.3
2,BTCUSDT,short,2025-10-02T00:00:00.000Z,,99,,0.25,1e-7,0.05,-0.01,-0.06,-0.2,,,3,-1,0
`;

/** Three days; the second bar closes at midnight and so belongs to the first day. */
export const SAMPLE_EQUITY = `time,equity,equityLow,grossNotional
2025-10-01T12:00:00.000Z,1000,990.5,0
2025-10-02T00:00:00.000Z,1001.25,1000,50
2025-10-02T12:00:00.000Z,1002,980,75.5
2025-10-03T00:00:00.000Z,999,998,0
2025-10-03T01:00:00.000Z,1010,1009,10
`;

/** Of the first trade; the share of the volume is unknown at the entry, and the exit fills at the same price twice. */
export const SAMPLE_FILLS = `time,symbol,side,price,qty,fee,liquidity,slippage,participation,tradeId,reason
2025-10-01T00:05:00.000Z,BTCUSDT,buy,100.1,0.5,0.05,taker,0.001,,1,entry
2025-10-01T03:59:59.999Z,BTCUSDT,sell,101.30000000000001,0.25,0.025,maker,0,0.001,1,takeProfit
2025-10-01T03:59:59.999Z,BTCUSDT,sell,101.30000000000001,0.25,0.025,maker,0,Infinity,1,takeProfit
`;
