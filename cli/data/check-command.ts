import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import type { ChoiceArgs } from "#cli/data/choice-options.ts";
import { matchSeries, unknownSeries } from "#cli/data/choose-series.ts";
import { withMarketStore, workspaceOf } from "#cli/data/market-store.ts";
import { printable } from "#cli/output/printable.ts";
import type { Emphasis } from "#cli/output/style.ts";
import type { Table } from "#cli/output/table.ts";
import { checkBars } from "#data/quality/check-bars.ts";
import { checkFunding } from "#data/quality/check-funding.ts";
import { plural } from "#data/quality/wording.ts";
import { type SeriesKey, seriesLabel } from "#data/series.ts";
import { isoTime } from "#data/store/csv-text.ts";
import type { MarketStore } from "#data/store/market-store.ts";

type CheckArgs = ChoiceArgs & { readonly "fail-on": "warning" | "error" | undefined };

type Severity = "info" | "warning" | "error";

interface Found {
  readonly code: string;
  readonly severity: Severity;
  readonly count: number;
  readonly message: string;
  readonly first: readonly { readonly time: string; readonly detail: string }[];
}

interface Checked {
  readonly key: SeriesKey;
  readonly rows: number;
  readonly findings: readonly Found[];
}

const EMPHASIS: Readonly<Record<Severity, Emphasis>> = {
  error: "error",
  warning: "warning",
  info: "faint",
};

export async function run(context: CommandContext, args: CheckArgs): Promise<CommandResult> {
  const workspace = await workspaceOf(context, args);
  const checked = await withMarketStore(workspace, (store) => checkAll(context, store, args));
  const count = (severity: Severity): number =>
    checked.flatMap(({ findings }) => findings).filter((one) => one.severity === severity).length;
  const summary = { errors: count("error"), warnings: count("warning"), infos: count("info") };
  const isFailed =
    (args["fail-on"] !== undefined && summary.errors > 0) ||
    (args["fail-on"] === "warning" && summary.warnings > 0);
  return {
    data: {
      series: checked.map(({ key, rows, findings }) => ({ ...key, rows, findings })),
      summary,
    },
    exit: isFailed ? 7 : 0,
    text: (view) => textOf(checked, summary, view),
    plain: () => plainTable(checked),
  };
}

async function checkAll(
  context: CommandContext,
  store: MarketStore,
  args: CheckArgs,
): Promise<readonly Checked[]> {
  const stored = await store.listSeries();
  const series = matchSeries(stored, args);
  if (series.length === 0 && stored.length > 0) {
    throw unknownSeries(stored, args);
  }
  const checked: Checked[] = [];
  context.progress.start("checking", series.length);
  for (const { key, rows } of series) {
    context.signal.throwIfAborted();
    context.progress.update(checked.length, printable(seriesLabel(key)));
    checked.push({ key, rows, findings: await checkOne(store, key) });
  }
  context.progress.done();
  return checked;
}

/** What the rows look like, and whether they are still the rows that were written. */
async function checkOne(store: MarketStore, key: SeriesKey): Promise<readonly Found[]> {
  const findings =
    key.kind === "funding"
      ? checkFunding(await store.readFunding(key))
      : checkBars(await store.readBars(key), { kind: key.kind });
  const damaged = await store.verifySeries(key);
  const found = findings.map(({ code, severity, count, message, first }) => ({
    code,
    severity,
    count,
    message,
    first: first.map(({ time, detail }) => ({ time: isoTime(time), detail })),
  }));
  if (damaged.length === 0) return found;
  const message = `${plural(damaged.length, "month")} no longer as written: ${damaged.join(", ")}`;
  const damage = {
    code: "damaged",
    severity: "error",
    count: damaged.length,
    message,
    first: [],
  } as const;
  return [damage, ...found];
}

function textOf(
  checked: readonly Checked[],
  summary: { readonly errors: number; readonly warnings: number },
  { style }: TextView,
): string {
  const lines = checked.flatMap(({ key, rows, findings }) => {
    const head = `${style("strong", printable(seriesLabel(key)))}  ${plural(rows, "row")}`;
    if (findings.length === 0) return [`${head}  ${style("good", "nothing found")}`];
    const shown = findings.map(
      ({ severity, message }) =>
        `  ${style(EMPHASIS[severity], severity.padEnd(7))}  ${printable(message)}`,
    );
    return [head, ...shown];
  });
  const total = `${plural(checked.length, "series", "series")}: ${plural(summary.errors, "error")}, ${plural(summary.warnings, "warning")}`;
  return [...lines, "", total].join("\n");
}

function plainTable(checked: readonly Checked[]): Table {
  return {
    columns: ["exchange", "symbol", "kind", "interval", "severity", "code", "count", "message"].map(
      (name) => ({ name }),
    ),
    rows: checked.flatMap(({ key, findings }) =>
      findings.map(({ severity, code, count, message }) => [
        key.exchange,
        key.symbol,
        key.kind,
        key.interval,
        severity,
        code,
        count,
        message,
      ]),
    ),
  };
}
