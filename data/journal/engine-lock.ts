import { createHash, randomUUID } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { toStoreError } from "#data/store/store-errors.ts";
import { DrydockError } from "#engine/errors.ts";
import { answers, type LockSocket, listenIn } from "./lock-socket.ts";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

/**
 * One engine per data directory. The lock is the file `engine.lock`, which names its process, the moment that
 * started and a socket that it listens on. A holder lives as long as its process runs or its socket answers: the
 * first tells it on this machine, the second also across containers that share the directory.
 *
 * Two starts that find the lock of a dead process race for `engine.lock.after-<hash of that lock>`: a hard link is
 * made by one of them only. The winner replaces `engine.lock` and removes the link afterwards, so a late loser whose
 * link succeeds finds another lock than the one it wanted to succeed and gives way. A winner that dies in between is
 * succeeded in the same way.
 */
export interface EngineLock {
  readonly dataFolder: string;
  /** Where the holder listens. */
  readonly address: string;
  /** Lets go; calling it again does nothing. */
  readonly release: () => Promise<void>;
}

const LOCK_NAME = "engine.lock";
const SUCCESSOR = `${LOCK_NAME}.after-`;
/** Holders that died one after the other while they took over: more of them is no accident. */
const SUCCESSIONS_MAX = 100;

const holderSchema = z.object({
  pid: z.int().positive(),
  startedAt: z.string().nullable(),
  /** ISO-8601 UTC. */
  since: z.string(),
  address: z.string(),
  nonce: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

/** Whether a holder lives: its process runs here, or it answers from wherever it is. */
export type IsAlive = (holder: ProcessIdentity & { readonly address: string }) => Promise<boolean>;

const runsOrAnswers: IsAlive = async (holder) => isRunning(holder) || answers(holder.address);

/**
 * Takes the lock of a data directory, which is made where it is missing. The lock of a process that has ended is
 * taken over. A refused start leaves everything as it was.
 *
 * @param now epoch ms, for people who look at the lock
 * @throws E_ENGINE_LOCKED with the number of the process that holds it; E_NOT_WRITABLE, E_DISK_FULL
 */
export async function acquireEngineLock(
  dataFolder: string,
  now: () => number,
  isAlive: IsAlive = runsOrAnswers,
): Promise<EngineLock> {
  try {
    mkdirSync(dataFolder, { recursive: true });
    // One directory, whatever it is called: a link to it is no second one.
    return await acquire(realpathSync(dataFolder), now, isAlive);
  } catch (error) {
    throw toStoreError(error, { path: dataFolder, while: `locking ${dataFolder}` });
  }
}

async function acquire(folder: string, now: () => number, isAlive: IsAlive): Promise<EngineLock> {
  // Before anything is written: the common case of a second start.
  const holder = readHolder(join(folder, LOCK_NAME));
  if (holder !== null) await requireDead(folder, holder, isAlive);
  const nonce = randomUUID();
  const temporary = join(folder, `${LOCK_NAME}.${nonce}.tmp`);
  // The socket answers before the lock can be seen, so nobody takes a lock that is being taken for a dead one.
  const socket = await listenIn(folder, `engine-${process.pid}-${nonce.slice(0, 8)}.sock`);
  try {
    const own: Holder = {
      ...ownIdentity(),
      since: new Date(now()).toISOString(),
      address: socket.address,
      nonce,
    };
    writeFileSync(temporary, `${JSON.stringify(own)}\n`, { flag: "wx" });
    const dead = await claim(folder, temporary, isAlive);
    for (const { address } of dead) removeSocket(folder, address);
  } catch (error) {
    rmSync(temporary, { force: true });
    await socket.close();
    throw error;
  }
  return { dataFolder: folder, address: socket.address, release: releaser(folder, nonce, socket) };
}

/** Puts the prepared lock in its place and returns the dead holders that it succeeds. */
async function claim(
  folder: string,
  temporary: string,
  isAlive: IsAlive,
): Promise<readonly Holder[]> {
  const path = join(folder, LOCK_NAME);
  for (let attempt = 0; attempt < SUCCESSIONS_MAX; attempt++) {
    if (linkNew(temporary, path)) {
      rmSync(temporary);
      return [];
    }
    const root = readHolder(path);
    if (root === null) continue;
    const dead: Holder[] = [root];
    for (let last = root; dead.length <= SUCCESSIONS_MAX; ) {
      await requireDead(folder, last, isAlive);
      const successor = join(folder, successorName(last));
      if (linkNew(temporary, successor)) {
        if (readHolder(path)?.nonce !== root.nonce) {
          // The succession was decided and cleared away between the two looks.
          rmSync(successor);
          break;
        }
        renameSync(temporary, path);
        for (const name of readdirSync(folder)) {
          if (name.startsWith(SUCCESSOR)) rmSync(join(folder, name), { force: true });
        }
        return dead;
      }
      const next = readHolder(successor);
      if (next === null) break;
      dead.push(next);
      last = next;
    }
  }
  throw new DrydockError("E_ENGINE_LOCKED", `Cannot settle who holds "${path}"`, {
    hint: `Make sure that no engine runs on "${folder}", then remove "${path}"`,
  });
}

/** The socket file of a process that was killed; nothing else, whatever the lock says. */
function removeSocket(folder: string, address: string): void {
  const name = basename(address);
  const isOurs = address === join(folder, name) && /^engine-\d+-[0-9a-f]+\.sock$/.test(name);
  if (isOurs) rmSync(address, { force: true });
}

async function requireDead(folder: string, holder: Holder, isAlive: IsAlive): Promise<void> {
  const { pid, since } = holder;
  if (!(await isAlive(holder))) return;
  throw new DrydockError(
    "E_ENGINE_LOCKED",
    `"${folder}" is in use by process ${pid} since ${since}: one engine per data directory`,
    {
      while: "starting the engine",
      hint: `Stop process ${pid}, or name another data directory with --data-dir`,
    },
  );
}

/** Null where there is no lock. @throws E_ENGINE_LOCKED for a file that is no lock of drydock */
function readHolder(path: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const parsed = holderSchema.safeParse(jsonOrNull(text));
  if (parsed.success) return parsed.data;
  throw new DrydockError("E_ENGINE_LOCKED", `"${path}" is no lock that this drydock can read`, {
    while: "starting the engine",
    hint: `Make sure that no engine runs on this directory, then remove "${path}"`,
  });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Gives a file a second name unless that is taken; the content is there with the name. */
function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Every lock has a text of its own, so its successor has a name of its own. */
function successorName(holder: Holder): string {
  const digest = createHash("sha256").update(JSON.stringify(holder)).digest("hex");
  return `${SUCCESSOR}${digest.slice(0, 16)}`;
}

function releaser(folder: string, nonce: string, socket: LockSocket): () => Promise<void> {
  let isReleased = false;
  return async () => {
    if (isReleased) return;
    isReleased = true;
    const path = join(folder, LOCK_NAME);
    if (readHolder(path)?.nonce === nonce) rmSync(path);
    await socket.close();
  };
}
