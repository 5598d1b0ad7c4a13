import type { Faults } from "./faults.ts";
import type { WireRow } from "./wire.ts";

/** What a venue's next version does to a message: a field that nobody knows, one that is gone, a quantity of null (X21). */
export function spoilRow(row: WireRow, faults: Faults): WireRow {
  const stream = faults.of("X21");
  const kind = stream.integer(0, 2);
  if (kind === 0) return { ...row, brandNew: "2" };
  const fields = Object.keys(row).filter((field) => FIELDS.includes(field));
  if (fields.length === 0) return { ...row, brandNew: "2" };
  const field = stream.pick(fields);
  if (kind === 1) return { ...row, [field]: null };
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
}

/** What somebody reads. */
const FIELDS: readonly string[] = [
  "qty",
  "side",
  "symbol",
  "slot",
  "wallet",
  "execId",
  "news",
  "leverage",
];
