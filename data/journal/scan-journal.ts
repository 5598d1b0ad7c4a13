import { createHash } from "node:crypto";
import { join } from "node:path";
import { assert } from "#engine/assert.ts";
import type { Disk } from "./disk.ts";
import { formatOf, HEADER_KIND, type HeaderData, parseHeader } from "./header.ts";
import {
  type DamageReason,
  JOURNAL_FORMAT,
  type JournalDamage,
  newerError,
} from "./journal-errors.ts";
import { type JournalFolder, segmentName } from "./journal-folder.ts";
import { type Envelope, findEnvelope, NO_RECORD, readEnvelope } from "./record-line.ts";
import { SegmentReader } from "./segment-reader.ts";

/** The intact part of one segment. */
export interface SegmentFacts {
  readonly number: number;
  readonly bytes: number;
  readonly records: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Epoch ms of the header. */
  readonly startedAt: number;
  readonly header: HeaderData;
  /** `prev` of the header: the checksum of the last record before this segment. */
  readonly prev: string;
  /** Of the whole file. */
  readonly sha256: string;
}

/** Bytes at the end of a journal behind which nothing is intact: the rest of a write that a crash cut short. */
export interface TornTail {
  readonly segment: number;
  readonly offset: number;
  /** Of all segments from there on. */
  readonly bytes: number;
}

export interface JournalScan {
  readonly segments: readonly SegmentFacts[];
  /** 0 and `00000000` without a record. */
  readonly lastSeq: number;
  readonly lastCrc: string;
  readonly tail: TornTail | null;
  readonly damage: JournalDamage | null;
}

/** Where the first record that is not as it should be stands. */
interface BadPlace {
  readonly reason: DamageReason;
  readonly segment: number;
  readonly offset: number;
  readonly seqBefore: number;
  readonly seqAfter: number | null;
}

/**
 * Checks every record of a journal: layout, checksum, chain, sequence, headers, seals. Reads in blocks and changes
 * nothing. `visit` sees each intact record up to the first bad place, in order.
 *
 * @throws E_JOURNAL_NEWER when a segment has a newer format
 */
export function scanJournal(
  disk: Disk,
  folder: JournalFolder,
  visit: (record: Envelope) => void = () => {},
): JournalScan {
  const scan = new Scan(disk, folder, visit);
  for (const number of folder.segments) scan.segment(number);
  return scan.result();
}

interface SegmentStart {
  readonly data: HeaderData;
  readonly record: Envelope;
}

class Scan {
  readonly #disk: Disk;
  readonly #folder: JournalFolder;
  readonly #visit: (record: Envelope) => void;
  readonly #segments: SegmentFacts[] = [];
  #lastSeq = 0;
  #lastCrc = NO_RECORD;
  #bad: BadPlace | null = null;
  #bytesFromBad = 0;
  /** Of the segment at hand. */
  #header: SegmentStart | null = null;
  #records = 0;
  #intactBytes = 0;

  constructor(disk: Disk, folder: JournalFolder, visit: (record: Envelope) => void) {
    this.#disk = disk;
    this.#folder = folder;
    this.#visit = visit;
  }

