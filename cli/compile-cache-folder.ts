import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The user's own cache folder for compiled code, made where it is missing; never a shared /tmp, where somebody else
 * could plant code. Null where it can not be made: the program then starts a little slower.
 */
export function compileCacheFolder(
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const home = env["XDG_CACHE_HOME"];
  const base = home === undefined || home === "" ? join(homedir(), ".cache") : home;
  const folder = join(base, "drydock", "compiled");
  if (existsSync(folder)) return folder;
  // Step by step: a recursive mkdir never returns on a file system that refuses with ENOENT, such as /proc.
  for (const step of [base, join(base, "drydock"), folder]) {
    try {
      if (!existsSync(step)) mkdirSync(step, { mode: 0o700 });
    } catch {
      return null;
    }
  }
  return folder;
}
