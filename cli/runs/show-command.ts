import type { RunDocument, TradeDocument } from "#cli/backtest/run-document.ts";
import { runText, summaryTable } from "#cli/backtest/run-text.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { type FoundRun, findRun } from "#cli/runs/find-run.ts";
import { readTrades } from "#cli/runs/read-trades.ts";

interface Args {
  readonly run: string;
  readonly trades: boolean;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const document = fullDocument(findRun(values.dataDir, args.run));
  const all = [...document.trades, ...document.openTrades];
  return {
    data: document,
    text: (view) =>
      args.trades
        ? renderTable(tradesTable(all), {
            width: view.isTerminal ? view.width : Number.POSITIVE_INFINITY,
            header: (line) => view.style("strong", line),
          })
        : runText(document, view),
    plain: () => (args.trades ? tradesTable(all) : summaryTable(document)),
  };
}

/** The document of a stored run with its trades, as the backtest printed it. */
export function fullDocument({ record, path }: FoundRun): RunDocument {
  const trades = readTrades(`${path}/trades.csv`);
  return {
    ...record.document,
    trades: trades.filter((trade) => trade.closedAt !== null),
    openTrades: trades.filter((trade) => trade.closedAt === null),
  };
}

function tradesTable(trades: readonly TradeDocument[]): Table {
  const names = [
    "id",
    "symbol",
    "side",
    "opened",
    "closed",
    "qty",
    "entry",
    "exit",
    "net",
    "return %",
    "why",
  ];
  return {
    columns: names.map((name) => ({
      name,
      align: ["id", "qty", "entry", "exit", "net", "return %"].includes(name) ? "right" : "left",
    })),
    rows: trades.map((trade) => [
      trade.id,
      trade.symbol,
      trade.side,
      trade.openedAt,
      trade.closedAt ?? "open",
      trade.qty,
      trade.entryPrice,
      trade.exitPrice,
      trade.netPnl.toFixed(2),
      trade.returnPct.toFixed(2),
      [trade.exitReason, trade.exitDetail].filter((word) => word !== null).join(": "),
    ]),
  };
}