  segment(number: number): void {
    const before = this.#segments.at(-1);
    this.#header = null;
    this.#records = 0;
    this.#intactBytes = 0;
    const hash = createHash("sha256");
    const path = join(this.#folder.path, segmentName(number));
    const reader = new SegmentReader(this.#disk, path, { hash });
    if (before !== undefined && number !== before.number + 1) {
      this.#mark("missing-segment", number, 0, null);
    }
    try {
      while (reader.next()) this.#line(reader, number);
    } finally {
      reader.close();
    }
    if (this.#bad !== null) this.#bytesFromBad += reader.nextOffset - this.#badOffset(number);
    // An empty file, from a crash just after its creation.
    else if (this.#header === null) this.#mark("no-header", number, 0, null);
    const header = this.#headerAtHand();
    if (header === null) return;
    this.#segments.push({
      number,
      bytes: this.#intactBytes,
      records: this.#records,
      firstSeq: header.record.seq,
      lastSeq: this.#lastSeq,
      startedAt: header.record.ts,
      header: header.data,
      prev: header.record.prev,
      sha256: hash.digest("hex"),
    });
  }

  result(): JournalScan {
    const bad = this.#bad;
    const isDamaged = bad !== null && bad.seqAfter !== null;
    const tail =
      bad !== null && !isDamaged
        ? { segment: bad.segment, offset: bad.offset, bytes: this.#bytesFromBad }
        : null;
    return {
      segments: this.#segments,
      lastSeq: this.#lastSeq,
      lastCrc: this.#lastCrc,
      tail,
      damage: isDamaged
        ? { ...bad, folder: this.#folder.path, segmentName: segmentName(bad.segment) }
        : null,
    };
  }

  #line(reader: SegmentReader, number: number): void {
    const { bytes, start, end, offset } = reader;
    if (this.#bad !== null) {
      this.#lookBehind(bytes, start, end, number);
      return;
    }
    const record = reader.isWhole ? readEnvelope(bytes, start, end) : null;
    if (record === null) {
      this.#mark(this.#records === 0 ? "no-header" : "broken-record", number, offset, null);
      // A line feed that was lost makes one line of two records; the second is then intact.
      this.#lookBehind(bytes, start + 1, end, number);
      return;
    }
    const problem = this.#problemOf(record, number, bytes);
    if (problem === "other-segment") return this.#distrustLast(record);
    if (problem !== null) return this.#mark(problem, number, offset, record.seq);
    this.#lastSeq = record.seq;
    this.#lastCrc = record.crc;
    this.#records += 1;
    this.#intactBytes = reader.nextOffset;
    this.#visit(record);
  }

  /** What is wrong with an intact record at this place; takes note of a header. */
  #problemOf(record: Envelope, number: number, bytes: Buffer): DamageReason | null {
    const isNext = record.seq === this.#lastSeq + 1 && record.prev === this.#lastCrc;
    if (this.#records > 0) return isNext ? null : "broken-chain";
    const header = this.#readHeader(record, number, bytes);
    if (header === null || header.segment !== number) return "no-header";
    const before = this.#segments.at(-1);
    // The first segment at hand need not be the first of the journal: older ones may have been moved away.
    const isStart = before === undefined && (record.seq > 1 || isNext);
    if (isStart) {
      this.#lastSeq = record.seq - 1;
      this.#lastCrc = record.prev;
    } else {
      if (!isNext || before === undefined) return "broken-chain";
      const { number: segment, bytes: size, sha256 } = before;
      const { sealed } = header;
      const isSealed = sealed?.segment === segment && sealed.bytes === size;
      if (!isSealed || sealed.sha256 !== sha256) return "other-segment";
    }
    this.#header = { data: header, record };
    return null;
  }

  /** @throws E_JOURNAL_NEWER */
  #readHeader(record: Envelope, number: number, bytes: Buffer): HeaderData | null {
    if (record.kind !== HEADER_KIND) return null;
    const data: unknown = JSON.parse(bytes.toString("utf8", record.dataStart, record.dataEnd));
    const format = formatOf(data);
    if (format !== null && format > JOURNAL_FORMAT) {
      throw newerError(this.#folder.path, segmentName(number), format);
    }
    return parseHeader(data);
  }

  /** Behind the first bad place: is there anything intact, and is it of a newer format? */
  #lookBehind(bytes: Buffer, start: number, end: number, number: number): void {
    const found = findEnvelope(bytes, start, end);
    if (found === null) return;
    if (found.kind === HEADER_KIND) this.#readHeader(found, number, bytes);
    if (this.#bad !== null && this.#bad.seqAfter === null) {
      this.#bad = { ...this.#bad, seqAfter: found.seq };
    }
  }

  /** The records of the segment before are intact one by one, and yet they are not those that were sealed. */
  #distrustLast(header: Envelope): void {
    const last = this.#segments.at(-1);
    assert(last !== undefined, () => "A seal is checked against a segment");
    this.#lastSeq = last.firstSeq - 1;
    this.#lastCrc = last.prev;
    this.#mark("other-segment", last.number, 0, header.seq);
  }

  #mark(reason: DamageReason, segment: number, offset: number, seqAfter: number | null): void {
    this.#bad ??= { reason, segment, offset, seqBefore: this.#lastSeq, seqAfter };
  }

  /** Read through a method: the reading of a line sets it. */
  #headerAtHand(): SegmentStart | null {
    return this.#header;
  }

  #badOffset(number: number): number {
    return this.#bad?.segment === number ? this.#bad.offset : 0;
  }
}
