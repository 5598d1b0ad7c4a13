/** One engine per data directory, with real processes that hold, are killed and race. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "#data/testing/temporary-folder.ts";
import { acquireEngineLock } from "./engine-lock.ts";
import { listenIn } from "./lock-socket.ts";
import { oneEngine } from "./testing/one-engine.ts";

const NODE = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
const HOLD = fileURLToPath(new URL("./testing/hold-lock.ts", import.meta.url));

interface Contender {
  readonly child: ChildProcess;
  /** The first line that it prints. */
  readonly said: Promise<string>;
}

function contend(folder: string): Contender {
  const child = spawn(NODE, [HOLD, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let printed = "";
  const said = new Promise<string>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString();
      if (printed.includes("\n")) resolve(printed.trim());
    });
    child.once("exit", () => resolve(printed.trim()));
  });
  return { child, said };
}

async function kill({ child }: Contender): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Names and texts of everything in a folder but sockets, which have none. */
function look(folder: string): readonly string[] {
  return readdirSync(folder).map((name) =>
    name.endsWith(".sock") ? name : `${name}: ${readFileSync(join(folder, name), "utf8")}`,
  );
}

test("a second engine is refused with the pid of the first and changes nothing", async () => {
  const folder = temporaryFolder();
  const first = contend(folder);
  expect(await first.said).toBe("held");
  const before = look(folder);
  const refused = await contend(folder).said;
  expect(refused).toContain('"code":"E_ENGINE_LOCKED"');
  expect(refused).toContain(`in use by process ${first.child.pid}`);
  expect(refused).toContain("name another data directory");
  expect(look(folder)).toEqual(before);
  await expect(acquireEngineLock(folder, () => 0)).rejects.toMatchObject({
    code: "E_ENGINE_LOCKED",
  });
});

test("another name of the directory is the same directory", async () => {
  const root = temporaryFolder();
  const folder = join(root, "data");
  mkdirSync(folder);
  symlinkSync(folder, join(root, "link"));
  const lock = await acquireEngineLock(folder, () => 0);
  await expect(acquireEngineLock(join(root, "link"), () => 0)).rejects.toThrow(
    `process ${process.pid}`,
  );
  await lock.release();
});

test("the lock of a killed engine is taken over, with nothing left of it", async () => {
  const folder = temporaryFolder();
  const first = contend(folder);
  expect(await first.said).toBe("held");
  await kill(first);
  expect(readdirSync(folder)).toHaveLength(2);
  const second = contend(folder);
  expect(await second.said).toBe("held");
  const names = readdirSync(folder);
  expect(names).toHaveLength(2);
  expect(names.join(" ")).toContain(`engine-${second.child.pid}-`);
});

/** Leaves the lock of a process whose number another one has now. */
function leaveStaleLock(folder: string, address: string): void {
  const holder = {
    pid: process.pid,
    startedAt: "another boot 1",
    since: "2024-01-01T00:00:00.000Z",
    address,
    nonce: "n",
  };
  writeFileSync(join(folder, "engine.lock"), JSON.stringify(holder));
}

test("a holder that answers is alive, although this machine does not know its process", async () => {
  const folder = temporaryFolder();
  const socket = await listenIn(folder, "engine-elsewhere.sock");
  leaveStaleLock(folder, socket.address);
  const before = readFileSync(join(folder, "engine.lock"), "utf8");
  await expect(acquireEngineLock(folder, () => 0)).rejects.toMatchObject({
    code: "E_ENGINE_LOCKED",
  });
  expect(readFileSync(join(folder, "engine.lock"), "utf8")).toBe(before);
  await socket.close();
});

test("a late loser, whose claim comes after the winner has cleared up, gives way", async () => {
  const folder = temporaryFolder();
  for (let round = 0; round < 20; round++) {
    leaveStaleLock(folder, join(folder, "gone.sock"));
    const starts = [1, 2, 3].map(() => acquireEngineLock(folder, () => 0));
    const results = await Promise.allSettled(starts);
    const locks = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(locks).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(2);
    await locks[0]?.release();
  }
});

test("a pid that is used again by another process does not hold the lock", async () => {
  const folder = temporaryFolder();
  leaveStaleLock(folder, join(folder, "gone.sock"));
  const lock = await acquireEngineLock(folder, () => 0);
  expect(readdirSync(folder)).toHaveLength(2);
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that is no lock is not touched", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "engine.lock"), "what is this");
  await expect(acquireEngineLock(folder, () => 0)).rejects.toMatchObject({
    code: "E_ENGINE_LOCKED",
    hint: expect.stringContaining("then remove") as string,
  });
  expect(look(folder)).toEqual(["engine.lock: what is this"]);
});

test("a path that is too long for a socket is locked as well", async () => {
  const folder = join(temporaryFolder(), "x".repeat(90), "y".repeat(90));
  const first = contend(folder);
  expect(await first.said).toBe("held");
  expect(readdirSync(folder)).toEqual(["engine.lock"]);
  expect(await contend(folder).said).toContain(`process ${first.child.pid}`);
  await kill(first);
  const lock = await acquireEngineLock(folder, () => 0);
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("of many that start at once after a crash, exactly one holds the lock", async () => {
  const folder = temporaryFolder();
  for (let round = 0; round < 5; round++) {
    const contenders = Array.from({ length: 6 }, () => contend(folder));
    const said = await Promise.all(contenders.map((one) => one.said));
    expect(said.filter((line) => line === "held")).toHaveLength(1);
    expect(said.filter((line) => line.includes("E_ENGINE_LOCKED"))).toHaveLength(5);
    // What is left is a stale lock, which the next round races for.
    await Promise.all(contenders.map(kill));
  }
});

test("I51: whatever becomes of a data directory, at most one engine runs on it", async () => {
  await fc.assert(oneEngine(), { numRuns: 300 });
});
