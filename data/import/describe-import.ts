import type { FindingCode } from "#data/quality/finding.ts";
import { plural } from "#data/quality/wording.ts";
import type { ReadyImport } from "./plan-import.ts";

/** How changes of each kind are counted: one, many, and what was done. */
const CHANGE_WORDS: Partial<Record<FindingCode, readonly [string, string, string]>> = {
  duplicate: ["identical duplicate", "identical duplicates", "dropped"],
  roundedDuplicate: ["rounded duplicate", "rounded duplicates", "dropped"],
  conflictingDuplicate: ["conflicting duplicate", "conflicting duplicates", "dropped"],
  unfinishedLastBar: ["unfinished last bar", "unfinished last bars", "dropped"],
  notFinite: ["row without a number", "rows without a number", "dropped"],
  nonPositivePrice: [
    "row with a price of zero or below",
    "rows with a price of zero or below",
    "dropped",
  ],
  negativeVolume: ["row with an impossible volume", "rows with an impossible volume", "dropped"],
  ohlc: ["row with prices out of order", "rows with prices out of order", "dropped"],
};

/** What an import did to the rows: `1,826 rows read, 1 identical duplicate dropped`. */
export function describeImport(ready: ReadyImport): string {
  const parts = [`${plural(ready.rowsRead, "row")} read`];
  for (const [code, [one, many, verb]] of Object.entries(CHANGE_WORDS)) {
    const count = ready.changes.filter((change) => change.code === code).length;
    if (count > 0) parts.push(`${plural(count, one, many)} ${verb}`);
  }
  const misaligned = ready.changes.filter((change) => change.code === "misaligned");
  const moved = misaligned.filter((change) => change.after !== null).length;
  if (moved > 0) parts.push(`${plural(moved, "stamp")} moved to the grid`);
  if (misaligned.length > moved) {
    parts.push(`${plural(misaligned.length - moved, "row")} between two bars dropped`);
  }
  return parts.join(", ");
}
