import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { DrydockError } from "#engine/errors.ts";

export const CONFIG_FILE_NAMES = [
  "drydock.yaml",
  "drydock.yml",
  "drydock.json",
  "drydock.config.ts",
  "drydock.config.js",
] as const;

/**
 * The config file that applies: the one named, else the first folder upwards that holds one. Null without any.
 *
 * @throws E_CONFIG when the named file is missing, or when one folder holds two, so that none is ignored unseen
 */
export function findConfig(folder: string, named: string | undefined): string | null {
  if (named !== undefined) {
    const file = resolve(folder, named);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    throw new DrydockError("E_CONFIG", `The config file "${named}" does not exist`, {
      hint: "Check --config, or leave it out",
    });
  }
  let current = resolve(folder);
  for (;;) {
    const found = CONFIG_FILE_NAMES.filter((name) => existsSync(join(current, name)));
    if (found.length > 1) {
      throw new DrydockError(
        "E_CONFIG",
        `"${current}" holds ${found.join(" and ")}: only one can apply`,
        {
          hint: "Remove one, or name one with --config",
        },
      );
    }
    if (found[0] !== undefined) return join(current, found[0]);
    const parent = dirname(current);
    if (parent === current) return null;
    current = parent;
  }
}
