/** What `drydock journal` tells about journals that are sound, torn, damaged, newer, missing, in use, unwritable. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  type Outcome,
  PINNED_NODE,
  parseDocument,
  spawnDrydock,
} from "#cli/testing/spawn-drydock.ts";
import { acquireEngineLock } from "#data/journal/engine-lock.ts";
import { nodeDisk } from "#data/journal/node-disk.ts";
import { checksum, recordTail } from "#data/journal/record-line.ts";
import { open } from "#data/journal/testing/journals.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const START = Date.UTC(2024, 2, 5);
const MINUTE = 60_000;
let root = "";
let sound = "";

/** Two targets, one record a minute, in several segments, with a snapshot. */
function makeJournal(folder: string): void {
  let now = START - MINUTE;
  const { journal } = open(nodeDisk, {
    folder,
    now: () => now,
    limits: { segmentBytes: 2_000, ballastBytes: 0 },
  });
  for (let index = 0; index < 30; index++) {
    now = START + index * MINUTE;
    const target = index % 3 === 0 ? "hyperliquid:live" : "bybit:paper";
    journal.append(index === 20 ? "halt" : "step", target, { index, text: "a\u001b[31m\tü" });
    journal.sync();
    if (index === 24) journal.writeSnapshot({ index }, journal.lastSeq);
  }
  journal.close();
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "drydock-journal-"));
  sound = join(root, ".drydock", "journal");
  makeJournal(sound);
});
afterAll(() => rmSync(root, { recursive: true }));

/** A copy of the sound journal, changed. */
function copyOf(name: string, change: (folder: string) => void = () => {}): string {
  const folder = join(root, name, "journal");
  cpSync(sound, folder, { recursive: true });
  change(folder);
  return folder;
}

function flip(folder: string, file: string, at: number): void {
  const bytes = readFileSync(join(folder, file));
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(join(folder, file), bytes);
}

