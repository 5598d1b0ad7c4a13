import type { TextView } from "#cli/command-result.ts";
import { printable } from "#cli/output/printable.ts";
import { type Cell, type Column, renderTable, type Table } from "#cli/output/table.ts";
import type { ScenarioResult } from "#sim/scenario/run-scenario.ts";
import type { ScenarioOutcome } from "#sim/scenario/scenario-outcome.ts";

export interface TextResult {
  readonly file: string;
  readonly result: ScenarioResult;
}

/** What a person sees: the differences of those that failed, what happened where nothing is expected, and a count. */
export function scenarioText(results: readonly TextResult[], view: TextView): string {
  const { style } = view;
  const pieces = results.flatMap(({ file, result }) => {
    const { name, source, passed, outcome } = result;
    if (passed === true) return [];
    const word = passed === null ? style("strong", "ran") : style("bad", "FAILED");
    const head = [
      `${word}  ${printable(name)}`,
      style("faint", printable(source === null ? file : `${file}: ${source}`)),
    ];
    const body = passed === null ? happened(outcome, view) : differenceTable(result, view);
    return [[...head, ...body].join("\n")];
  });
  return `${[...pieces, countLine(results, view)].join("\n\n")}\n`;
}

/** One line per scenario, for `--plain`. */
export function scenarioTable(results: readonly TextResult[]): Table {
  return {
    columns: [
      { name: "file" },
      { name: "name" },
      { name: "result" },
      { name: "differences" },
      { name: "first" },
    ],
    rows: results.map(({ file, result: { name, passed, differences } }) => {
      const [first] = differences;
      const text =
        first === undefined
          ? ""
          : `${first.path}: expected ${cell(first.expected)}, got ${cell(first.actual)}`;
      const word = passed === null ? "ran" : passed ? "passed" : "failed";
      return [file, name, word, differences.length, text];
    }),
  };
}

function countLine(results: readonly TextResult[], { style }: TextView): string {
  const passed = results.filter(({ result }) => result.passed === true).length;
  const failed = results.filter(({ result }) => result.passed === false).length;
  const ran = results.length - passed - failed;
  const words = [`${passed} passed`, `${failed} failed`];
  if (ran > 0) words.push(`${ran} without an expectation`);
  return style(failed > 0 ? "bad" : "good", words.join(", "));
}

function differenceTable({ differences }: ScenarioResult, view: TextView): readonly string[] {
  const columns = [
    { name: "what" },
    { name: "expected", shrink: true },
    { name: "actual", shrink: true },
  ];
  const rows = differences.map(({ path, expected, actual }) => [
    path,
    cell(expected),
    cell(actual),
  ]);
  return ["", laidOut({ columns, rows }, view)];
}

function happened(outcome: ScenarioOutcome, view: TextView): readonly string[] {
  const { fills, trades, orders, position, positions, final, rejects } = outcome;
  const lines: string[] = [];
  for (const [title, rows] of Object.entries({ fills, trades, rejects })) {
    if (rows.length > 0) lines.push("", view.style("strong", title), laidOut(tableOf(rows), view));
  }
  const rows = { orders, ...(position === undefined ? {} : { position }), ...positions, final };
  lines.push("");
  for (const [title, row] of Object.entries(rows)) {
    const text = Object.entries(row).map(([key, value]) => `${key} ${cell(value)}`);
    if (text.length > 0) lines.push(`${view.style("strong", title)}  ${text.join("  ")}`);
  }
  return lines;
}

function tableOf(rows: readonly object[]): Table {
  const names = Object.keys(rows[0] ?? {});
  const columns: Column[] = names.map((name) => ({ name }));
  return {
    columns,
    rows: rows.map((row) => names.map((name) => (row as Record<string, Cell>)[name])),
  };
}

function laidOut(table: Table, view: TextView): string {
  const width = view.isTerminal ? view.width : Number.POSITIVE_INFINITY;
  return renderTable(table, { width, header: (text) => view.style("faint", text) });
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value !== "object") return JSON.stringify(value).replaceAll('"', "");
  return Object.entries(value)
    .map(([key, part]) => `${key} ${String(part)}`)
    .join(", ");
}
