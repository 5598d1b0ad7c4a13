import { readFileSync } from "node:fs";

/** Lines are shown up to this length: a minified file has one of a megabyte. */
const LINE_LENGTH_MAX = 160;

/** Three lines of a file around a line (from 1), that line marked; empty where the file can not be read. */
export function sourceExcerpt(path: string, line: number): string {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    return "";
  }
  const all = source.split(/\r?\n/);
  const first = Math.max(1, Math.min(line - 1, all.length - 2));
  const last = Math.min(all.length, first + 2);
  const width = String(last).length;
  const shown: string[] = [];
  for (let at = first; at <= last; at++) {
    const mark = at === line ? ">" : " ";
    const text = (all[at - 1] ?? "").slice(0, LINE_LENGTH_MAX);
    shown.push(`${mark} ${String(at).padStart(width)} | ${text}`.trimEnd());
  }
  return shown.join("\n");
}