/** Every file with its content. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );
}

function drydock(...words: string[]): Promise<Outcome> {
  return spawnDrydock(words, { cwd: root });
}

async function document(...words: string[]) {
  const outcome = await drydock(...words, "--json");
  const { ok, data, error } = parseDocument(outcome);
  return { exit: outcome.exit, ok, data, error };
}

test("journal check finds the journal of the data directory and counts what is in it", async () => {
  const { exit, data } = await document("journal", "check");
  expect(exit).toBe(0);
  expect(data).toMatchObject({
    folder: sound,
    sound: true,
    firstSeq: 1,
    lastAt: "2024-03-05T00:29:00Z",
    counts: expect.arrayContaining([
      { kind: "halt", target: "bybit:paper", records: 1 },
      { kind: "step", target: "bybit:paper", records: 19 },
      { kind: "step", target: "hyperliquid:live", records: 10 },
    ]) as unknown,
    snapshot: { at: "2024-03-05T00:24:00Z" },
    tornTail: null,
    cut: [],
    damage: null,
  });
  const { stdout, exit: same } = await drydock("journal", "check", join(root, ".drydock"));
  expect(same).toBe(0);
  expect(stdout).toContain(`${sound}  sound`);
  expect(stdout).toMatch(/step +hyperliquid:live +10/);
});

test("journal show selects by number, time, kind, target and tail", async () => {
  const seqs = async (...words: string[]): Promise<readonly number[]> => {
    const { data } = await document("journal", "show", ...words);
    return (data as { records: { seq: number }[] }).records.map(({ seq }) => seq);
  };
  const all = await seqs();
  expect(all).toEqual(all.map((_, index) => index + 1));
  expect(await seqs("--from", "4", "--to", "6")).toEqual([4, 5, 6]);
  expect(await seqs("--tail", "2")).toEqual(all.slice(-2));
  expect(await seqs("--tail", "500")).toEqual(all);
  expect(await seqs("--kind", "halt")).toHaveLength(1);
  expect(
    await seqs("--kind", "halt", "--kind", "step", "--target", "hyperliquid:live"),
  ).toHaveLength(10);
  const live = await seqs("--target", "hyperliquid:live");
  expect(await seqs("--target", "hyperliquid:mainnet")).toEqual(live);
  expect(await seqs("--target", "hyperliquid:both")).toEqual(live);
  expect((await document("journal", "show", "--target", "hyperliquid:moon")).exit).toBe(2);
  const minutes = ["--from", "2024-03-05T00:03Z", "--to", "2024-03-05T00:05Z", "--kind", "step"];
  expect(await seqs(...minutes)).toHaveLength(2);
  expect(await seqs("--from", "2m", "--kind", "step")).toHaveLength(3);
});

test("journal show prints people's lines without raw control characters, and exact JSON lines", async () => {
  const { stdout } = await drydock("journal", "show", "--tail", "1");
  expect(stdout).toContain("2024-03-05T00:29:00Z  step  bybit:paper");
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  const exact = await drydock("journal", "show", "--jsonl");
  const lines = exact.stdout.trimEnd().split("\n");
  const files = readdirSync(sound).filter((name) => name.endsWith(".jsonl"));
  const written = files.map((name) => readFileSync(join(sound, name), "utf8")).join("");
  expect(`${lines.slice(0, -1).join("\n")}\n`).toBe(written);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    schema: "drydock.journal.show/1",
    data: { records: null, count: lines.length - 1 },
  });
});

test("a torn end is no damage: told, left for the next start, or cut with --yes", async () => {
  const folder = copyOf("torn", (path) => {
    const last = readdirSync(path).findLast((name) => name.endsWith(".jsonl")) ?? "";
    truncateSync(join(path, last), statSync(join(path, last)).size - 5);
  });
  const before = contents(folder);
  const checked = await drydock("journal", "check", folder);
  expect(checked.exit).toBe(0);
  expect(checked.stderr).toContain("The last write did not end: the next start cuts");
  expect(await document("journal", "repair", folder)).toMatchObject({
    exit: 0,
    data: { state: "torn-tail", isDone: false },
  });
  expect(contents(folder)).toEqual(before);
  expect(await document("journal", "repair", folder, "--yes")).toMatchObject({
    exit: 0,
    data: { state: "torn-tail", isDone: true },
  });
  expect(await document("journal", "check", folder)).toMatchObject({
    exit: 0,
    data: { tornTail: null, cut: [{}] },
  });
  expect(sizeOf(contents(folder))).toBe(sizeOf(before));
});

test("damage: check exits 4, show stops before it, repair asks and then keeps every byte", async () => {
  const folder = copyOf("damaged", (path) => flip(path, "000002.jsonl", 700));
  const before = contents(folder);
  const checked = await document("journal", "check", folder);
  expect(checked).toMatchObject({
    exit: 4,
    ok: false,
    data: { sound: false, damage: { file: "000002.jsonl", reason: "broken-record" } },
  });
  const { damage } = checked.data as {
    damage: { seqBefore: number; message: string; hint: string };
  };
  expect(damage.message).toContain(`the last intact record before it is ${damage.seqBefore}`);
  expect(damage.hint).toBe(`drydock journal repair "${folder}"`);
  const shown = await document("journal", "show", folder, "--tail", "1");
  expect(shown).toMatchObject({ exit: 4, data: { records: [{ seq: damage.seqBefore }] } });
  const asked = await drydock("journal", "repair", folder);
  expect(asked.exit).toBe(9);
  expect(asked.stdout).toContain("would be kept as cut/000002.jsonl-");
  expect(asked.stdout).toContain(`drydock journal repair "${folder}" --yes`);
  expect(contents(folder)).toEqual(before);
  const done = await document("journal", "repair", folder, "--yes");
  expect(done).toMatchObject({
    exit: 0,
    data: { isDone: true, keptTo: damage.seqBefore, beginsAnew: false, haltsNextStart: true },
  });
  const { data } = await document("journal", "show", folder, "--tail", "1", "--kind", "cut");
  const [cut] = (data as { records: { seq: number; data: unknown }[] }).records;
  expect(cut).toMatchObject({ data: { keptTo: damage.seqBefore } });
  const cutLine = readFileSync(join(folder, "000002.jsonl"), "utf8").trimEnd().split("\n").at(-1);
  expect(sizeOf(contents(folder))).toBe(sizeOf(before) + (cutLine?.length ?? 0) + 1);
  expect(await document("journal", "check", folder)).toMatchObject({
    exit: 0,
    data: { sound: true, lastSeq: damage.seqBefore + 1, snapshot: null },
  });
  expect(await document("journal", "repair", folder, "--yes")).toMatchObject({
    exit: 0,
    data: { state: "sound", isDone: false },
  });
});

test("no start is left: repair refuses and says why, and only --begin-anew takes everything out", async () => {
  const folder = copyOf("no-start", (path) => {
    rmSync(join(path, "000001.jsonl"));
    flip(path, "000002.jsonl", 1_200);
  });
  const before = contents(folder);
  for (const words of [[], ["--yes"]]) {
    const { exit, error } = await document("journal", "repair", folder, ...words);
    expect({ exit, error }).toMatchObject({
      exit: 4,
      error: {
        code: "E_JOURNAL_DAMAGED",
        hint: expect.stringContaining("Put the segments that were moved away back") as unknown,
      },
    });
    expect(error?.message).toContain("Nothing that is left leads to a state before the damage");
    expect(contents(folder)).toEqual(before);
  }
  const asked = await drydock("journal", "repair", folder, "--begin-anew");
  expect(asked.exit).toBe(9);
  expect(asked.stdout).toContain("no repair, the engine begins anew");
  expect(asked.stdout).toContain(`drydock journal repair "${folder}" --begin-anew --yes`);
  expect(contents(folder)).toEqual(before);
  expect(await document("journal", "repair", folder, "--begin-anew", "--yes")).toMatchObject({
    exit: 0,
    data: { isDone: true, keptTo: 0, beginsAnew: true, haltsNextStart: true },
  });
  expect(await document("journal", "check", folder)).toMatchObject({
    exit: 0,
    data: { sound: true, firstSeq: 1, lastSeq: 2, counts: expect.anything() as unknown },
  });
  expect(await document("journal", "repair", folder, "--yes")).toMatchObject({
    exit: 0,
    data: { state: "sound" },
  });
});

test("--begin-anew is refused where a state is left", async () => {
  const folder = copyOf("has-start", (path) => flip(path, "000002.jsonl", 700));
  const before = contents(folder);
  const { exit, error } = await document("journal", "repair", folder, "--begin-anew", "--yes");
  expect({ exit, error }).toMatchObject({ exit: 2, error: { code: "E_USAGE" } });
  expect(error?.message).toContain("of which no state is left");
  expect(contents(folder)).toEqual(before);
});

test("a folder with the name of a segment is named, and nothing is offered to be cut", async () => {
  const folder = copyOf("folder-as-segment", (path) => mkdirSync(join(path, "000099.jsonl")));
  for (const words of [["check"], ["repair"], ["repair", "--yes"]]) {
    const { exit, error } = await document("journal", words[0] ?? "", folder, ...words.slice(1));
    expect({ exit, error }).toMatchObject({ exit: 4, error: { code: "E_JOURNAL_DAMAGED" } });
    expect(error?.message).toBe(
      `"${join(folder, "000099.jsonl")}" is a folder where a file of the journal belongs`,
    );
  }
});

test("a journal of a newer format is refused by all three and left as it is", async () => {
  const folder = copyOf("newer", (path) => {
    const file = join(path, "000001.jsonl");
    const [line = "", ...rest] = readFileSync(file, "utf8").split("\n");
    const head = line.slice(0, line.lastIndexOf(',"crc"')).replace('"format":1', '"format":2');
    writeFileSync(
      file,
      [`${head}${recordTail(checksum(Buffer.from(head))).trimEnd()}`, ...rest].join("\n"),
    );
  });
  const before = contents(folder);
  for (const words of [["check"], ["show"], ["repair", "--yes"]]) {
    const { exit, error } = await document("journal", words[0] ?? "", folder, ...words.slice(1));
    expect({ exit, error }).toMatchObject({ exit: 4, error: { code: "E_JOURNAL_NEWER" } });
    expect(error?.message).toBe(
      '"000001.jsonl" has journal format 2, and this drydock knows formats up to 1',
    );
  }
  expect(contents(folder)).toEqual(before);
});

test.each(["check", "show", "repair"])("journal %s without a journal", async (command) => {
  const empty = join(root, "empty");
  mkdirSync(empty, { recursive: true });
  for (const folder of [join(root, "nowhere"), empty]) {
    const { exit, error } = await document("journal", command, folder);
    expect({ exit, error }).toMatchObject({ exit: 4, error: { code: "E_FILE_MISSING" } });
    expect(error?.message).toBe(`There is no journal in "${folder}"`);
  }
  expect(readdirSync(empty)).toEqual([]);
});

test("a bound that is no number and no time is a usage error", async () => {
  const { exit, error } = await document("journal", "show", "--from", "yesterday");
  expect({ exit, error }).toMatchObject({ exit: 2, error: { code: "E_USAGE" } });
});

test("repair is refused while an engine runs on the directory", async () => {
  const folder = copyOf("in-use", (path) => flip(path, "000002.jsonl", 700));
  const lock = await acquireEngineLock(join(root, "in-use"), () => START);
  const before = contents(folder);
  const { exit, error } = await document("journal", "repair", folder, "--yes");
  expect({ exit, error }).toMatchObject({ exit: 4, error: { code: "E_ENGINE_LOCKED" } });
  expect(error?.message).toContain(
    `in use by process ${process.pid} since 2024-03-05T00:00:00.000Z`,
  );
  expect(contents(folder)).toEqual(before);
  await lock.release();
});

test("a folder that cannot be written: reading works, repair says so and changes nothing", () => {
  const data = join(root, "read-only");
  const folder = copyOf("read-only", (path) => flip(path, "000002.jsonl", 700));
  const before = contents(folder);
  const readOnly = (...words: string[]) =>
    spawnSync(
      "unshare",
      [
        "-rm",
        "sh",
        "-c",
        'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
        data,
      ].concat([PINNED_NODE, MAIN], words),
      { encoding: "utf8", env: { PATH: process.env["PATH"], HOME: root } },
    );
  if (spawnSync("unshare", ["-rm", "mount", "--bind", data, data]).status !== 0) {
    console.log("No folder can be mounted here: left out");
    return;
  }
  expect(readOnly("journal", "check", folder).status).toBe(4);
  const { status, stderr } = readOnly("journal", "repair", folder, "--yes");
  expect(status).toBe(4);
  expect(stderr).toContain(`E_NOT_WRITABLE  Cannot write "${data}"`);
  expect(contents(folder)).toEqual(before);
});

function sizeOf(files: Record<string, string>): number {
  return Object.values(files).reduce((sum, text) => sum + text.length, 0);
}
