import { type Disk, DiskFailed, type DiskFile } from "#data/journal/disk.ts";
import type { CrashPoints } from "./crash-points.ts";
import type { Faults } from "./faults.ts";
import type { RandomStream } from "./random-stream.ts";
import { type Survival, VirtualFile } from "./virtual-file.ts";
import type { VirtualTime } from "./virtual-time.ts";

type Entry = VirtualFile | "folder";

/** A change of names that a loss of power may undo. */
interface NameChange {
  /** What has another meaning afterwards: one path, or the old and the new one. */
  readonly paths: readonly string[];
  /** The folder whose sync makes it last. */
  readonly folder: string;
  apply(entries: Map<string, Entry>): void;
}

/** A disk that filled up has room again after so long, ms. */
const FULL_MS_MAX = 1_800_000;

export interface DiskParts {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly points: CrashPoints;
  /** Decides what survives a loss of power. */
  readonly stream: RandomStream;
}

/**
 * The disk of the machine under test. Bytes and names that were not synced are kept apart; a loss of power keeps or
 * drops them, and with P7 tears or zeroes them or turns a bit. It outlives the lives of the program.
 */
export class VirtualDisk implements Disk {
  readonly #parts: DiskParts;
  #entries = new Map<string, Entry>([["/", "folder"]]);
  #durable = new Map<string, Entry>([["/", "folder"]]);
  #pending: NameChange[] = [];
  /** Bytes of all files together; Infinity as long as there is room. */
  #capacity = Number.POSITIVE_INFINITY;
  #episode = 0;
  /** Synced bits that have turned over so far. */
  #turned = 0;

  constructor(parts: DiskParts) {
    this.#parts = parts;
  }

