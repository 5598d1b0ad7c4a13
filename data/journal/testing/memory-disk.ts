import { dirname } from "node:path";
import { type Disk, DiskFailed, type DiskFile } from "#data/journal/disk.ts";

/**
 * A disk in memory that keeps apart what was synced and what was not, fails at a given call, and can be switched
 * off: `reboot` gives the disk that a machine would find afterwards.
 */

/** Thrown by every call from the moment of the crash on. */
export class Crashed extends Error {
  override readonly name = "Crashed";
}

/** What happens at one call. `short` takes half of a write; `lie` crashes after the call was carried out. */
export type Fault = "full" | "failed" | "short" | "crash" | "lie" | "half";

/** What is left of bytes that were not synced. */
export type CrashMode = "drop" | "keep" | "tear" | "zero";
export const CRASH_MODES: readonly CrashMode[] = ["drop", "keep", "tear", "zero"];

interface Inode {
  bytes: Buffer;
  durable: Buffer;
  /** What a failed sync has dropped: it can be read, and no later sync makes it last. */
  dropped: { readonly from: number; readonly to: number } | null;
}

type Entry = Inode | "folder";
type NameChange =
  | { readonly kind: "link"; readonly path: string; readonly entry: Entry }
  | { readonly kind: "unlink"; readonly path: string }
  | { readonly kind: "rename"; readonly from: string; readonly to: string };

export interface Call {
  readonly number: number;
  readonly operation: string;
  readonly path: string;
}

export class MemoryDisk implements Disk {
  #entries = new Map<string, Entry>([["/", "folder"]]);
  #durable = new Map<string, Entry>([["/", "folder"]]);
  #pending: NameChange[] = [];
  #isCrashed = false;
  readonly calls: Call[] = [];
  /** Decides what happens at a call; null for nothing. Reading calls count as well. */
  plan: (call: Call) => Fault | null = () => null;
  /** Bytes of all files together. */
  capacity = Number.POSITIVE_INFINITY;

  makeFolder(path: string): void {
    this.#call("makeFolder", path, () => {
      if (this.#entries.has(path)) return;
      this.#parent(path);
      this.#change({ kind: "link", path, entry: "folder" });
    });
  }

  list(folder: string): readonly string[] {
    return this.#call("list", folder, () => {
      if (this.#entries.get(folder) !== "folder") throw this.#failed("list", folder);
      const names = [...this.#entries.keys()].filter((path) => path !== "/");
      return names
        .filter((path) => dirname(path) === folder)
        .map((path) => path.slice(path.lastIndexOf("/") + 1))
        .sort();
    });
  }

  size(path: string): number | null {
    return this.#call("size", path, () => {
      const entry = this.#entries.get(path);
      if (entry === undefined) return null;
      return entry === "folder" ? 0 : entry.bytes.length;
    });
  }

  open(path: string, use: "create" | "append" | "read"): DiskFile {
    return this.#call(`open-${use}`, path, () => {
      if (use === "create") {
        if (this.#entries.has(path)) throw this.#failed("create", path);
        this.#parent(path);
        const entry = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0), dropped: null };
        this.#change({ kind: "link", path, entry });
        return this.#file(entry, path);
      }
      return this.#file(this.#inode(path), path);
    });
  }

  rename(from: string, to: string): void {
    this.#call("rename", from, () => {
      this.#inode(from);
      this.#parent(to);
      this.#change({ kind: "rename", from, to });
    });
  }

  remove(path: string): void {
    this.#call("remove", path, () => {
      this.#inode(path);
      this.#change({ kind: "unlink", path });
    });
  }

  rewrite(path: string): void {
    const inode = this.#inode(path);
    this.#syncing("rewrite", path, inode, () => {
      inode.dropped = null;
      inode.durable = inode.bytes;
    });
  }

  syncFolder(path: string): void {
    this.#call("syncFolder", path, () => {
      if (this.#entries.get(path) !== "folder") throw this.#failed("sync", path);
      const stays: NameChange[] = [];
      for (const change of this.#pending) {
        const place = change.kind === "rename" ? change.to : change.path;
        if (dirname(place) === path) apply(this.#durable, change);
        else stays.push(change);
      }
      this.#pending = stays;
    });
  }

  /** The process is started again and the machine went on: what was not synced is still there, and still not synced. */
  restart(): void {
    this.#isCrashed = false;
    this.plan = () => null;
  }

  /** The disk after the power came back; `random` gives numbers in [0, 1) and decides what is left. */
  reboot(mode: CrashMode, random: () => number): MemoryDisk {
    const after = new MemoryDisk();
    const entries = new Map(this.#durable);
    const kept = mode === "drop" ? 0 : Math.floor(random() * (this.#pending.length + 1));
    const count = mode === "keep" ? this.#pending.length : kept;
    for (const change of this.#pending.slice(0, count)) apply(entries, change);
    for (const [path, entry] of entries) {
      // Nobody finds a file whose folder is gone.
      if (!isReachable(entries, path)) continue;
      const bytes = entry === "folder" ? null : survivor(entry, mode, random);
      const copy = bytes === null ? "folder" : { bytes, durable: bytes, dropped: null };
      after.#entries.set(path, copy);
      after.#durable.set(path, copy);
    }
    return after;
  }

  /** The same disk without a crash in between, everything on it durable: to try several things on one state. */
  clone(): MemoryDisk {
    return this.reboot("keep", () => 0);
  }

  /** Everything on the disk: path to content, folders as null. */
  contents(): Record<string, string | null> {
    const paths = [...this.#entries.keys()].sort();
    return Object.fromEntries(
      paths.map((path) => {
        const entry = this.#entries.get(path) as Entry;
        return [path, entry === "folder" ? null : entry.bytes.toString("latin1")];
      }),
    );
  }

  read(path: string): Buffer {
    return Buffer.from(this.#inode(path).bytes);
  }

  /** Puts a file there, durable at once: damage, or a file from elsewhere. */
  put(path: string, bytes: Uint8Array): void {
    const entry = { bytes: Buffer.from(bytes), durable: Buffer.from(bytes), dropped: null };
    this.#entries.set(path, entry);
    this.#durable.set(path, entry);
  }

  erase(path: string): void {
    this.#entries.delete(path);
    this.#durable.delete(path);
  }

  #file(inode: Inode, path: string): DiskFile {
    return {
      write: (bytes) =>
        this.#call("write", path, (fault) => {
          const room = this.capacity - this.#used();
          if (bytes.byteLength > 0 && room <= 0) {
            throw new DiskFailed("full", { operation: "write", path });
          }
          const half = fault === "short" || fault === "half";
          const asked = half ? bytes.byteLength >> 1 : bytes.byteLength;
          const taken = Math.min(asked, room);
          inode.bytes = Buffer.concat([inode.bytes, bytes.subarray(0, taken)]);
          return taken;
        }),
      read: (at, into) =>
        this.#call("read", path, () => {
          const part = inode.bytes.subarray(at, at + into.byteLength);
          into.set(part);
          return part.length;
        }),
      truncate: (length) =>
        this.#call("truncate", path, () => {
          inode.bytes = Buffer.from(inode.bytes.subarray(0, length));
          inode.dropped = within(inode.dropped, length);
        }),
      sync: () =>
        this.#syncing("sync", path, inode, () => {
          inode.durable = withoutPart(inode.bytes, inode.dropped);
        }),
      close: () => this.#call("close", path, () => {}),
    };
  }

  #syncing(operation: string, path: string, inode: Inode, work: () => void): void {
    try {
      this.#call(operation, path, work);
    } catch (error) {
      if (error instanceof DiskFailed) failSync(inode);
      throw error;
    }
  }

  /** `short` and `half` (a crash in the middle) are carried out by the write itself. */
  #call<T>(operation: string, path: string, work: (fault: Fault | null) => T): T {
    if (this.#isCrashed) throw new Crashed();
    const call = { number: this.calls.length, operation, path };
    this.calls.push(call);
    const fault = this.plan(call);
    if (fault === "crash") this.#crash();
    if (fault === "full" || fault === "failed") throw new DiskFailed(fault, { operation, path });
    const result = work(fault);
    if (fault === "lie" || fault === "half") this.#crash();
    return result;
  }

  #crash(): never {
    this.#isCrashed = true;
    throw new Crashed();
  }

  #change(change: NameChange): void {
    apply(this.#entries, change);
    this.#pending.push(change);
  }

  #inode(path: string): Inode {
    const entry = this.#entries.get(path);
    if (entry === undefined || entry === "folder") throw this.#failed("open", path);
    return entry;
  }

  #parent(path: string): void {
    if (this.#entries.get(dirname(path)) !== "folder") throw this.#failed("find", dirname(path));
  }

  #used(): number {
    const files = [...this.#entries.values()].filter((entry) => entry !== "folder");
    return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #failed(operation: string, path: string): DiskFailed {
    return new DiskFailed("failed", { operation, path });
  }
}

