/** A file of tables that is missing, damaged, foreign, of another version or journal, held or unwritable; bad journals. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { HEADER } from "#data/journal/testing/journals.ts";
import { openDatabase } from "#data/store/database.ts";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import type { DrydockError } from "#engine/errors.ts";
import {
  type OpenedProjection,
  openProjection,
  type ProjectionOptions,
} from "./open-projection.ts";
import { busyRecords, started, step, writeJournal } from "./testing/sample-journal.ts";
import { contentsOf, rowsOf } from "./testing/table-contents.ts";

interface Place {
  readonly folder: string;
  readonly file: string;
  readonly journalFolder: string;
}

const left: OpenedProjection[] = [];
afterEach(async () => {
  for (const { projection } of left.splice(0)) await projection.close();
});

function place(rounds = 4): Place {
  const folder = temporaryFolder();
  const journalFolder = join(folder, "journal");
  writeJournal(journalFolder, busyRecords(rounds));
  return { folder, file: join(folder, "live.duckdb"), journalFolder };
}

async function open(options: ProjectionOptions): Promise<OpenedProjection> {
  const opened = await openProjection(options);
  if (opened.kind !== "open") throw new Error(opened.kind);
  left.push(opened);
  return opened;
}

/** Opens, reads everything and closes. */
async function tablesAt(at: Place) {
  const { projection, where, notices } = await open(at);
  const tables = await contentsOf(projection);
  await closeAll();
  return { where, notices, tables };
}

async function closeAll(): Promise<void> {
  for (const { projection } of left.splice(0)) await projection.close();
}

