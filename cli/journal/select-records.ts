import { parseTimeBound, type TimeBound } from "#cli/time-bound.ts";
import type { RecordLine } from "#data/journal/read-records.ts";

/** Which records are shown. */
export interface Selection {
  readonly from: Bound | null;
  readonly to: Bound | null;
  /** Empty for all. */
  readonly kinds: readonly string[];
  /** Empty for all. */
  readonly targets: readonly string[];
}

/** A record by its number, or a moment. */
export type Bound = { readonly kind: "seq"; readonly seq: number } | TimeBound;

/** Digits alone are the number of a record; a year alone would look the same and is not taken. @throws E_USAGE */
export function parseBound(text: string | undefined, name: string): Bound | null {
  if (text === undefined) return null;
  const trimmed = text.trim();
  if (/^\d{1,15}$/.test(trimmed)) return { kind: "seq", seq: Number(trimmed) };
  return parseTimeBound(trimmed, name);
}

/**
 * Whether a record is selected. Numbers are inclusive at both ends; times include the first moment and exclude the
 * last one; a distance counts back from `end`, the time of the last record.
 */
export function selector(
  selection: Selection,
  end: number,
): (record: Pick<RecordLine, "seq" | "ts" | "kind" | "target">) => boolean {
  const { kinds, targets } = selection;
  const from = selection.from === null ? null : atTime(selection.from, end);
  const to = selection.to === null ? null : atTime(selection.to, end);
  return (record) => {
    if (kinds.length > 0 && !kinds.includes(record.kind)) return false;
    if (targets.length > 0 && !targets.includes(record.target ?? "")) return false;
    if (from?.kind === "seq" && record.seq < from.seq) return false;
    if (from?.kind === "at" && record.ts < from.ms) return false;
    if (to?.kind === "seq" && record.seq > to.seq) return false;
    return !(to?.kind === "at" && record.ts >= to.ms);
  };
}

function atTime(bound: Bound, end: number): Bound {
  return bound.kind === "back" ? { kind: "at", ms: end - bound.ms } : bound;
}
