import { resolve } from "node:path";

import { performRun } from "#cli/backtest/perform-run.ts";
import type { RunRequest } from "#cli/backtest/prepare-run.ts";
import {
  configuredAged,
  configuredRisk,
  configuredRules,
  venueSettings,
} from "#cli/backtest/run-plan.ts";
import { runText, summaryTable } from "#cli/backtest/run-text.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ConfigValues } from "#cli/config/keys.ts";
import { parseTimeBound } from "#cli/time-bound.ts";
import { normalizeSymbol } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";

export interface BacktestArgs {
  readonly name: string | undefined;
  readonly strategy: string | undefined;
  readonly file: string | undefined;
  readonly funding: string | undefined;
  readonly mark: string | undefined;
  readonly journal: boolean;
  readonly "no-report": boolean;
  readonly "no-gates": boolean;
}

export async function run(
  context: CommandContext,
  args: BacktestArgs & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  const request = backtestRequest(values, args, process.cwd());
  const performed = await performRun(context, request, {
    journal: args.journal,
    report: !args["no-report"],
    command: commandLine(process.argv.slice(2)),
  });
  const { document } = performed;
  return {
    data: document,
    exit: performed.exit,
    text: (view) => runText(document, view),
    plain: () => summaryTable(document),
  };
}

/** The command as typed, quoted for a shell where it has to be. */
function commandLine(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return ["drydock", ...quoted].join(" ");
}

/** The request that flags, environment and config file make together. @throws E_USAGE */
export function backtestRequest(
  values: ConfigValues,
  args: BacktestArgs,
  folder: string,
): RunRequest {
  const strategy = chosenStrategy(values, args);
  refuseUnsupported(values);
  const exchange = values.exchange ?? null;
  const files = filesOf(args, folder);
  const symbols = (values.symbols ?? []).map((text) =>
    normalizeSymbol(text, exchange ?? undefined),
  );
  if (files === null && symbols.length === 0) {
    throw new DrydockError("E_USAGE", "Which market? Neither a symbol nor a file was given", {
      hint: "--symbol BTCUSDT --interval 1h, or --file candles.csv",
      or: "drydock data ls shows what is stored",
    });
  }
  if (files === null && values.interval === undefined) {
    throw new DrydockError("E_USAGE", "Which bars? No interval was given", {
      hint: "--interval 1h",
    });
  }
  if (files === null && args.funding !== undefined && args.funding !== "none") {
    throw new DrydockError("E_USAGE", "--funding takes a file only together with --file", {
      hint: `drydock data import "${args.funding}", or --funding none`,
    });
  }
  if (new Set(symbols).size !== symbols.length) {
    throw new DrydockError("E_USAGE", `A symbol is named twice: ${symbols.join(", ")}`);
  }
  return {
    strategy,
    params: values.params ?? {},
    folder,
    dataDir: values.dataDir,
    files,
    exchange,
    symbols,
    interval: values.interval ?? null,
    from: values.from === undefined ? null : parseTimeBound(values.from, "--from"),
    to: values.to === undefined ? null : parseTimeBound(values.to, "--to"),
    readFrom: null,
    intrabar: values.intrabar ?? null,
    detailInterval: detailOf(values, args),
    rules: configuredRules(values),
    risk: configuredRisk(values),
    aged: configuredAged(values),
    reconcileMinutes: values["reconcile.everyMinutes"],
    settings: (venue, hasDetail) => venueSettings(venue, values, hasDetail),
    costs: values.costs,
    funding: (args.funding ?? values.funding) === "none" ? "none" : "stored",
    fundingMissing: values.fundingMissing,
    gaps: values.gaps,
    balance: values.balance,
    leverage: values.leverage,
    seed: values.seed,
    gates: !args["no-gates"],
  };
}

function chosenStrategy(values: ConfigValues, args: BacktestArgs): string {
  if (args.name !== undefined && args.strategy !== undefined && args.name !== args.strategy) {
    throw new DrydockError(
      "E_USAGE",
      `Two strategies are named: "${args.name}" and "${args.strategy}"`,
      {
        hint: "Name one",
      },
    );
  }
  const strategy = args.name ?? args.strategy ?? values.strategy;
  if (strategy !== undefined) return strategy;
  throw new DrydockError("E_USAGE", "Which strategy? None was given", {
    hint: "drydock backtest sma-cross …, or --strategy ./my-strategy.ts",
    or: "drydock strategy ls",
  });
}

/** @throws E_USAGE where finer candles can not be had, or are not wanted */
function detailOf(values: ConfigValues, args: BacktestArgs): string | null {
  const { detail, intrabar } = values;
  if (detail === undefined) return null;
  if (args.file !== undefined) {
    throw new DrydockError("E_USAGE", "--detail reads from the store, --file does not", {
      hint: "Import both files, then leave --file away",
    });
  }
  if (intrabar !== undefined && intrabar !== "detail") {
    throw new DrydockError("E_USAGE", `--detail ${detail} contradicts --intrabar ${intrabar}`, {
      hint: "Leave one of them away",
    });
  }
  return detail;
}

function refuseUnsupported(values: ConfigValues): void {
  if (values.exchange?.endsWith("-inverse") === true) {
    throw new DrydockError("E_USAGE", "Coin-margined contracts are not simulated", {
      hint: "Choose a linear contract, such as --exchange bybit --symbol BTCUSDT",
    });
  }
}

function filesOf(args: BacktestArgs, folder: string): RunRequest["files"] {
  if (args.file === undefined) {
    if (args.mark === undefined) return null;
    throw new DrydockError("E_USAGE", "--mark goes with --file", {
      hint: `drydock data import "${args.mark}" --kind mark`,
    });
  }
  const { funding, mark } = args;
  return {
    candles: resolve(folder, args.file),
    funding: funding === undefined || funding === "none" ? null : resolve(folder, funding),
    mark: mark === undefined ? null : resolve(folder, mark),
  };
}
