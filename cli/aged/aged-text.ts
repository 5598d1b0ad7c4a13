import type { AgedDocument } from "#cli/aged/aged-document.ts";
import type { Table } from "#cli/output/table.ts";

/** One row per stage and reason. */
export function agedTable({ attribution }: AgedDocument): Table {
  const names = ["aged", "closed by", "count", "share", "hours aged", "P&L %", "worst %", "net"];
  return {
    columns: names.map((name, at) => ({
      name,
      align: at < 2 ? ("left" as const) : ("right" as const),
    })),
    rows: attribution.map((row) => [
      row.stage,
      row.reason,
      String(row.count),
      `${row.sharePct.toFixed(1)} %`,
      row.hoursAged.toFixed(1),
      decimals(row.pnlPct),
      decimals(row.pnlPctWorst),
      decimals(row.netPnlSum),
    ]),
  };
}

function decimals(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}
