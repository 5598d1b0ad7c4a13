import { inspectJournal } from "#data/journal/inspect-journal.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { readLines } from "#data/journal/read-records.ts";
import { type Projection, projectionOf } from "#data/projection/projection.ts";
import { openMemory } from "#data/projection/projection-file.ts";
import type { ProjectedRecord } from "#data/projection/record-schema.ts";
import type { Database } from "#data/store/database.ts";
import { must } from "#engine/assert.ts";

/** Every record of a journal that is whole. */
export function recordsOf(folder: string): readonly ProjectedRecord[] {
  const found = must(inspectJournal(nodeDisk, folder), "There is a journal");
  const range = { from: 1, to: found.lastSeq };
  return Array.from(readLines(nodeDisk, folder, found.segments, range), (line) => {
    const { seq, ts, kind, target, crc } = line;
    return { seq, ts, kind, target, crc, data: line.data() };
  });
}

/** Tables in memory that nothing follows: records are handed to them. */
export async function emptyProjection(): Promise<{
  readonly database: Database;
  readonly projection: Projection;
}> {
  const database = await openMemory();
  return { database, projection: await projectionIn(database, false) };
}

/** The same tables again, as another process would find them. */
export function projectionIn(database: Database, hasTables = true): Promise<Projection> {
  return projectionOf(
    { database, disk: nodeDisk, journalFolder: "", wrap: (link) => link },
    hasTables,
  );
}