function apply(entries: Map<string, Entry>, change: NameChange): void {
  if (change.kind === "link") {
    entries.set(change.path, change.entry);
    return;
  }
  const from = change.kind === "rename" ? change.from : change.path;
  const entry = entries.get(from);
  entries.delete(from);
  if (change.kind === "rename" && entry !== undefined) entries.set(change.to, entry);
}

function isReachable(entries: ReadonlyMap<string, Entry>, path: string): boolean {
  return path === "/" || (entries.has(dirname(path)) && isReachable(entries, dirname(path)));
}

/** Bytes that were not durable are dropped, from the first that differs on. */
function failSync(inode: Inode): void {
  const { bytes, durable, dropped } = inode;
  const from = Math.min(sameBytes(bytes, durable), dropped?.from ?? bytes.length);
  inode.dropped = within({ from, to: bytes.length }, bytes.length);
}

function within(part: Inode["dropped"], length: number): Inode["dropped"] {
  if (part === null || part.from >= length) return null;
  return { from: part.from, to: Math.min(part.to, length) };
}

/** A hole where something stands behind it, otherwise the end. */
function withoutPart(bytes: Buffer, part: Inode["dropped"]): Buffer {
  if (part === null) return bytes;
  if (part.to === bytes.length) return bytes.subarray(0, part.from);
  return Buffer.from(bytes).fill(0, part.from, part.to);
}

function sameBytes(one: Buffer, other: Buffer): number {
  let same = 0;
  while (same < other.length && one[same] === other[same]) same += 1;
  return same;
}

function survivor({ bytes, durable }: Inode, mode: CrashMode, random: () => number): Buffer {
  if (mode === "drop") return durable;
  if (mode === "keep" || bytes.equals(durable)) return bytes;
  // Cut off and not synced: the old length or the new one.
  if (bytes.length < durable.length) return random() < 0.5 ? durable : bytes;
  const same = sameBytes(bytes, durable);
  const cut = same + Math.floor(random() * (bytes.length - same + 1));
  if (mode === "tear") return Buffer.from(bytes.subarray(0, cut));
  return Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(bytes.length - cut)]);
}
