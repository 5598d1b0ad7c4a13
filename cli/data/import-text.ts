import type { TextView } from "#cli/command-result.ts";
import type { ImportItem } from "#cli/data/import-item.ts";
import { printable } from "#cli/output/printable.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { plural } from "#data/quality/wording.ts";

/** A terminal shows so many changes of one file; `--json` has them all. */
const CHANGES_SHOWN = 20;

/** The table of an import, then what was changed, what a person should know, and what was refused and why. */
export function importText(items: readonly ImportItem[], view: TextView): string {
  const { style, width, isTerminal } = view;
  const shown = items.filter(({ outcome }) => outcome !== "skipped");
  const blocks: string[] = [];
  if (shown.length > 0) {
    blocks.push(
      renderTable(importTable(shown), {
        width: isTerminal ? width : Infinity,
        header: (line) => style("strong", line),
      }),
    );
  }
  const remarks = shown.flatMap((item) => [
    ...changeLines(item),
    ...item.findings
      .filter(({ severity }) => severity !== "info" && item.outcome !== "refused")
      .map(
        ({ message }) => `${style("warning", "warning")}  ${printable(`${item.path}: ${message}`)}`,
      ),
  ]);
  remarks.push(...noteLines(shown));
  if (remarks.length > 0) blocks.push(remarks.join("\n"));
  for (const item of shown) {
    if (item.error === null) continue;
    const { code, message, hint, or } = item.error;
    const lines = [
      `${style("error", "refused")} ${style("strong", code)}  ${printable(`${item.path}: ${message}`)}`,
    ];
    if (hint !== null) lines.push(`  ${style("faint", "fix  ")}  ${printable(hint)}`);
    if (or !== null) lines.push(`  ${style("faint", "or   ")}  ${printable(or)}`);
    blocks.push(lines.join("\n"));
  }
  blocks.push(totalLine(items));
  return blocks.join("\n\n");
}

/** The columns of the report; every item, for `--plain`. */
export function importTable(items: readonly ImportItem[]): Table {
  return {
    columns: [
      { name: "file", shrink: true },
      { name: "series" },
      { name: "rows read", align: "right" },
      { name: "inserted", align: "right" },
      { name: "replaced", align: "right", whenNarrow: "dropIfZero" },
      { name: "unchanged", align: "right", whenNarrow: "dropIfZero" },
      { name: "dropped", align: "right", whenNarrow: "dropIfZero" },
      { name: "findings", whenNarrow: "drop" },
      { name: "outcome" },
    ],
    rows: items.map((item) => [
      item.path,
      seriesText(item),
      item.rowsRead,
      item.inserted,
      item.replaced,
      item.unchanged,
      item.dropped,
      findingsText(item),
      item.outcome,
    ]),
  };
}

function seriesText({ series }: ImportItem): string {
  if (series === null) return "";
  const { exchange, symbol, interval, kind } = series;
  return [exchange ?? "?", symbol ?? "?", interval, kind].filter((word) => word !== null).join(" ");
}

function findingsText({ findings }: ImportItem): string {
  const words = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [severity === "info" ? `${count} info` : plural(count, severity)];
  });
  return words.join(", ");
}

/** What was concluded rather than read: the same conclusion about many files is one line. */
function noteLines(items: readonly ImportItem[]): readonly string[] {
  const paths = new Map<string, string[]>();
  for (const { path, notes } of items) {
    for (const note of notes) paths.set(note, [...(paths.get(note) ?? []), path]);
  }
  return [...paths].map(([note, [first = "", ...others]]) => {
    const where = others.length === 0 ? first : `${first} and ${plural(others.length, "other")}`;
    return printable(`note     ${where}: ${note}`);
  });
}

function changeLines(item: ImportItem): readonly string[] {
  const lines = item.changes
    .slice(0, CHANGES_SHOWN)
    .map(({ message }) => printable(`changed  ${item.path}: ${message}`));
  const more = item.changes.length - lines.length;
  return more === 0
    ? lines
    : [...lines, printable(`changed  ${item.path}: ${more} more, listed by --json`)];
}

function totalLine(items: readonly ImportItem[]): string {
  const count = (outcome: ImportItem["outcome"]): number =>
    items.filter((item) => item.outcome === outcome).length;
  const parts = (["stored", "unchanged", "checked", "refused", "skipped"] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  return parts.length === 0 ? "Nothing to import" : parts.join(", ");
}
