import { copyFileSync, existsSync, rmSync } from "node:fs";

/**
 * What a process that dies now leaves of a DuckDB file: bytes that were written stay, what waits for a commit is nowhere.
 * Copies the file and its log to another name, or what was copied back to its own.
 */
export function copyDatabase(from: string, to: string): void {
  for (const end of ["", ".wal"]) {
    rmSync(`${to}${end}`, { force: true });
    if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${to}${end}`);
  }
}
