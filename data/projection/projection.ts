import type { DuckDBConnection } from "@duckdb/node-api";
import type { Disk } from "#data/journal/disk.ts";
import type { JournalState } from "#data/journal/inspect-journal.ts";
import type { Database } from "#data/store/database.ts";
import { DrydockError } from "#engine/errors.ts";
import { JournalTail } from "./journal-tail.ts";
import { linkOf } from "./link.ts";
import type { Memory } from "./memory.ts";
import { createTables, type Wrap } from "./projection-file.ts";
import { Projector } from "./projector.ts";
import { readMemory } from "./read-memory.ts";
import type { ProjectedRecord } from "./record-schema.ts";
import { writeBatch } from "./write-batch.ts";

/** Records of one transaction: durability.md has 9.9 ms for so many. */
export const BATCH_RECORDS = 1_000;
/** Queries at one time. */
const READERS_MAX = 2;

export interface ProjectionParts {
  readonly database: Database;
  readonly disk: Disk;
  readonly journalFolder: string;
  readonly wrap: Wrap;
}

/**
 * The tables of a journal, written in batches: each is one transaction that also moves `last_seq`, so what stands in
 * them is always what the records up to that one lead to. Nobody who trades waits for it, and nothing is lost with it.
 */
export class Projection {
  readonly #parts: ProjectionParts;
  /** Null once the tables cannot be read any more. */
  #projector: Projector | null;
  #tail: JournalTail | null = null;
  /** Where the tail began. */
  #segment = 1;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #waiting: (() => void)[] = [];
  #readers = 0;

  constructor(parts: ProjectionParts, projector: Projector) {
    this.#parts = parts;
    this.#projector = projector;
  }

  /** The last record that the tables contain. */
  get lastSeq(): number {
    return this.#memory.lastSeq;
  }

  get lastCrc(): string {
    return this.#memory.lastCrc;
  }

  /** The first record that the tables tell of; 1 unless older ones were moved away. */
  get historyFrom(): number {
    return this.#memory.historyFrom;
  }

  /** Where a journal is read on, as it was found when it was inspected. */
  follow({ segments }: JournalState): void {
    const { lastSeq: seq, lastCrc: crc } = this;
    const at = segments.find((segment) => segment.lastSeq >= seq) ?? segments.at(-1);
    if (at === undefined) return;
    this.#segment = at.number;
    this.#tail = this.#tailBehind(seq, crc);
  }

  /** Begins with what a snapshot keeps. */
  begin(snapshot: NonNullable<JournalState["snapshot"]>): Promise<void> {
    return this.#inTurn(() => this.#write((projector) => projector.begin(snapshot)));
  }

  /**
   * Takes the records that were written since into the tables; returns how many there were. For a running engine to call
   * every 250 ms or less; it does not wait for it.
   *
   * @param limit records of one transaction
   * @throws E_STORE_CORRUPT, E_DISK_FULL, E_DATA_FORMAT …; the tables are then as they were, and the next call
   * tries the same records again
   */
  async catchUp(limit = BATCH_RECORDS, signal?: AbortSignal): Promise<number> {
    let count = 0;
    this.#usable();
    for (;;) {
      signal?.throwIfAborted();
      const records = this.#tail?.read(limit) ?? [];
      if (records.length === 0) break;
      await this.apply(records);
      count += records.length;
    }
    if (count > 0) await this.#parts.database.checkpoint("large");
    return count;
  }

  /** Takes records, the next ones in order, as one transaction. */
  apply(records: readonly ProjectedRecord[]): Promise<void> {
    return this.#inTurn(() =>
      this.#write((projector) => {
        for (const record of records) projector.apply(record);
      }),
    );
  }

  /** Answers a question; at most two at a time. */
  async read<T>(doing: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    while (this.#readers >= READERS_MAX) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#readers += 1;
    try {
      return await this.#parts.database.read(doing, work);
    } finally {
      this.#readers -= 1;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#parts.database.close();
  }

  #tailBehind(seq: number, crc: string): JournalTail {
    const { disk, journalFolder } = this.#parts;
    return new JournalTail(disk, journalFolder, { segment: this.#segment, seq, crc });
  }

  get #memory(): Memory {
    return this.#usable().memory;
  }

  #usable(): Projector {
    if (this.#projector !== null) return this.#projector;
    throw new DrydockError("E_STORE_CORRUPT", "The tables of the journal cannot be used any more", {
      hint: "Open them again: they are made again from the journal",
    });
  }

  async #write(project: (projector: Projector) => void): Promise<void> {
    const { database, wrap } = this.#parts;
    const projector = this.#usable();
    const base = projector.memory.lastSeq;
    try {
      project(projector);
      const batch = projector.take();
      await database.transact("writing the tables of the journal", (connection) =>
        writeBatch(wrap(linkOf(connection)), batch, base, projector.memory),
      );
    } catch (error) {
      // What it remembers may be ahead of the tables: they say where to go on, if they still can.
      this.#projector = await projectorOf(database).catch(() => null);
      const memory = this.#projector?.memory;
      const isFollowed = this.#tail !== null && memory !== undefined;
      this.#tail = isFollowed ? this.#tailBehind(memory.lastSeq, memory.lastCrc) : null;
      throw error;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

/** A projection on a file whose tables are there, or that holds nothing yet. */
export async function projectionOf(
  parts: ProjectionParts,
  hasTables: boolean,
): Promise<Projection> {
  if (!hasTables) await createTables(parts.database, parts.wrap);
  return new Projection(parts, await projectorOf(parts.database));
}

async function projectorOf(database: Database): Promise<Projector> {
  const memory = await database.read("reading the tables of the journal", (connection) =>
    readMemory(linkOf(connection)),
  );
  return new Projector(memory);
}
