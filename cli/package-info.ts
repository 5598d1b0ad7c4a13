import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface PackageInfo {
  /** Folder of drydock's own package.json. */
  readonly root: string;
  readonly version: string;
  /** True when the sources run directly (a clone); false in an installed package, which holds the built files. */
  readonly isClone: boolean;
}

let cached: PackageInfo | null = null;

/** Finds drydock's own package: the first package.json upwards that bears the name (`dist` has one without). */
export function packageInfo(): PackageInfo {
  if (cached !== null) return cached;
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const content = JSON.parse(readFileSync(path, "utf8")) as { name?: string; version?: string };
      if (content.name === "drydock") {
        const isClone = import.meta.url.endsWith(".ts");
        cached = { root: folder, version: content.version ?? "0.0.0", isClone };
        return cached;
      }
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json of drydock above ${import.meta.url}`);
    folder = parent;
  }
}
