import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";

import { redact } from "#cli/output/redact.ts";

/** What is known about a bug when it strikes. */
export interface CrashFacts {
  readonly error: unknown;
  /** `data ls`; without its arguments, which may name what is private. */
  readonly command: string;
  readonly version: string;
  readonly at: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Text of a bug: the stack with its causes, never longer than a person reads. */
export function bugText(error: unknown): string {
  if (error instanceof Error && error.cause === undefined) return error.stack ?? String(error);
  return inspect(error, { depth: 3, maxArrayLength: 20, maxStringLength: 2_000 });
}

/**
 * Writes `crash/<time>.txt` in the workspace folder, redacted: versions, command name and stack; no environment,
 * no arguments. Returns its path, or null where it could not be written: a crash report must not hide the crash.
 */
export function writeCrashFile(folder: string, facts: CrashFacts): string | null {
  const stamp = facts.at.toISOString().replaceAll(":", "-");
  const path = join(folder, "crash", `${stamp}-${process.pid}.txt`);
  const lines = [
    `drydock ${facts.version}`,
    `node ${process.version} ${process.platform} ${process.arch}`,
    `command ${facts.command}`,
    `time ${facts.at.toISOString()}`,
    "",
    bugText(facts.error),
    "",
  ];
  try {
    for (const step of [folder, join(folder, "crash")]) {
      if (!existsSync(step)) mkdirSync(step);
    }
    writeFileSync(path, redact(lines.join("\n"), facts.env), { mode: 0o600 });
    return path;
  } catch {
    return null;
  }
}
