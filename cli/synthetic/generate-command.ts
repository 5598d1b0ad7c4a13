import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { workspaceOf } from "#cli/runs/find-run.ts";
import { type StoredRow, storeSynthetic } from "#cli/synthetic/store-synthetic.ts";
import { parseTimeBound } from "#cli/time-bound.ts";
import { normalizeSymbol } from "#data/series.ts";
import { generateMarket } from "#data/synthetic/generate-market.ts";
import { DrydockError } from "#engine/errors.ts";
import { parseInterval } from "#engine/market/interval.ts";

interface Args {
  readonly symbol: readonly string[];
  readonly interval: string;
  readonly from: string;
  readonly to: string;
  readonly gaps: number;
  readonly "zero-volume": number;
  readonly replace: boolean;
}

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(
    configFlags({ seed: args["seed"], "data-dir": args["data-dir"] }),
  );
  const intervalMs = parseInterval(args.interval);
  const symbols = args.symbol.length === 0 ? ["BTCUSDT", "ETHUSDT"] : args.symbol;
  context.progress.start("generating", null);
  const market = generateMarket({
    seed: values.seed,
    symbols: symbols
      .flatMap((text) => text.split(","))
      .map((text) => ({ symbol: normalizeSymbol(text) })),
    from: momentOf(args.from, "--from", intervalMs),
    to: momentOf(args.to, "--to", intervalMs),
    intervalMs,
    gaps: args.gaps,
    zeroVolume: args["zero-volume"],
  });
  context.progress.done();
  if (context.signal.aborted) throw context.signal.reason;
  context.progress.start("storing", null);
  const workspace = workspaceOf(values.dataDir);
  const rows = await storeSynthetic(workspace, market, args.replace ? "replace" : "refuse");
  context.progress.done();
  return {
    data: { label: market.label, exchange: "synthetic", series: rows },
    text: ({ width, isTerminal }) =>
      `${renderTable(tableOf(rows), { width: isTerminal ? width : Number.POSITIVE_INFINITY })}\n\n${market.label}: made by a generator, never traded\n`,
    plain: () => tableOf(rows),
  };
}

function momentOf(text: string, flag: string, intervalMs: number): number {
  const bound = parseTimeBound(text, flag);
  if (bound.kind === "at" && bound.ms % intervalMs === 0) return bound.ms;
  throw new DrydockError("E_USAGE", `${flag} is not the open of a bar: "${text}"`, {
    hint: "A date such as 2025-01-01, on the interval's grid",
  });
}

function tableOf(rows: readonly StoredRow[]): Table {
  return {
    columns: [
      { name: "symbol" },
      { name: "kind" },
      { name: "interval" },
      { name: "rows", align: "right" },
      { name: "inserted", align: "right" },
      { name: "unchanged", align: "right" },
    ],
    rows: rows.map((row) => [
      row.symbol,
      row.kind,
      row.interval,
      row.rows,
      row.inserted,
      row.unchanged,
    ]),
  };
}
