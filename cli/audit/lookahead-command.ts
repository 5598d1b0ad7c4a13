import { type AuditDocument, auditDocument, type FindingRow } from "#cli/audit/audit-document.ts";
import {
  type PreparedAudit,
  prepareAudit,
  prepareSyntheticAudit,
  SYNTHETIC_BARS,
} from "#cli/audit/prepare-audit.ts";
import { type PerformedAudit, runAudit } from "#cli/audit/run-audit.ts";
import { type BacktestArgs, backtestRequest } from "#cli/backtest/backtest-command.ts";
import { withUserPlace } from "#cli/backtest/strategy-fault.ts";
import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import type { ConfigValues } from "#cli/config/keys.ts";
import { printable } from "#cli/output/printable.ts";
import type { Emphasis } from "#cli/output/style.ts";
import type { Table } from "#cli/output/table.ts";
import { userPlace } from "#cli/user-fault.ts";
import { plural } from "#data/quality/wording.ts";
import { DrydockError } from "#engine/errors.ts";
import type { RunFailure } from "#sim/audit/run-log.ts";

type Args = Omit<BacktestArgs, "journal" | "no-report" | "no-gates"> & {
  readonly cuts: number;
} & Readonly<Record<string, unknown>>;

export async function run(context: CommandContext, args: Args): Promise<CommandResult> {
  const { values } = await context.loadConfig(configFlags(args));
  context.progress.start("loading", null);
  const prepared = await prepare(context, values, args).catch((error: unknown) => {
    throw withUserPlace(error, args.name ?? args.strategy ?? "");
  });
  context.progress.done();
  const options = { cuts: args.cuts, seed: values.seed };
  const audit = await runAudit(context, prepared, options).catch((error: unknown) => {
    throw withUserPlace(error, prepared.loaded.strategy.name);
  });
  const { outcome } = audit;
  if (outcome.failure !== null) throw strategyFailed(outcome.failure, prepared);
  if (outcome.asked === 0) throw neverAsked(prepared);
  const document = auditDocument(prepared, outcome, process.cwd());
  warn(context, audit, document);
  return {
    data: document,
    exit: document.passed ? 0 : 7,
    text: (view) => auditText(document, view),
    plain: () => findingTable(document.findings),
  };
}

/** The data that a backtest with these options would use; a synthetic market where none are named. */
async function prepare(
  context: CommandContext,
  values: ConfigValues,
  args: Args,
): Promise<PreparedAudit> {
  const backtest = { ...args, journal: false, "no-report": true, "no-gates": false };
  const isNamed = args.file !== undefined || (values.symbols ?? []).length > 0;
  if (isNamed) {
    return prepareAudit(context, backtestRequest(values, backtest, process.cwd()));
  }
  if (values.from !== undefined || values.to !== undefined) {
    throw new DrydockError("E_USAGE", "--from and --to go with data of your own", {
      hint: "Name them: --symbol BTCUSDT --interval 1h, or --file candles.csv",
      or: "Leave the period out: the synthetic market is made for the audit",
    });
  }
  const stand = { ...values, symbols: ["BTCUSDT"], interval: values.interval ?? "1h" };
  const request = backtestRequest(stand, backtest, process.cwd());
  return prepareSyntheticAudit(request, values, { seed: values.seed, bars: SYNTHETIC_BARS });
}

function strategyFailed({ error, time }: RunFailure, prepared: PreparedAudit): DrydockError {
  const place = userPlace(error);
  const what = error instanceof Error ? error.message : String(error);
  const where = place === null ? "" : ` at ${place.text}`;
  const excerpt = place === null ? "" : `\n${place.excerpt}`;
  return new DrydockError(
    "E_STRATEGY_THREW",
    `Strategy "${prepared.loaded.strategy.name}" threw ${what}${where}`,
    {
      while: `deciding at the close of ${new Date(time).toISOString()}${excerpt}`,
      hint: "Mend the strategy; --verbose shows the whole stack",
      cause: error,
    },
  );
}

function neverAsked({ loaded, market }: PreparedAudit): DrydockError {
  return new DrydockError(
    "E_DATA_PERIOD",
    `Strategy "${loaded.strategy.name}" was never asked: its indicators have no values on these data`,
    {
      while: `auditing ${market.symbols.map((one) => one.instrument.symbol).join(", ")} ${market.interval}`,
      hint: "Choose a longer period or a shorter interval",
    },
  );
}

function warn(context: CommandContext, audit: PerformedAudit, document: AuditDocument): void {
  const { outcome, outside } = audit;
  for (const { read, place, indicator } of document.harmlessReads) {
    context.warn({
      code: "reads-ahead",
      message: `${place} reads ${read} of bars that had not closed${indicator === null ? "" : ` (indicator "${indicator}")`}; nothing that was compared depends on it, but live there is nothing to read`,
    });
  }
  for (const { file, module } of outside) {
    context.warn({
      code: "outside-data",
      message: `${file} imports ${module}: the audit does not see what comes from there`,
    });
  }
  if (outcome.decisions === 0) {
    context.warn({
      code: "no-decisions",
      message: "The strategy asked for nothing on these data: only its indicators were compared",
    });
  }
  if (!outcome.isDense) {
    context.warn({
      code: "not-every-bar",
      message: `An indicator computes ahead, so single bars could not be tested in one run: ${outcome.cuts} bars were, decisions first; --cuts tests more`,
    });
  }
}

const EMPHASIS: Readonly<Record<FindingRow["kind"], Emphasis>> = {
  lookahead: "error",
  nondeterminism: "error",
  "warm-up": "warning",
};

function* auditText(document: AuditDocument, { style }: TextView): Generator<string> {
  const { strategy, findings, symbols, interval, bars, decisions } = document;
  const data = `${document.synthetic ? "synthetic " : ""}${symbols.join(", ")} ${interval}`;
  yield `${style("strong", printable(strategy))}  ${data}  ${plural(bars, "bar")}, ${plural(decisions, "decision")}\n`;
  const how = document.everyBar ? "every bar and " : "";
  yield `${how}${plural(document.cuts, "cut")}, ${plural(document.runs, "run")}${document.starts ? ", other starts" : ""}\n`;
  for (const one of findings) {
    yield `\n${style(EMPHASIS[one.kind], one.kind)}  ${printable(one.message)}\n`;
    if (one.file !== null) yield `  at    ${printable(one.file)}:${one.line}\n`;
    yield `  fix   ${one.fix}\n`;
  }
  const isWarned = findings.length > 0 && document.passed;
  yield document.passed
    ? `\n${style("good", "ok")}  no decision depends on a bar that had not closed${isWarned ? "; see the warm-up above" : ""}\n`
    : `\n${style("bad", "failed")}  do not believe a backtest of this strategy\n`;
}

function findingTable(findings: readonly FindingRow[]): Table {
  return {
    columns: [
      { name: "kind" },
      { name: "bar" },
      { name: "symbol" },
      { name: "indicator" },
      { name: "file" },
      { name: "line" },
      { name: "expected" },
      { name: "actual" },
      { name: "message" },
    ],
    rows: findings.map((one) => [
      one.kind,
      one.firstBar,
      one.symbol,
      one.indicator,
      one.file,
      one.line,
      one.expected,
      one.actual,
      one.message,
    ]),
  };
}
