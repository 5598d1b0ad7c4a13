import { performRun } from "#cli/backtest/perform-run.ts";
import { venueSettings } from "#cli/backtest/run-plan.ts";
import { runText, summaryTable } from "#cli/backtest/run-text.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { workspaceOf } from "#cli/runs/find-run.ts";
import { storeSynthetic } from "#cli/synthetic/store-synthetic.ts";
import { DEMO_MARKET } from "#data/synthetic/demo-market.ts";
import { generateMarket, SYNTHETIC_EXCHANGE } from "#data/synthetic/generate-market.ts";
import { formatInterval } from "#engine/market/interval.ts";
import { findBuiltIn } from "#strategies/catalogue.ts";

interface Args {
  readonly strategy: string;
}

/** The settings are drydock's own defaults, whatever config file lies around: a demo is the same for everybody. */
export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags({ "data-dir": args["data-dir"] }));
  const strategy = findBuiltIn(args.strategy);
  context.progress.start("making a synthetic market", null);
  const market = generateMarket(DEMO_MARKET);
  await storeSynthetic(workspaceOf(values.dataDir), market, "replace");
  context.progress.done();
  const interval = formatInterval(market.symbols[0]?.candles.intervalMs ?? 3_600_000);
  const { document, exit } = await performRun(
    context,
    {
      strategy: strategy.name,
      params: {},
      folder: process.cwd(),
      dataDir: values.dataDir,
      files: null,
      exchange: SYNTHETIC_EXCHANGE,
      symbols: market.symbols.map((one) => one.symbol),
      interval,
      from: null,
      to: null,
      readFrom: null,
      intrabar: null,
      detailInterval: null,
      rules: null,
      risk: null,
      aged: null,
      reconcileMinutes: 60,
      settings: (exchange, hasDetail) => venueSettings(exchange, values, hasDetail),
      costs: "venue",
      funding: "stored",
      fundingMissing: "error",
      gaps: "skip",
      balance: 10_000,
      leverage: 1,
      seed: 1,
      gates: true,
    },
    { journal: false, report: true, command: `drydock demo --strategy ${strategy.name}` },
  );
  return {
    data: document,
    exit,
    text: (view) => runText(document, view),
    plain: () => summaryTable(document),
  };
}
