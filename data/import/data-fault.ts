import { basename } from "node:path";
import { DrydockError } from "#engine/errors.ts";

/** The content is readable but is no series of candles or funding rates. */
export function formatFault(path: string, what: string, hint: string): DrydockError {
  return new DrydockError("E_DATA_FORMAT", `"${basename(path)}" ${what}`, {
    while: `reading ${path}`,
    hint,
  });
}

/** The bytes themselves are damaged or cannot be had. */
export function unreadableFault(
  path: string,
  what: string,
  hint: string,
  cause?: unknown,
): DrydockError {
  return new DrydockError("E_FILE_UNREADABLE", `"${basename(path)}" ${what}`, {
    while: `reading ${path}`,
    hint,
    cause,
  });
}

export function emptyFault(path: string, what = "holds no rows"): DrydockError {
  return formatFault(path, what, "Download the file again, or leave it out");
}

export function repeatedColumnFault(path: string, name: string): DrydockError {
  return formatFault(
    path,
    `has two columns "${name.trim()}"`,
    "Give every column a name of its own, or delete the one that is not meant",
  );
}

/** The text of an unknown cause, first line only. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split("\n")[0] ?? "").trim();
}