test("without a journal there is nothing to make tables of", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "live.duckdb");
  expect(await openProjection({ file, journalFolder: join(folder, "journal") })).toEqual({
    kind: "noJournal",
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("tables are made once and then follow the journal", async () => {
  const at = place();
  const first = await tablesAt(at);
  expect([first.where, first.notices]).toEqual(["file", []]);
  expect(first.tables["intents"]).toHaveLength(4);
  writeJournal(at.journalFolder, [started(), step("decide")]);
  const second = await tablesAt(at);
  expect(second.notices).toEqual([]);
  expect(second.tables["events"]?.length).toBe((first.tables["events"]?.length ?? 0) + 2);
  expect(second.tables["bot_runs"]).toMatchObject([
    { life: 1, records: 21 },
    { life: 2, records: 2, ended_at: null },
  ]);
  rmSync(at.file);
  expect((await tablesAt(at)).tables).toEqual(second.tables);
});

test("while it is open it follows what an engine writes, over the ends of segments", async () => {
  const at = place(1);
  const { projection } = await open(at);
  writeJournal(at.journalFolder, busyRecords(30).slice(6), { segmentBytes: 5_000 });
  expect(readdirSync(at.journalFolder).length).toBeGreaterThan(3);
  const count = await projection.catchUp(7);
  expect(count).toBeGreaterThan(145);
  expect(await projection.catchUp()).toBe(0);
  const followed = await contentsOf(projection);
  await closeAll();
  rmSync(at.file);
  expect((await tablesAt(at)).tables).toEqual(followed);
});

const DAMAGE: Readonly<Record<string, (at: Place) => void | Promise<void>>> = {
  "it was damaged": ({ file }) => writeFileSync(file, "no database"),
  "it was not one of drydock": ({ file }) => change(file, ["CREATE TABLE other (x INTEGER)"]),
  "it was of another version": async (at) => {
    await tablesAt(at);
    await change(at.file, ["UPDATE projection SET version = 99"]);
  },
  "it does not follow from this journal": async (at) => {
    await tablesAt(at);
    rmSync(at.journalFolder, { recursive: true });
    writeJournal(at.journalFolder, busyRecords(9), { header: { ...HEADER, id: "another" } });
  },
};

async function change(file: string, statements: readonly string[]): Promise<void> {
  const database = await openDatabase(file, "write");
  await database.transact("changing it", async (connection) => {
    for (const statement of statements) await connection.run(statement);
  });
  await database.checkpoint("always");
  await database.close();
}

test.each(Object.keys(DAMAGE))("a file gives way and is kept aside: %s", async (why) => {
  const at = place();
  await DAMAGE[why]?.(at);
  const before = readFileSync(at.file);
  const { where, notices, tables } = await tablesAt(at);
  expect(where).toBe("file");
  expect(notices).toEqual([
    expect.stringMatching(
      `^Made "live.duckdb" again from the journal: ${why} and is now "live.duckdb.aside-`,
    ),
  ]);
  const aside = /is now "(.*)"/.exec(notices[0] ?? "")?.[1] ?? "";
  expect(readFileSync(join(at.folder, aside)).equals(before)).toBe(true);
  const fresh = await tablesAt({ ...at, file: join(at.folder, "fresh.duckdb") });
  expect(tables).toEqual(fresh.tables);
  expect((await tablesAt(at)).notices).toEqual([]);
});

test("tables ahead of a journal that lost its unsynced end are made again", async () => {
  const at = place(4);
  const before = await tablesAt(at);
  const segment = join(at.journalFolder, "000001.jsonl");
  const text = readFileSync(segment, "utf8");
  const lines = text.trimEnd().split("\n");
  truncateSync(segment, text.length - (lines.at(-1)?.length ?? 0) - 1);
  const after = await tablesAt(at);
  expect(after.notices).toEqual([expect.stringContaining("it does not follow from this journal")]);
  expect(after.tables["events"]?.length).toBe((before.tables["events"]?.length ?? 0) - 1);
});

test("of files that gave way only the last two are kept", async () => {
  const at = place();
  for (let round = 0; round < 5; round++) {
    writeFileSync(at.file, "no database");
    await tablesAt(at);
  }
  const names = readdirSync(at.folder).filter((name) => name.includes(".aside-"));
  expect(names).toHaveLength(2);
});

test("where nothing can be written the same tables are made in memory", async () => {
  const at = place();
  const { tables } = await tablesAt({ ...at, file: join(at.folder, "other.duckdb") });
  mkdirSync(join(at.folder, "closed"));
  const file = join(at.folder, "closed", "missing", "live.duckdb");
  chmodSync(join(at.folder, "closed"), 0o500);
  const found = await tablesAt({ ...at, file });
  expect(found.where).toBe("memory");
  expect(found.notices).toEqual([
    expect.stringMatching(/^Made the tables of the journal in memory: Cannot write/),
  ]);
  expect(found.tables).toEqual(tables);
});

test("a reader in this process keeps the file; the tables are made in memory", async () => {
  const at = place();
  const { tables } = await tablesAt(at);
  const reader = await openDatabase(at.file, "read");
  const found = await tablesAt(at);
  await reader.close();
  expect([found.where, found.tables]).toEqual(["memory", tables]);
});

test("two that write one file in one process do not write a record twice", async () => {
  const at = place();
  const one = await open(at);
  const other = await open(at);
  writeJournal(at.journalFolder, [started(), step("decide")]);
  expect(await one.projection.catchUp()).toBe(2);
  await expect(other.projection.catchUp()).rejects.toMatchObject({ code: "E_STORE_LOCKED" });
  const [count] = await rowsOf(
    one.projection,
    "SELECT count(*) - count(DISTINCT seq) AS twice FROM events",
  );
  expect(count).toEqual({ twice: 0 });
});

test("a damaged journal is refused, and so is a record that is not as its kind promises", async () => {
  const at = place();
  const segment = join(at.journalFolder, "000001.jsonl");
  const text = readFileSync(segment, "utf8");
  writeFileSync(segment, text.replace('"seq":5', '"seq":6'));
  const error = (await openProjection(at).catch((fault: unknown) => fault)) as DrydockError;
  expect(error).toMatchObject({
    code: "E_JOURNAL_DAMAGED",
    hint: `drydock journal check "${at.journalFolder}"`,
    or: `drydock journal repair "${at.journalFolder}"`,
  });
  const other = temporaryFolder();
  const bad = { file: join(other, "live.duckdb"), journalFolder: join(other, "journal") };
  writeJournal(bad.journalFolder, [started(), step("decide", { orders: [{ requestId: "1" }] })]);
  await expect(openProjection(bad)).rejects.toMatchObject({
    code: "E_DATA_FORMAT",
    message: expect.stringMatching(
      /^Record 3 \("decide"\) of the journal is not as expected: orders.0.requestId/,
    ) as unknown,
  });
});

test("a torn end of the journal is left for later", async () => {
  const at = place();
  const { tables } = await tablesAt({ ...at, file: join(at.folder, "whole.duckdb") });
  const segment = join(at.journalFolder, "000001.jsonl");
  writeFileSync(segment, `${readFileSync(segment, "utf8")}{"seq":23,"ts":17`);
  expect((await tablesAt(at)).tables).toEqual(tables);
});
