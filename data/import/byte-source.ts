/**
 * Where the bytes of a table come from: a file, a compressed file, an entry of an archive. Large files are read in
 * pieces, so that memory holds the columns and not the text.
 */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { Readable, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { DrydockError } from "#engine/errors.ts";
import { causeText, emptyFault, unreadableFault } from "./data-fault.ts";
import type { ReadHints } from "./parsed-series.ts";

export interface ByteSource {
  /** For messages, and for what the names say. */
  readonly path: string;
  /** The file on disk when its bytes are the plain bytes of that file. */
  readonly file: string | null;
  readonly writtenAt: number;
  /** The first bytes, to tell the format. */
  readonly head: Uint8Array;
  chunks(): AsyncIterable<Uint8Array>;
}

const HEAD_BYTES = 4_096;
const CHUNK_BYTES = 1 << 20;
const DECODER = { chunkSize: 1 << 18 };
/** Text longer than this does not fit into one string of the platform (2^29 characters). */
const TEXT_BYTES_MAX = 500_000_000;

/** @throws E_FILE_MISSING, E_FILE_UNREADABLE, E_DATA_FORMAT for an empty file. */
export async function openSource(path: string, hints: ReadHints): Promise<ByteSource> {
  const facts = await statFile(path);
  if (facts.size === 0) throw emptyFault(path, "is empty: 0 bytes");
  const head = await readHead(path);
  async function* chunks(): AsyncIterable<Uint8Array> {
    let bytesRead = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      throwIfAborted(hints.signal, path);
      const bytes = chunk as Uint8Array;
      bytesRead += bytes.length;
      hints.onProgress?.({ path, bytesRead, bytesTotal: facts.size });
      yield bytes;
    }
  }
  return { path, file: path, writtenAt: facts.writtenAt, head, chunks };
}

async function statFile(path: string): Promise<{ size: number; writtenAt: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw unreadableFault(path, "is no file", "Name a file of market data");
    return { size: found.size, writtenAt: found.mtimeMs };
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new DrydockError("E_FILE_MISSING", `There is no file "${path}"`, {
        hint: "Check the path",
        cause,
      });
    }
    throw unreadableFault(path, `cannot be opened: ${causeText(cause)}`, "Check its rights", cause);
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadableFault(path, `cannot be read: ${causeText(cause)}`, "Check its rights", cause);
  }
}

/** Bytes that are in memory already. */
export function memorySource(path: string, bytes: Uint8Array, writtenAt: number): ByteSource {
  // biome-ignore lint/suspicious/useAwait: the interface is asynchronous for files
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      yield bytes.subarray(start, start + CHUNK_BYTES);
    }
  }
  return { path, file: null, writtenAt, head: bytes.subarray(0, HEAD_BYTES), chunks };
}

/** The decompressed content of a gzip or zstd file. */
export async function decompress(source: ByteSource, method: "gzip" | "zstd"): Promise<ByteSource> {
  const chunks = (): AsyncIterable<Uint8Array> => decompressed(source, method);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of chunks()) {
    pieces.push(piece);
    length += piece.length;
    if (length >= HEAD_BYTES) break;
  }
  if (length === 0) throw emptyFault(source.path, `holds nothing inside its ${method} wrapping`);
  const head = Buffer.concat(pieces).subarray(0, HEAD_BYTES);
  return { ...source, file: null, head, chunks };
}

async function* decompressed(
  source: ByteSource,
  method: "gzip" | "zstd",
): AsyncIterable<Uint8Array> {
  const decoder: Transform =
    method === "gzip" ? createGunzip(DECODER) : createZstdDecompress(DECODER);
  const input = Readable.from(source.chunks());
  // An aborted read must end the decoder too, or the loop below would wait for ever.
  input.once("error", (cause) => decoder.destroy(cause));
  const stream = input.pipe(decoder);
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    const isCut = /unexpected end|incomplete/i.test(causeText(cause));
    throw unreadableFault(
      source.path,
      isCut ? `is cut off: its ${method} data has no end` : `is damaged: ${causeText(cause)}`,
      "Download the file again",
      cause,
    );
  } finally {
    input.destroy();
    decoder.destroy();
  }
}

/** All bytes in one fresh, aligned array. @throws E_DATA_FORMAT beyond `TEXT_BYTES_MAX`. */
export async function readAll(source: ByteSource): Promise<Uint8Array> {
  if (source.file !== null) {
    const { size } = await statFile(source.file);
    if (size <= 1 << 24) return new Uint8Array(await readFile(source.file));
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source.chunks()) {
    pieces.push(piece);
    length += piece.length;
    if (length > TEXT_BYTES_MAX) {
      throw unreadableFault(
        source.path,
        "holds more than 500 MB in one document",
        "Split it, or save it as CSV or Parquet",
      );
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** @throws E_INTERRUPTED when the user gave up. */
export function throwIfAborted(signal: AbortSignal | undefined, path: string): void {
  if (signal?.aborted === true) {
    throw new DrydockError("E_INTERRUPTED", `Reading "${path}" was interrupted`);
  }
}
