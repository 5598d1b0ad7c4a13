import { readAged } from "#cli/aged/aged-files.ts";
import type { RunDocument, TradeDocument } from "#cli/backtest/run-document.ts";
import { runText, summaryTable } from "#cli/backtest/run-text.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { type FoundRun, findRun } from "#cli/runs/find-run.ts";
import { readTrades } from "#cli/runs/read-trades.ts";
import { explainTrades } from "#cli/runs/trade-path/explain-trade.ts";
import { pathTable, pathText } from "#cli/runs/trade-path/path-text.ts";
import { DrydockError } from "#engine/errors.ts";

interface Args {
  readonly run: string;
  readonly trades: boolean;
  readonly trade: number | undefined;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const found = findRun(values.dataDir, args.run);
  const document = fullDocument(found);
  const all = [...document.trades, ...document.openTrades];
  if (args.trade !== undefined) {
    const trade = tradeOf(found.id, all, args.trade);
    const explain = await explainTrades(context, found, values.dataDir, trade.symbol);
    const path = explain(trade);
    return {
      data: { ...document, trade: path },
      text: (view) => pathText(path, view),
      plain: () => pathTable(path),
    };
  }
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
  const { files, ...rest } = record.document;
  const aged = readAged(path);
  return {
    ...rest,
    trades: trades.filter((trade) => trade.closedAt !== null),
    openTrades: trades.filter((trade) => trade.closedAt === null),
    ...(aged === undefined ? {} : { aged }),
    files,
  };
}

/** @throws E_USAGE for a number that the run has not */
function tradeOf(id: string, trades: readonly TradeDocument[], wanted: number): TradeDocument {
  const trade = trades.find((one) => one.id === wanted);
  if (trade !== undefined) return trade;
  const known = trades.length === 0 ? "it made none" : `it has 1 to ${trades.length}`;
  throw new DrydockError("E_USAGE", `The run "${id}" has no trade ${wanted}: ${known}`, {
    hint: `drydock runs show ${id} --trades lists them`,
  });
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
