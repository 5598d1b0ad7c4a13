import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { DrydockError } from "#engine/errors.ts";
import { toStoreError } from "./store-errors.ts";

export interface FileToWrite {
  readonly path: string;
  /** One line for the user about what is going on. */
  readonly while: string;
  /** `refuse` unless said otherwise. */
  readonly ifExists?: "refuse" | "replace" | undefined;
}

/**
 * Makes a file whole or not at all: it is written under another name in the same folder, synced, and then renamed.
 *
 * @param write Fills the file at the path it is given.
 * @throws E_REFUSED when the file exists and is not to be replaced; E_DISK_FULL, E_NOT_WRITABLE
 */
export async function makeFile(
  file: FileToWrite,
  write: (temporary: string) => void | Promise<void>,
): Promise<void> {
  const folder = dirname(file.path);
  refuseMissingFolder(file, folder);
  refuseExisting(file);
  const temporary = `${file.path}.${randomUUID()}.tmp`;
  try {
    await write(temporary);
    sync(temporary);
    refuseExisting(file);
    renameSync(temporary, file.path);
    sync(folder);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw toStoreError(error, { path: file.path, while: file.while });
  }
}

/** Writes text piece by piece; pieces are joined so that the disk sees few, large writes. */
export function writeText(path: string, pieces: Iterable<string>): void {
  const descriptor = openSync(path, "wx");
  try {
    let waiting = "";
    for (const piece of pieces) {
      waiting += piece;
      if (waiting.length < WRITE_LENGTH) continue;
      writeAll(descriptor, waiting);
      waiting = "";
    }
    writeAll(descriptor, waiting);
  } finally {
    closeSync(descriptor);
  }
}

const WRITE_LENGTH = 1_048_576;

/** A full disk may take a part of the bytes without an error. */
function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function refuseMissingFolder(file: FileToWrite, folder: string): void {
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts?.isDirectory() === true) return;
  throw new DrydockError(
    "E_NOT_WRITABLE",
    facts === undefined ? `There is no folder "${folder}"` : `"${folder}" is no folder`,
    {
      while: file.while,
      hint: facts === undefined ? `mkdir -p "${folder}"` : "Choose another place for the file",
    },
  );
}

function refuseExisting(file: FileToWrite): void {
  if (file.ifExists === "replace" || !existsSync(file.path)) return;
  throw new DrydockError("E_REFUSED", `"${basename(file.path)}" exists already`, {
    while: file.while,
    hint: "Choose another name, or pass --replace to write over it",
  });
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
