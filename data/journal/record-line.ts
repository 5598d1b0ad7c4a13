import { crc32 } from "node:zlib";
import { assert } from "#engine/assert.ts";

/**
 * One record is one line of JSON in a fixed layout:
 *
 *     {"seq":7,"ts":1700000000000,"kind":"step","target":"bybit:paper","prev":"<crc>","data":…,"crc":"<crc>"}
 *
 * `crc` is the CRC-32, as eight digits of lower-case hex, of all bytes before `,"crc"`; `prev` is the `crc` of the
 * record before, `00000000` for the first. A line that is not exactly of this form, or not ended by a line feed, is
 * no record.
 */

/** Kinds and targets are short words of printable ASCII without quotes and backslashes: they need no escapes. */
const WORD = "[ !#-\\[\\]-~]{1,64}";
const IS_WORD = new RegExp(`^${WORD}$`);
const HEAD = new RegExp(
  `^\\{"seq":([1-9]\\d{0,15}),"ts":(0|-?[1-9]\\d{0,15}),"kind":"(${WORD})",` +
    `"target":(?:null|"(${WORD})"),"prev":"([0-9a-f]{8})","data":`,
);
/** Seven fixed texts, two numbers of up to 17 characters, two words and a checksum. */
const HEAD_LENGTH_MAX = 256;
/** The last epoch ms that JavaScript has a date for. */
const TIME_MAX = 8_640_000_000_000_000;
const TAIL_START = ',"crc":"';
const TAIL_END = '"}';
/** `,"crc":"0123abcd"}` without the line feed. */
const TAIL_LENGTH = TAIL_START.length + 8 + TAIL_END.length;
/** The bytes that every record begins with. */
export const RECORD_START: Uint8Array = Buffer.from('{"seq":');
/** `prev` of the very first record. */
export const NO_RECORD = "00000000";

/** The parts of a record that the journal itself looks at. */
export interface Envelope {
  readonly seq: number;
  /** Epoch ms. */
  readonly ts: number;
  readonly kind: string;
  readonly target: string | null;
  readonly prev: string;
  readonly crc: string;
  /** Where the text of `data` stands in the bytes that were read. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** Everything of a record before its checksum. `dataText` is JSON. */
export function recordHead(
  record: Pick<Envelope, "seq" | "ts" | "kind" | "target" | "prev">,
  dataText: string,
): string {
  const { seq, ts, kind, target, prev } = record;
  assert(Number.isSafeInteger(seq) && seq > 0, () => `The sequence is a positive integer: ${seq}`);
  assert(Number.isInteger(ts), () => `The time of a record is epoch ms, an integer: ${ts}`);
  assert(Math.abs(ts) <= TIME_MAX, () => `The time of a record is one that a date can tell: ${ts}`);
  assert(IS_WORD.test(kind), () => `The kind of a record is a short ASCII word: "${kind}"`);
  if (target === null) {
    return `{"seq":${seq},"ts":${ts},"kind":"${kind}","target":null,"prev":"${prev}","data":${dataText}`;
  }
  assert(IS_WORD.test(target), () => `The target of a record is a short ASCII word: "${target}"`);
  return `{"seq":${seq},"ts":${ts},"kind":"${kind}","target":"${target}","prev":"${prev}","data":${dataText}`;
}

/** What follows the head: the checksum and the line feed. ASCII. */
export function recordTail(crc: string): string {
  return `${TAIL_START}${crc}${TAIL_END}\n`;
}

/** CRC-32 as in the journal. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

/** Reads one line, without its line feed; null when it is no intact record. */
export function readEnvelope(bytes: Buffer, start: number, end: number): Envelope | null {
  const headEnd = end - TAIL_LENGTH;
  if (headEnd <= start) return null;
  const tail = bytes.toString("latin1", headEnd, end);
  if (!tail.startsWith(TAIL_START) || !tail.endsWith(TAIL_END)) return null;
  const crc = tail.slice(TAIL_START.length, -TAIL_END.length);
  if (checksum(bytes.subarray(start, headEnd)) !== crc) return null;
  const match = HEAD.exec(
    bytes.toString("latin1", start, Math.min(headEnd, start + HEAD_LENGTH_MAX)),
  );
  if (match === null) return null;
  return {
    seq: Number(match[1]),
    ts: Number(match[2]),
    kind: match[3] as string,
    target: match[4] ?? null,
    prev: match[5] as string,
    crc,
    dataStart: start + match[0].length,
    dataEnd: headEnd,
  };
}

/** The first intact record that begins anywhere in a line that is not one itself; null when there is none. */
export function findEnvelope(bytes: Buffer, start: number, end: number): Envelope | null {
  let at = bytes.indexOf(RECORD_START, start);
  while (at >= 0 && at < end) {
    const found = readEnvelope(bytes, at, end);
    if (found !== null) return found;
    at = bytes.indexOf(RECORD_START, at + 1);
  }
  return null;
}
