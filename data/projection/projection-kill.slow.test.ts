/** Processes that are killed while they write the tables, and others that hold them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { openDatabase } from "#data/store/database.ts";
import { spawnProcess } from "#data/testing/spawn-process.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { openProjection } from "./open-projection.ts";
import { emptyProjection, recordsOf } from "./testing/journal-records.ts";
import { simulatedJournal } from "./testing/simulated-journal.ts";
import { contentsOf, rowsOf } from "./testing/table-contents.ts";

const KEEP_UP = "../projection/testing/keep-up.ts";
/** From the start of the work to the kill, ms. */
const KILLS = [5, 40, 90, 150, 220, 300, 380, 450];

test("I52: tables of a process that was killed go on from where they were", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  const file = join(folder, "live.duckdb");
  simulatedJournal(journalFolder, "2");
  const reached: number[] = [];
  const events: number[] = [];
  for (const wait of KILLS) {
    const { child, said, ended } = spawnProcess(KEEP_UP, file, journalFolder, "40");
    await said("begun");
    await setTimeout(wait);
    child.kill("SIGKILL");
    await ended;
    if (!existsSync(file)) continue;
    const database = await openDatabase(file, "read");
    const made = await rowsOf(
      database,
      "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'projection'",
    );
    // All tables or none, and events up to the last record that counts.
    if (made[0]?.["n"] === 1) {
      const [state] = await rowsOf(
        database,
        "SELECT last_seq, (SELECT max(seq) FROM events) AS last FROM projection",
      );
      reached.push(Number(state?.["last_seq"]));
      events.push(Number(state?.["last"] ?? 0));
    }
    await database.close();
  }
  // The header of a segment is no event.
  const missing = reached.map((seq, at) => seq - (events[at] ?? 0));
  expect(missing.every((count) => count === 0 || count === 1)).toBe(true);
  expect(reached).toEqual(reached.toSorted((a, b) => a - b));
  const whole = await emptyProjection();
  await whole.projection.apply(recordsOf(journalFolder));
  const opened = await openProjection({ file, journalFolder });
  if (opened.kind !== "open") throw new Error(opened.kind);
  expect([opened.where, opened.notices]).toEqual(["file", []]);
  expect(await contentsOf(opened.projection)).toEqual(await contentsOf(whole.projection));
  await opened.projection.close();
  console.log(`Killed ${KILLS.length} times, at records ${reached.join(", ")}`);
});

test("while another process holds the file the same tables are made in memory", async () => {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  const file = join(folder, "live.duckdb");
  simulatedJournal(journalFolder, "2");
  const { child, said, ended } = spawnProcess(KEEP_UP, file, journalFolder, "1000");
  await said("file");
  const beside = await openProjection({ file, journalFolder });
  if (beside.kind !== "open") throw new Error(beside.kind);
  expect(beside.where).toBe("memory");
  expect(beside.notices).toEqual([
    `Made the tables of the journal in memory: "live.duckdb" is in use by process ${child.pid}`,
  ]);
  const contents = await contentsOf(beside.projection);
  await beside.projection.close();
  await expect(openProjection({ file, journalFolder, otherwise: "none" })).rejects.toMatchObject({
    code: "E_STORE_LOCKED",
  });
  child.kill("SIGKILL");
  await ended;
  const after = await openProjection({ file, journalFolder });
  if (after.kind !== "open") throw new Error(after.kind);
  expect(after.where).toBe("file");
  expect(await contentsOf(after.projection)).toEqual(contents);
  await after.projection.close();
});
