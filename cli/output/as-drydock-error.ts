import { DrydockError, type ErrorCode } from "#engine/errors.ts";

/** Failures of files and devices that no command answered itself. */
const SYSTEM_CODES: Readonly<Record<string, { readonly code: ErrorCode; readonly hint: string }>> =
  {
    ENOENT: { code: "E_FILE_MISSING", hint: "Check the path" },
    ENOTDIR: {
      code: "E_FILE_MISSING",
      hint: "Check the path: a part of it is a file, not a folder",
    },
    EISDIR: { code: "E_FILE_UNREADABLE", hint: "Name a file, not a folder" },
    EACCES: { code: "E_NOT_WRITABLE", hint: "Check the permissions of the file and its folder" },
    EPERM: { code: "E_NOT_WRITABLE", hint: "Check the permissions of the file and its folder" },
    EROFS: { code: "E_NOT_WRITABLE", hint: "Choose a folder on a disk that can be written" },
    ENOSPC: { code: "E_DISK_FULL", hint: "Free space on the disk, then run the command again" },
    EDQUOT: { code: "E_DISK_FULL", hint: "Free space in your quota, then run the command again" },
    EMFILE: { code: "E_FILE_UNREADABLE", hint: "Raise the limit of open files (ulimit -n)" },
    EIO: {
      code: "E_FILE_UNREADABLE",
      hint: "Check the disk: the system reports a read or write error",
    },
  };

/**
 * The error a person can act upon, or null when the value is a bug of drydock. A system error (no such file, no
 * permission, disk full) is a fact of the world even when it surfaced somewhere unexpected.
 */
export function asDrydockError(error: unknown): DrydockError | null {
  if (error instanceof DrydockError) return error;
  if (!(error instanceof Error)) return null;
  if (error.name === "AbortError") {
    return new DrydockError("E_INTERRUPTED", "Interrupted", { cause: error });
  }
  if (!("syscall" in error) || !("code" in error)) return null;
  const known = SYSTEM_CODES[String(error.code)];
  if (known === undefined) return null;
  return new DrydockError(known.code, systemMessage(error), { hint: known.hint, cause: error });
}

/** `ENOENT: no such file or directory, open 'x.csv'` becomes `No such file or directory: "x.csv"`. */
function systemMessage(error: Error): string {
  const reason = /^[A-Z]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return "path" in error && typeof error.path === "string"
    ? `${sentence}: "${error.path}"`
    : sentence;
}
