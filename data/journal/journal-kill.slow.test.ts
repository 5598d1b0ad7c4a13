/** `kill -9` of a process that appends and acknowledges, on the real disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { inspectJournal } from "./inspect-journal.ts";
import { nodeDisk } from "./node-disk.ts";
import { readRecords } from "./read-records.ts";
import { fold, open, randomFrom } from "./testing/journals.ts";

const NODE = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
const PROGRAM = fileURLToPath(new URL("./testing/append-until-killed.ts", import.meta.url));
const KILLS = Number(process.env["DRYDOCK_KILLS"] ?? 20);
const SEED = Number(process.env["FC_SEED"] ?? 4);

/** Starts the program, kills it some time after it began to write; returns what it acknowledged last. */
async function killOnce(folder: string, seed: number, afterMs: number): Promise<number> {
  const words = [PROGRAM, folder, String(seed)];
  const child = spawn(NODE, words, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (data: Buffer) => {
    printed += data.toString();
  });
  const closed = once(child, "close");
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill("SIGKILL");
  await closed;
  // The last line may be torn; the one before it is whole.
  return Number(printed.slice(0, printed.lastIndexOf("\n")).split("\n").at(-1));
}

test(`nothing acknowledged is lost in ${KILLS} kills`, {
  timeout: 60_000 + KILLS * 2_000,
}, async () => {
  const folder = join(temporaryFolder(), "journal");
  const random = randomFrom(SEED);
  const seen = { acknowledged: 0, tornTails: 0, beyondAcknowledged: 0, lost: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await killOnce(folder, SEED + kill, random() * 60);
    const { journal, recovery } = open(nodeDisk, { folder, now: () => Date.now() });
    const count = fold(recovery).length;
    journal.close();
    seen.acknowledged = acknowledged;
    seen.tornTails += recovery.cut.length;
    seen.lost += Math.max(0, acknowledged - count);
    seen.beyondAcknowledged += Math.max(0, count - acknowledged);
  }
  console.log(`${KILLS} kills: ${JSON.stringify(seen)}`);
  expect(seen.lost).toBe(0);
  expect(seen.acknowledged).toBeGreaterThan(KILLS);
  const found = inspectJournal(nodeDisk, folder);
  expect(found).toMatchObject({ damage: null, tail: null });
  const range = { from: 1, to: Number.POSITIVE_INFINITY };
  const records = readRecords(nodeDisk, folder, found?.segments ?? [], range);
  const numbers = Array.from(records).flatMap(({ kind, data }) =>
    kind === "step" ? [(data as { n: number }).n] : [],
  );
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(numbers.length).toBeGreaterThanOrEqual(seen.acknowledged);
});
