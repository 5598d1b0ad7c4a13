import type { VirtualDisk } from "#live/faults/world/virtual-disk.ts";

/** A line of the journal as it stands on the disk. */
export interface DiskLine {
  readonly seq: number;
  readonly kind: string;
  readonly prev: string;
  readonly crc: string;
  readonly data: unknown;
}

const SEGMENT = /^\/journal\/\d+\.jsonl$/;

/**
 * The records of the newest segments, read past the journal's own reader; what is no record ends it. Reading so passes
 * no numbered call of the disk.
 */
export function diskLines(disk: VirtualDisk, segments: number): readonly DiskLine[] {
  const paths = disk.paths.filter((path) => SEGMENT.test(path)).sort();
  const lines: DiskLine[] = [];
  for (const path of paths.slice(-segments)) {
    const bytes = disk.contentOf(path);
    if (bytes === null) continue;
    const text = new TextDecoder().decode(bytes);
    for (const line of text.split("\n").slice(0, -1)) {
      try {
        lines.push(JSON.parse(line) as DiskLine);
      } catch {
        return lines;
      }
    }
  }
  return lines;
}
