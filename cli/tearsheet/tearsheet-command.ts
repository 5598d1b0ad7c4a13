import { readFile } from "node:fs/promises";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult, TextView } from "#cli/command-result.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatMetric } from "#reports/metrics/format.ts";
import { METRICS, type MetricGroup } from "#reports/metrics/metric-table.ts";
import { REASONS, type Summary } from "#reports/metrics/metric-value.ts";
import { readTearsheetCsv } from "#reports/tearsheet/read-tearsheet-csv.ts";
import { tearsheetSummary, tearsheetWarnings } from "#reports/tearsheet/tearsheet-summary.ts";

interface TearsheetArgs {
  readonly file: string;
  readonly kind: "equity" | "returns";
  readonly periods: number | undefined;
  readonly rf: number;
  readonly "no-gates": boolean;
  readonly seed: number;
}

export async function run(context: CommandContext, args: TearsheetArgs): Promise<CommandResult> {
  const series = readTearsheetCsv(await readText(args.file));
  for (const message of tearsheetWarnings(series, args.kind)) {
    context.warn({ code: "tearsheet-input", message });
  }
  const summary = tearsheetSummary(series, {
    kind: args.kind,
    periods: args.periods,
    rf: args.rf,
    gates: !args["no-gates"],
    seed: args.seed,
  });
  return {
    data: { summary: summary.metrics, reasons: summary.reasons },
    text: (view) => textOf(summary, view),
    plain: () => plainTable(summary),
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new DrydockError(
      isMissing ? "E_FILE_MISSING" : "E_FILE_UNREADABLE",
      isMissing ? `The file "${file}" does not exist` : `The file "${file}" can not be read`,
      { hint: "Name a CSV file of equity or returns", cause: error },
    );
  }
}

/** Metrics that need trades are all empty here, so a person sees only the groups that have something to say. */
const SHOWN_GROUPS: readonly MetricGroup[] = [
  "Money",
  "Return",
  "Risk",
  "Ratio",
  "Evidence",
  "Benchmark",
];

function textOf(summary: Summary, view: TextView): string {
  const shown = METRICS.filter(
    ({ key, group }) => SHOWN_GROUPS.includes(group) && summary.reasons[key] !== "no-trades",
  );
  const table: Table = {
    columns: [
      { name: "metric" },
      { name: "value", align: "right" },
      { name: "note", shrink: true },
    ],
    rows: shown.map(({ key, label }) => {
      const reason = summary.reasons[key];
      const note = reason === undefined ? "" : REASONS[reason];
      return [label, formatMetric(key, summary.metrics[key]), note];
    }),
  };
  const width = view.isTerminal ? view.width : Infinity;
  const lines = renderTable(table, { width }).split("\n");
  if (lines.length !== shown.length + 1) return lines.join("\n");
  // One table, so that the columns stand in line, with the groups set apart.
  return lines
    .flatMap((line, index) => {
      const group = shown[index - 1]?.group;
      const isFirst = group !== undefined && group !== shown[index - 2]?.group;
      return isFirst ? ["", view.style("strong", group), line] : [line];
    })
    .join("\n");
}

/** Full precision, every metric. */
function plainTable(summary: Summary): Table {
  return {
    columns: [{ name: "metric" }, { name: "value" }, { name: "reason" }],
    rows: METRICS.map(({ key }) => [key, summary.metrics[key], summary.reasons[key] ?? null]),
  };
}
