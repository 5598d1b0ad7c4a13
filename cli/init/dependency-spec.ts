import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { type PackageInfo, packageInfo } from "#cli/package-info.ts";

/**
 * How a project names this very program as its dependency. The bare version is only right where a registry gave it:
 * elsewhere the same name could be somebody else's package, so the file or folder it came from is named instead.
 */
export function dependencySpec(info: PackageInfo = packageInfo()): string {
  if (info.isClone) return `file:${info.root}`;
  const project = dirname(dirname(info.root));
  const resolved = resolvedFrom(join(project, "node_modules", ".package-lock.json"));
  if (resolved === null) return `file:${info.root}`;
  if (resolved.startsWith("file:")) return `file:${resolve(project, resolved.slice(5))}`;
  return resolved.startsWith("git") ? resolved : `^${info.version}`;
}

/** What npm noted about where the package came from; null without a note. */
function resolvedFrom(lockfile: string): string | null {
  if (!existsSync(lockfile)) return null;
  const lock = JSON.parse(readFileSync(lockfile, "utf8")) as {
    packages?: Record<string, { resolved?: string }>;
  };
  return lock.packages?.["node_modules/drydock"]?.resolved ?? null;
}
