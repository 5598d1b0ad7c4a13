import { isoTime } from "#data/store/csv-text.ts";
import { STATUS } from "#engine/orders/order-status.ts";

/** What is read of a disk. */
export interface ReadableDisk {
  readonly paths: readonly string[];
  contentOf(path: string): Uint8Array | null;
}

/** A record of a journal as far as it is shown. */
export interface ShownRecord {
  readonly seq: number;
  readonly ts: number;
  readonly kind: string;
  readonly target: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const SEGMENT = /^\/journal\/\d+\.jsonl$/;
const STATUS_NAMES = Object.keys(STATUS);
/** Longer values are cut in a line for people. */
const VALUE_MAX = 60;

/** The segments of the simulated journal in their order, torn ends included. */
export function segmentsOf(disk: ReadableDisk): readonly Uint8Array[] {
  return disk.paths
    .filter((path) => SEGMENT.test(path))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((path) => disk.contentOf(path) ?? []);
}

/** The records that can be read, in their order; damaged lines are passed over. */
export function* recordsOf(disk: ReadableDisk): Generator<ShownRecord> {
  for (const segment of segmentsOf(disk)) {
    for (const line of Buffer.from(segment).toString("utf8").split("\n")) {
      const record = parse(line);
      if (record !== null) yield record;
    }
  }
}

/** Lines of the last `count` records up to `seq`. */
export function lastRecords(disk: ReadableDisk, seq: number, count: number): readonly string[] {
  const last: ShownRecord[] = [];
  for (const record of recordsOf(disk)) {
    if (record.seq > seq) continue;
    last.push(record);
    if (last.length > count) last.shift();
  }
  return last.map(recordText);
}

/** One record as a line for people. */
export function recordText({ seq, ts, kind, target, data }: ShownRecord): string {
  const head = `${String(seq).padStart(6)}  ${isoTime(ts)}  ${target ?? "-"}  ${kind}`;
  const said = kind === "header" || kind === "started" ? "" : dataText(data);
  return said === "" ? head : `${head}  ${said}`;
}

function parse(line: string): ShownRecord | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as ShownRecord;
  } catch {
    // A torn or flipped line: the journal says so itself when it is opened.
    return null;
  }
}

function dataText(data: Readonly<Record<string, unknown>>): string {
  const { event, orders, requests, notes, control, symbols, records, ...rest } = data;
  const { time: _time, snapshot, ...said } = objectOf(event);
  const parts = [
    ...Object.entries(said).map(fieldText),
    ...Object.entries(rest).filter(isPlain).map(fieldText),
    ...(snapshot === undefined || snapshot === null ? [] : [snapshotText(objectOf(snapshot))]),
    ...listOf(orders).map(orderText),
    ...listOf(requests).map(requestText),
    ...listOf(notes).map(
      (note) => `note(${Object.entries(note).filter(isPlain).map(fieldText).join(" ")})`,
    ),
    ...(control === undefined ? [] : [`control(${Object.keys(objectOf(control)).join(" ")})`]),
    ...(symbols === undefined ? [] : [`symbols(${Object.keys(objectOf(symbols)).join(" ")})`]),
    ...(records === undefined ? [] : [`records(${listOf(records).length})`]),
  ];
  return parts.join("  ");
}

function orderText(order: Readonly<Record<string, unknown>>): string {
  const { requestId, status, filledLots, qtyLots } = order;
  const word = STATUS_NAMES[Number(status)] ?? valueText(status);
  return `order(#${valueText(requestId)} ${word} ${valueText(filledLots)}/${valueText(qtyLots)})`;
}

function requestText(request: Readonly<Record<string, unknown>>): string {
  const { kind, order, symbol, attempt, requestId } = request;
  return `${valueText(kind)}(#${valueText(order)} ${valueText(symbol)} attempt ${valueText(attempt)} ${valueText(requestId)})`;
}

function snapshotText(snapshot: Readonly<Record<string, unknown>>): string {
  const counts = Object.entries(snapshot).flatMap(([name, value]) =>
    Array.isArray(value) ? [`${name} ${value.length}`] : [],
  );
  return `cut(${counts.join(", ")})`;
}

function fieldText([name, value]: readonly [string, unknown]): string {
  return `${name} ${valueText(value)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text;
}

function isPlain([, value]: readonly [string, unknown]): boolean {
  return typeof value !== "object" || value === null;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** The last record that can be read, 0 without one. */
export function lastSeqOf(disk: ReadableDisk): number {
  for (const segment of segmentsOf(disk).toReversed()) {
    const lines = Buffer.from(segment).toString("utf8").split("\n").toReversed();
    for (const line of lines) {
      const record = parse(line);
      if (record !== null) return record.seq;
    }
  }
  return 0;
}
