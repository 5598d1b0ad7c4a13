/**
 * Checks that a FlatBuffer stays inside its bytes: every table, vector and string that its layout names. The readers
 * that are generated from a schema do not look, and follow a damaged length for gigabytes.
 *
 * Format: https://flatbuffers.dev/internals/
 */

/** What a field holds: so many bytes in place, or an offset to something. */
export type FieldShape =
  | { readonly kind: "scalar"; readonly bytes: number }
  | { readonly kind: "string" }
  | { readonly kind: "structs"; readonly bytes: number }
  | { readonly kind: "table" | "tables"; readonly layout: TableLayout };

/** Shapes by the index of the field in its schema; fields that are not named are only kept inside their table. */
export type TableLayout = () => Readonly<Record<number, FieldShape>>;

/** A damaged offset may lead to the same table again and again. */
const TABLES_MAX = 20_000;

/** Whether the table that the bytes begin with, and all it leads to, lies inside them. */
export function isSoundFlatbuffer(bytes: Uint8Array, layout: TableLayout): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const budget = { tables: 0 };
  return bytes.length >= 8 && isSoundTable(view, view.getUint32(0, true), layout, budget);
}

interface Budget {
  tables: number;
}

function isSoundTable(view: DataView, table: number, layout: TableLayout, budget: Budget): boolean {
  const end = view.byteLength;
  if (++budget.tables > TABLES_MAX) return false;
  if (table < 4 || table + 4 > end) return false;
  const vtable = table - view.getInt32(table, true);
  if (vtable < 0 || vtable + 4 > end) return false;
  const vtableBytes = view.getUint16(vtable, true);
  const tableBytes = view.getUint16(vtable + 2, true);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0 || vtable + vtableBytes > end) return false;
  if (tableBytes < 4 || table + tableBytes > end) return false;
  const shapes = layout();
  for (let index = 0; 4 + 2 * index < vtableBytes; index++) {
    const offset = view.getUint16(vtable + 4 + 2 * index, true);
    if (offset === 0) continue;
    const shape = shapes[index];
    const width = shape === undefined ? 1 : shape.kind === "scalar" ? shape.bytes : 4;
    if (offset < 4 || offset + width > tableBytes) return false;
    if (shape !== undefined && !isSoundField(view, table + offset, shape, budget)) return false;
  }
  return true;
}

function isSoundField(view: DataView, at: number, shape: FieldShape, budget: Budget): boolean {
  if (shape.kind === "scalar") return true;
  const distance = view.getUint32(at, true);
  const target = at + distance;
  if (distance === 0 || target + 4 > view.byteLength) return false;
  if (shape.kind === "table") return isSoundTable(view, target, shape.layout, budget);
  const count = view.getUint32(target, true);
  const width = shape.kind === "string" ? 1 : shape.kind === "structs" ? shape.bytes : 4;
  if (target + 4 + count * width > view.byteLength) return false;
  if (shape.kind !== "tables") return true;
  for (let index = 0; index < count; index++) {
    const entry = target + 4 + 4 * index;
    const step = view.getUint32(entry, true);
    if (step === 0 || !isSoundTable(view, entry + step, shape.layout, budget)) return false;
  }
  return true;
}
