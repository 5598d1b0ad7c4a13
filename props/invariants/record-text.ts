import { isoTime } from "#engine/market/iso-time.ts";
import { fromUnits } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import { ORDER_TYPE, purposeName } from "#engine/model/order-terms.ts";
import { type Status, statusName } from "#engine/orders/order-status.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { RecordRow } from "#engine/testing/record-rows.ts";

const KINDS = Object.fromEntries(Object.entries(RECORD).map(([name, kind]) => [kind, name]));
const TYPES = Object.keys(ORDER_TYPE);

/** A record in words: what the engine did, when, and how much of what. */
export function recordText(row: RecordRow | undefined, instruments: readonly Instrument[]): string {
  if (row === undefined) return "nothing";
  const [kind = 0, time = 0, symbol = 0, , , five = 0, six = 0, seven = 0, eight = 0, nine = 0] =
    row;
  const instrument = instruments[symbol];
  const head = `${isoTime(time)} ${KINDS[kind] ?? String(kind)} ${instrument?.symbol ?? symbol}`;
  if (instrument === undefined) return head;
  const qty = `${five > 0 ? "buy" : "sell"} ${fromUnits(instrument.lot, Math.abs(five))}`;
  const price = (word: string, ticks: number): string =>
    ticks === -1 ? "" : ` ${word} ${fromUnits(instrument.tick, ticks)}`;
  switch (kind) {
    case RECORD.intent: {
      const reduceOnly = nine % 2 === 1 ? " reduce-only" : "";
      const type = TYPES[eight] ?? "";
      return `${head} (${purposeName(Math.floor(nine / 2))}): ${qty} ${type}${price("at", six)}${price("trigger", seven)}${reduceOnly}`;
    }
    case RECORD.fill:
    case RECORD.liquidation:
    case RECORD.external:
      return `${head}: ${qty}${price("at", six)}`;
    case RECORD.transition:
      return `${head}: ${statusName(five as Status)}, ${fromUnits(instrument.lot, six)} filled`;
    case RECORD.ledger:
      return `${head}: realised ${five}, fee ${six}, wallet ${seven}, position ${fromUnits(instrument.lot, eight)}`;
    default:
      return `${head}: ${row.slice(5).join(" ")}`;
  }
}

/** Place of the first record in which two runs differ; −1 where none does. */
export function firstDifference(a: readonly RecordRow[], b: readonly RecordRow[]): number {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a[at], b[at]];
    if (one === undefined || other === undefined) return at;
    if (one.some((value, column) => !Object.is(value, other[column]))) return at;
  }
  return -1;
}
