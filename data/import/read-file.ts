/**
 * Reads one file of market data, whatever its format: the first bytes tell what it is, its columns tell what it holds,
 * and only what neither says is taken from its name. Nothing is skipped in silence: a file gives all its rows or a
 * `DrydockError` that names the line and the next step.
 */
import {
  type ByteSource,
  decompress,
  memorySource,
  openSource,
  readAll,
  throwIfAborted,
} from "./byte-source.ts";
import { causeText, emptyFault, formatFault, unreadableFault } from "./data-fault.ts";
import { finishSeries } from "./finish-series.ts";
import { readLeanCsv, readLeanName } from "./lean-csv.ts";
import type { ParsedSeries, ReadHints } from "./parsed-series.ts";
import { type PathHints, readPathHints } from "./path-hints.ts";
import { CsvReader } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import type { RawSeries } from "./row-columns.ts";
import { sniff, type TableContainer } from "./sniff.ts";
import { readZip, ZipError } from "./zip-archive.ts";

/** Archives inside archives, at most. */
const DEPTH_MAX = 3;
/** A zip of one market has a handful of entries; more is something else. */
const ENTRIES_MAX = 2_000;

/**
 * All series in the file at `path`, each ascending by open time, with duplicates and defects still in place.
 *
 * @throws E_FILE_MISSING, E_FILE_UNREADABLE (damaged), E_DATA_FORMAT (not candles or funding rates, or a line that does
 * not fit), E_DATA_INTERVAL (the rows contradict the interval in `hints`), E_INTERRUPTED.
 */
export async function readMarketFile(path: string, hints: ReadHints = {}): Promise<ParsedSeries[]> {
  throwIfAborted(hints.signal, path);
  try {
    return await readSource(await openSource(path, hints), hints, 0);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const what = `cannot be read: ${causeText(cause)}`;
    throw unreadableFault(path, what, "Check the disk and its rights", cause);
  }
}

/** An error of the disk, not of our making. */
function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && "syscall" in cause && "errno" in cause;
}

async function readSource(
  source: ByteSource,
  hints: ReadHints,
  depth: number,
): Promise<ParsedSeries[]> {
  if (depth > DEPTH_MAX) {
    throw formatFault(source.path, "is packed more than three times", "Unpack it first");
  }
  const container = sniff(source.head);
  switch (container.kind) {
    case "refused":
      throw formatFault(source.path, `is ${container.what}`, container.hint);
    case "gzip":
    case "zstd":
      return readSource(await decompress(source, container.kind), hints, depth + 1);
    case "zip":
      return readArchive(source, hints, depth);
    case "csv":
    case "json":
    case "arrow":
    case "parquet":
      return readTable(source, container, hints);
  }
}

async function readTable(
  source: ByteSource,
  container: TableContainer,
  hints: ReadHints,
): Promise<ParsedSeries[]> {
  const fromPath = readPathHints(source.path);
  if (fromPath.refusal !== null && hints.kind === undefined) {
    throw formatFault(
      source.path,
      `holds ${fromPath.refusal} by its name, not candles`,
      "Import candles, mark or index prices, or funding rates",
    );
  }
  const found = await readRaw(source, container, fromPath, hints);
  const { writtenAt, path } = source;
  return found.map((raw) => finishSeries(raw, { path, writtenAt, fromPath, hints }));
}

async function readRaw(
  source: ByteSource,
  container: TableContainer,
  fromPath: PathHints,
  hints: ReadHints,
): Promise<RawSeries[]> {
  const symbol = hints.symbol ?? fromPath.symbol;
  switch (container.kind) {
    case "csv":
      return readCsv(source, container.encoding, symbol);
    case "json":
      return readJson(
        source.path,
        new TextDecoder(container.encoding).decode(await readAll(source)),
        symbol,
      );
    case "arrow": {
      // Heavy packages load only for the files that need them.
      const { readFeather } = await import("./read-feather.ts");
      return readFeather(source.path, await readAll(source), symbol);
    }
    case "parquet": {
      if (source.file === null) {
        throw formatFault(source.path, "is Parquet inside an archive", "Unpack it first");
      }
      const { readParquet } = await import("./read-parquet.ts");
      return readParquet(source.file, symbol, hints);
    }
  }
}

async function readCsv(
  source: ByteSource,
  encoding: "utf-8" | "utf-16le" | "utf-16be",
  symbol: string | null,
): Promise<RawSeries[]> {
  const lean = readLeanName(source.path);
  const decoder = new TextDecoder(encoding);
  if (lean !== null) {
    return [readLeanCsv(source.path, decoder.decode(await readAll(source)), lean)];
  }
  const reader = new CsvReader(source.path, symbol);
  for await (const chunk of source.chunks()) reader.push(decoder.decode(chunk, { stream: true }));
  reader.push(decoder.decode());
  return reader.finish();
}

async function readArchive(
  source: ByteSource,
  hints: ReadHints,
  depth: number,
): Promise<ParsedSeries[]> {
  const bytes = await readAll(source);
  try {
    const entries = readZip(bytes).filter((entry) => !/(?:^|\/)(?:__MACOSX|\.)/.test(entry.name));
    if (entries.length === 0) throw emptyFault(source.path, "is an archive without files");
    if (entries.length > ENTRIES_MAX) {
      throw formatFault(source.path, `is an archive of ${entries.length} files`, "Unpack it first");
    }
    const series: ParsedSeries[] = [];
    for (const entry of entries) {
      throwIfAborted(hints.signal, source.path);
      const content = entry.unpack();
      const path = `${source.path}/${entry.name}`;
      if (content.length === 0) throw emptyFault(path, "is empty: 0 bytes");
      const inner = memorySource(path, content, source.writtenAt);
      series.push(...(await readSource(inner, hints, depth + 1)));
    }
    return series;
  } catch (cause) {
    if (!(cause instanceof ZipError)) throw cause;
    throw unreadableFault(
      source.path,
      `cannot be unpacked: ${cause.message}`,
      "Download the file again",
      cause,
    );
  }
}
