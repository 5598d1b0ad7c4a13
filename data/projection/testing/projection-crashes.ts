import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import type { Link } from "#data/projection/link.ts";
import { type OpenedProjection, openProjection } from "#data/projection/open-projection.ts";
import { lookAt, openFile, type Wrap } from "#data/projection/projection-file.ts";
import { copyDatabase } from "#data/testing/crash-copy.ts";
import { emptyProjection, recordsOf } from "./journal-records.ts";
import { busyRecords, everyKind, type SampleRecord, writeJournal } from "./sample-journal.ts";
import { contentsOf } from "./table-contents.ts";

/** Where a process dies: around a statement of its work, or around the one with which a batch ends. */
interface Crash {
  readonly of: "statement" | "batch";
  /** Counted from 1. */
  readonly at: number;
  readonly when: "before" | "after";
}

/** What becomes of tables and journal. */
type Happening =
  | { readonly kind: "write"; readonly records: number }
  | { readonly kind: "follow"; readonly batchRecords: number; readonly crash: Crash | null }
  | { readonly kind: "lose" | "damage" | "otherVersion" };

const crash: fc.Arbitrary<Crash> = fc.oneof(
  fc.record({
    of: fc.constant("batch" as const),
    at: fc.integer({ min: 1, max: 4 }),
    when: fc.constantFrom("before", "after"),
  }),
  fc.record({
    of: fc.constant("statement" as const),
    at: fc.integer({ min: 1, max: 150 }),
    when: fc.constantFrom("before", "after"),
  }),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      records: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("follow" as const),
      batchRecords: fc.integer({ min: 1, max: 25 }),
      crash: fc.option(crash, { freq: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("lose", "damage", "otherVersion") }),
  },
);

/** Every kind of record, and then orders that come and go; their numbers go on from each other. */
const RECORDS: readonly SampleRecord[] = [...everyKind(), ...busyRecords(30).slice(51)];

/**
 * I48: whatever stands in the tables after a crash in any batch is what the records up to `last_seq` lead to, and a file
 * that is missing, damaged or of another version is made again: then they are those of the whole journal.
 * `wrap` is put between the projection and its statements.
 */
export const projectionCrashes = (wrap: Wrap = (link) => link) =>
  fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 6 }), async (happenings) => {
    const folder = mkdtempSync(join(tmpdir(), "drydock-tables-"));
    try {
      const place = new FollowedJournal(folder, wrap);
      await place.happens({ kind: "write", records: 20 });
      for (const one of happenings) await place.happens(one);
      await place.happens({ kind: "follow", batchRecords: 1_000, crash: null });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

class FollowedJournal {
  readonly #file: string;
  readonly #copy: string;
  readonly #journalFolder: string;
  readonly #wrap: Wrap;
  #written = 0;
  /** By number of records. */
  readonly #expectations = new Map<number, unknown>();

  constructor(folder: string, wrap: Wrap) {
    this.#file = join(folder, "live.duckdb");
    this.#copy = join(folder, "copy.duckdb");
    this.#journalFolder = join(folder, "journal");
    this.#wrap = wrap;
  }

  async happens(one: Happening): Promise<void> {
    switch (one.kind) {
      case "write": {
        const records = RECORDS.slice(this.#written, this.#written + one.records);
        this.#written += records.length;
        if (records.length > 0) writeJournal(this.#journalFolder, records);
        return;
      }
      case "follow":
        return this.#follow(one.batchRecords, one.crash);
      case "lose":
        for (const end of ["", ".wal"]) rmSync(`${this.#file}${end}`, { force: true });
        return;
      case "damage":
        rmSync(`${this.#file}.wal`, { force: true });
        writeFileSync(this.#file, "no database");
        return;
      case "otherVersion":
        return this.#change("UPDATE projection SET version = version + 1");
    }
  }

  /** One process that brings the tables up to the journal; one that crashes leaves what its files held then. */
  async #follow(batchRecords: number, crash: Crash | null): Promise<void> {
    let hasCrashed = false;
    const die = (): void => {
      if (!hasCrashed) copyDatabase(this.#file, this.#copy);
      hasCrashed = true;
    };
    const crashes = crash === null ? (link: Link): Link => link : crashing(crash, die);
    const opened = await openProjection({
      file: this.#file,
      journalFolder: this.#journalFolder,
      batchRecords,
      wrap: (link) => crashes(this.#wrap(link)),
    });
    const { projection, where } = opened as OpenedProjection;
    const contents = hasCrashed ? null : await contentsOf(projection);
    await projection.close();
    expectFile(where);
    if (contents !== null) {
      expectEqual(contents, await this.#expected(recordsOf(this.#journalFolder).length));
      return;
    }
    copyDatabase(this.#copy, this.#file);
    await this.#look();
  }

  /** What a crash left: no tables at all, or those of as many records as they say. */
  async #look(): Promise<void> {
    const database = await openFile(this.#file);
    try {
      if ((await lookAt(database)) === "new") return;
      const contents = await contentsOf(database);
      const lastSeq = Number(contents["projection"]?.[0]?.["last_seq"]);
      expectEqual(contents, await this.#expected(lastSeq));
    } finally {
      await database.close();
    }
  }

  async #change(statement: string): Promise<void> {
    if (!existsSync(this.#file)) return;
    const database = await openFile(this.#file).catch(() => null);
    if (database === null) return;
    if ((await lookAt(database)) !== "new") {
      await database.transact("changing it", async (connection) => {
        await connection.run(statement);
      });
    }
    await database.close();
  }

  /** The tables of so many records, made at once in memory. */
  async #expected(count: number): Promise<unknown> {
    const known = this.#expectations.get(count);
    if (known !== undefined) return known;
    const { projection } = await emptyProjection();
    await projection.apply(recordsOf(this.#journalFolder).slice(0, count));
    const contents = await contentsOf(projection);
    await projection.close();
    this.#expectations.set(count, contents);
    return contents;
  }
}

function expectFile(where: string): void {
  expect(where).toBe("file");
}

function expectEqual(found: unknown, expected: unknown): void {
  expect(found).toEqual(expected);
}

/** Calls `die` around one statement. */
function crashing({ of, at, when }: Crash, die: () => void): Wrap {
  let count = 0;
  const around = async <T>(work: () => Promise<T>, isEnd: boolean): Promise<T> => {
    if (of === "statement" || isEnd) count += 1;
    const isIt = count === at && (of === "statement" || isEnd);
    if (isIt && when === "before") die();
    const result = await work();
    if (isIt && when === "after") die();
    return result;
  };
  return (link) => ({
    run: (sql) => around(() => link.run(sql), sql.startsWith("UPDATE projection ")),
    rows: (sql) => around(() => link.rows(sql), false),
    append: (table, columns, rows) => around(() => link.append(table, columns, rows), false),
  });
}
