import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { type FoundRun, listRuns } from "#cli/runs/find-run.ts";
import { formatMetric } from "#reports/metrics/format.ts";

interface Args {
  readonly limit: number;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const { runs: all, notices } = listRuns(values.dataDir);
  for (const message of notices) context.warn({ code: "damaged-run", message });
  const shown = all.slice(-args.limit);
  return {
    data: { total: all.length, runs: shown.map(runRow) },
    text: ({ width, isTerminal, style }) =>
      shown.length === 0
        ? "No runs yet. Make one with: drydock backtest sma-cross …, or drydock demo\n"
        : renderTable(runsTable(shown, "text"), {
            width: isTerminal ? width : Number.POSITIVE_INFINITY,
            header: (line) => style("strong", line),
          }),
    plain: () => runsTable(shown, "plain"),
  };
}

function runRow({ id, record, tags }: FoundRun): object {
  const { config, runHash } = record.facts;
  const { summary } = record.document;
  return {
    id,
    runHash,
    traceHash: record.document.run.traceHash,
    status: record.status,
    ...(record.end === undefined ? {} : { end: record.end }),
    strategy: config.strategy,
    exchange: config.exchange,
    symbols: config.symbols,
    interval: config.interval,
    from: config.from,
    to: config.to,
    net: summary["net"] ?? null,
    netReturn: summary["netReturn"] ?? null,
    maxDD: summary["maxDD"] ?? null,
    sharpe: summary["sharpe"] ?? null,
    trades: record.tradeCount,
    tags,
  };
}

function runsTable(runs: readonly FoundRun[], form: "text" | "plain"): Table {
  const number = (run: FoundRun, key: "netReturn" | "maxDD" | "sharpe"): string => {
    const value = run.record.document.summary[key] ?? null;
    if (value === null) return form === "text" ? "n/a" : "";
    return form === "text" ? formatMetric(key, value) : String(value);
  };
  return {
    columns: [
      { name: "run" },
      { name: "market" },
      { name: "from" },
      { name: "to" },
      { name: "trades", align: "right" },
      { name: "return", align: "right" },
      { name: "maxDD", align: "right" },
      { name: "sharpe", align: "right" },
      { name: "status" },
      { name: "tags" },
    ],
    rows: runs.map((run) => {
      const { config } = run.record.facts;
      return [
        run.id,
        `${config.exchange} ${config.symbols.join("+")} ${config.interval}`,
        config.from.slice(0, 10),
        config.to.slice(0, 10),
        run.record.tradeCount,
        number(run, "netReturn"),
        number(run, "maxDD"),
        number(run, "sharpe"),
        run.record.end === undefined
          ? run.record.status
          : `${run.record.status}, ended ${run.record.end.time.slice(0, 16)}Z`,
        run.tags.join(","),
      ];
    }),
  };
}
