import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";

import { CONFIG_KEY_NAMES, environmentName } from "#cli/config/keys.ts";
import { type Check, check } from "#cli/doctor/check.ts";
import { terminalWidth } from "#cli/output/terminal-width.ts";
import { packageInfo } from "#cli/package-info.ts";
import { suggest } from "#cli/suggest.ts";

const DISK_FAIL_BYTES = 100e6;
const DISK_WARN_BYTES = 1e9;

/** Runs on the version that results are promised for. */
export function checkNode(version: string): Check {
  const content = JSON.parse(readFileSync(join(packageInfo().root, "package.json"), "utf8")) as {
    dependencies: { node: string };
  };
  const pinned = `v${content.dependencies.node}`;
  if (version === pinned) return check("node", "pass", `${version}, the pinned one`);
  const [major] = pinned.slice(1).split(".");
  const fix = "Start drydock with npx drydock after npm install";
  if (version.startsWith(`v${major}.`)) {
    return check("node", "warn", `${version}; results are promised on ${pinned}`, fix);
  }
  return check("node", "fail", `${version} instead of ${pinned}`, fix);
}

/** Variables that look like settings but are none do nothing, which nobody who set them expects. */
export function checkEnvironment(env: Readonly<Record<string, string | undefined>>): Check {
  const known = [...CONFIG_KEY_NAMES.map(environmentName), "DRYDOCK_KEY"];
  const set = Object.keys(env).filter((name) => name.startsWith("DRYDOCK_"));
  const unknown = set.filter((name) => !known.includes(name)).toSorted();
  const [first] = unknown;
  if (first === undefined) return check("environment", "pass", `${set.length} DRYDOCK_ variables`);
  const meant = suggest(first, known);
  return check(
    "environment",
    "warn",
    `${unknown.join(", ")}: no such setting, so it does nothing`,
    meant === null ? "drydock config show lists the settings" : `Did you mean ${meant}?`,
  );
}

/** The folder of the stores, or the nearest one above it that exists, can be written. */
export function checkWorkspace(folder: string): Check {
  const existing = nearestExisting(folder);
  const what = existing === folder ? folder : `${folder} (to be made in ${existing})`;
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return check("workspace", "pass", what);
  } catch {
    return check(
      "workspace",
      "fail",
      `${what} can not be written`,
      "Change its permissions, or choose another with --data-dir",
    );
  }
}

export function checkDisk(folder: string): Check {
  const { bavail, bsize } = statfsSync(nearestExisting(folder));
  const free = bavail * bsize;
  const message = `${(free / 1e9).toFixed(1)} GB free`;
  const fix = "Free some space, or choose another disk with --data-dir";
  if (free < DISK_FAIL_BYTES) return check("disk", "fail", message, fix);
  return free < DISK_WARN_BYTES
    ? check("disk", "warn", message, fix)
    : check("disk", "pass", message);
}

export function checkTimeZone(): Check {
  const zone = new Intl.DateTimeFormat("en").resolvedOptions().timeZone;
  const note = zone === "UTC" ? "UTC" : `${zone}; drydock reads and prints UTC all the same`;
  return check("time zone", "pass", note);
}

export function checkTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Check {
  if (stream.isTTY !== true) return check("terminal", "skip", "The output is not a terminal");
  const width = terminalWidth(stream);
  if (env["TERM"] === "dumb")
    return check("terminal", "pass", `dumb, ${width} columns: no colour, no bars`);
  return width < 60
    ? check("terminal", "warn", `${width} columns`, "Widen the window to 60 columns or more")
    : check("terminal", "pass", `${width} columns`);
}

function nearestExisting(folder: string): string {
  let current = folder;
  while (!existsSync(current)) current = dirname(current);
  return current;
}