  makeFolder(path: string): void {
    this.#call("makeFolder", () => {
      if (this.#entries.get(path) === "folder") return;
      this.#parentOf(path);
      this.#fails("P5", "create the folder", path);
      this.#link(path, "folder");
    });
  }

  list(folder: string): readonly string[] {
    return this.#call("list", () => {
      if (this.#entries.get(folder) !== "folder") throw failed("list", folder);
      const names: string[] = [];
      for (const path of this.#entries.keys()) {
        if (path !== "/" && folderOf(path) === folder) names.push(nameOf(path));
      }
      return names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    });
  }

  size(path: string): number | null {
    return this.#call("size", () => {
      const entry = this.#entries.get(path);
      if (entry === undefined) return null;
      return entry === "folder" ? 0 : entry.length;
    });
  }

  open(path: string, use: "create" | "append" | "read"): DiskFile {
    return this.#call("open", () => {
      if (use !== "create") return this.#handle(this.#fileAt(path, use), path);
      if (this.#entries.has(path)) throw failed("create", path);
      this.#parentOf(path);
      this.#fails("P5", "create", path);
      const file = new VirtualFile();
      this.#link(path, file);
      return this.#handle(file, path);
    });
  }

  rename(from: string, to: string): void {
    this.#call("rename", () => {
      const file = this.#fileAt(from, "rename");
      this.#parentOf(to);
      if (this.#entries.get(to) === "folder") throw failed("rename", from);
      this.#fails("P5", "rename", from);
      this.#change({
        paths: [from, to],
        folder: folderOf(to),
        apply: (entries) => {
          entries.delete(from);
          entries.set(to, file);
        },
      });
    });
  }

  remove(path: string): void {
    this.#call("remove", () => {
      this.#fileAt(path, "remove");
      this.#change({
        paths: [path],
        folder: folderOf(path),
        apply: (entries) => void entries.delete(path),
      });
    });
  }

  rewrite(path: string): void {
    this.#call("rewrite", () => {
      const file = this.#fileAt(path, "write again");
      this.#fails("P5", "write again", path);
      file.rewrite();
      this.#sync(file, path);
    });
  }

  syncFolder(path: string): void {
    this.#call("syncFolder", () => {
      if (this.#entries.get(path) !== "folder") throw failed("sync the folder", path);
      this.#fails("P6", "sync the folder", path);
      const chosen = this.#neededBy((change) => change.folder === path);
      this.#settle((change) => chosen.has(change));
    });
  }

  /** The machine stops and starts again; what was not synced meets its fate. The program was killed before. */
  losePower(): void {
    const { faults, stream } = this.#parts;
    const isHarsh = faults.strikes("P7");
    const how = isHarsh
      ? faults.of("P7").pick(["tear", "zero", "flip"] as const)
      : stream.pick(["keep", "drop"] as const);
    const survival: Survival = how === "flip" ? "keep" : how;
    // Each change of a name may have lasted, unless one that it builds upon has not.
    this.#settle(() => survival !== "drop" && stream.chance(survival === "keep" ? 0.9 : 0.5));
    this.#pending = [];
    this.#entries = new Map(this.#durable);
    const files = [...this.#entries.values()].filter((entry) => entry !== "folder");
    for (const file of files) file.survive(survival, stream);
    const marked = files.filter(({ stable }) => stable > 0);
    if (how !== "flip" || marked.length === 0) return;
    faults.of("P7").pick(marked).flip(faults.of("P7"));
    this.#turned += 1;
  }

  /** How many bits that were synced have turned over so far: the one damage that no writer can prevent. */
  get turned(): number {
    return this.#turned;
  }

  /** There is room again. */
  relieve(): void {
    this.#capacity = Number.POSITIVE_INFINITY;
  }

  get isFull(): boolean {
    return this.#used() >= this.#capacity;
  }

  /** From now on it holds so many bytes more than it does. */
  fill(room: number): void {
    this.#capacity = this.#used() + room;
    this.#episode += 1;
    const episode = this.#episode;
    this.#parts.time.after(this.#parts.faults.delay("P5", 60_000, FULL_MS_MAX), () => {
      if (episode === this.#episode) this.relieve();
    });
  }

  /** The bytes of a file as a reader sees them now, for checkers; null where there is none. */
  contentOf(path: string): Uint8Array | null {
    const entry = this.#entries.get(path);
    return entry === undefined || entry === "folder" ? null : entry.content();
  }

  /** Puts a file there, durable at once: damage, or what came from elsewhere. */
  put(path: string, bytes: Uint8Array): void {
    const file = new VirtualFile();
    file.append(bytes);
    file.sync();
    this.#entries.set(path, file);
    this.#durable.set(path, file);
  }

  /** Makes a folder there, durable at once. */
  putFolder(path: string): void {
    this.#entries.set(path, "folder");
    this.#durable.set(path, "folder");
  }

  /** Paths of all files. */
  get paths(): readonly string[] {
    return [...this.#entries].flatMap(([path, entry]) => (entry === "folder" ? [] : [path]));
  }

  #handle(file: VirtualFile, path: string): DiskFile {
    return {
      write: (bytes) =>
        this.#call(
          "write",
          () => this.#write(file, path, bytes),
          () => this.#writePart(file, bytes),
        ),
      read: (at, into) => this.#call("read", () => file.read(at, into)),
      truncate: (length) => this.#call("truncate", () => file.truncate(length)),
      sync: () => this.#call("sync", () => this.#sync(file, path)),
      close: () => this.#call("close", () => {}),
    };
  }

  #write(file: VirtualFile, path: string, bytes: Uint8Array): number {
    const { faults } = this.#parts;
    let asked = bytes.byteLength;
    if (asked === 0) return 0;
    if (faults.strikes("P5")) {
      const kind = faults.of("P5").integer(0, 2);
      if (kind === 0) throw failed("write", path);
      if (kind === 1) this.fill(faults.of("P5").integer(0, asked - 1));
      else asked = faults.of("P5").integer(Math.min(1, asked - 1), asked - 1);
    }
    const room = this.#capacity - this.#used();
    if (room <= 0) throw new DiskFailed("full", { operation: "write", path });
    const taken = Math.min(asked, room);
    file.append(bytes.subarray(0, taken));
    return taken;
  }

  /** The process dies in the middle of a write. */
  #writePart(file: VirtualFile, bytes: Uint8Array): void {
    const part = this.#parts.stream.integer(0, bytes.byteLength);
    file.append(bytes.subarray(0, part));
  }

  #sync(file: VirtualFile, path: string): void {
    if (this.#parts.faults.strikes("P6")) {
      file.failSync();
      throw failed("sync", path);
    }
    file.sync();
  }

  #call<T>(operation: string, whole: () => T, half?: () => void): T {
    return this.#parts.points.around(`disk.${operation}`, whole, half);
  }

  #fails(code: "P5" | "P6", operation: string, path: string): void {
    if (this.#parts.faults.strikes(code)) throw failed(operation, path);
  }

  #link(path: string, entry: Entry): void {
    this.#change({
      paths: [path],
      folder: folderOf(path),
      apply: (entries) => void entries.set(path, entry),
    });
  }

  #change(change: NameChange): void {
    change.apply(this.#entries);
    this.#pending.push(change);
  }

  /** The changes that are wanted and those before them that they build upon. */
  #neededBy(isWanted: (change: NameChange) => boolean): ReadonlySet<NameChange> {
    const needed = new Set<string>();
    const chosen = new Set<NameChange>();
    for (const change of this.#pending.toReversed()) {
      if (!isWanted(change) && !change.paths.some((path) => needed.has(path))) continue;
      chosen.add(change);
      for (const path of change.paths) needed.add(path).add(folderOf(path));
    }
    return chosen;
  }

  /** Makes those changes last, in their order, that are chosen and build upon none that is not. */
  #settle(isChosen: (change: NameChange) => boolean): void {
    const open = new Set<string>();
    this.#pending = this.#pending.filter((change) => {
      const isFree = change.paths.every((path) => !open.has(path) && !open.has(folderOf(path)));
      if (isFree && isChosen(change)) {
        change.apply(this.#durable);
        return false;
      }
      for (const path of change.paths) open.add(path);
      return true;
    });
  }

  #fileAt(path: string, operation: string): VirtualFile {
    const entry = this.#entries.get(path);
    if (entry === undefined || entry === "folder") throw failed(operation, path);
    return entry;
  }

  #parentOf(path: string): void {
    if (this.#entries.get(folderOf(path)) !== "folder") throw failed("find", folderOf(path));
  }

  #used(): number {
    let sum = 0;
    for (const entry of this.#entries.values()) if (entry !== "folder") sum += entry.length;
    return sum;
  }
}

function failed(operation: string, path: string): DiskFailed {
  return new DiskFailed("failed", { operation, path });
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
