import { join } from "node:path";
import { type Disk, isFull } from "./disk.ts";
import { BALLAST_NAME, writeWhole } from "./journal-folder.ts";

const BLOCK_BYTES = 1_048_576;

/**
 * Bytes that take up space until the disk is full and are freed then, so that closing a position can still be
 * written down.
 *
 * @returns whether they are there; false when there is no room for them
 * @throws DiskFailed of kind `failed`
 */
export function ensureBallast(disk: Disk, folder: string, bytes: number): boolean {
  const path = join(folder, BALLAST_NAME);
  if (disk.size(path) === bytes) return true;
  try {
    freeBallast(disk, folder);
    if (bytes === 0) return false;
    const block = incompressible(Math.min(bytes, BLOCK_BYTES));
    writeWhole(disk, { folder, name: BALLAST_NAME }, (write) => {
      for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
        write(block.subarray(0, Math.min(left, BLOCK_BYTES)));
      }
    });
    return true;
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
}

/** Returns whether there was anything to free. */
export function freeBallast(disk: Disk, folder: string): boolean {
  const path = join(folder, BALLAST_NAME);
  const size = disk.size(path);
  if (size === null) return false;
  disk.remove(path);
  return size > 0;
}

/** Does what needs space: once more with that of the ballast where there is no other. Both times it may throw. */
export function withBallast<T>(disk: Disk, folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isFull(error) || !freeBallast(disk, folder)) throw error;
    return work();
  }
}

/** A file system that packs its blocks would keep no space for zeros. */
function incompressible(length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = 2_463_534_242;
  for (let index = 0; index < words.length; index++) {
    // Xorshift (G. Marsaglia, 2003): any sequence without repetitions will do.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}
