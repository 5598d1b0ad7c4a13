import type { DuckDBConnection } from "@duckdb/node-api";
import { miscounted } from "./store-errors.ts";

/** Where imported rows came from. */
export interface Provenance {
  /** The kind of source: a file format such as `binance-vision-csv`, or a venue's interface. */
  readonly source: string;
  readonly files: readonly SourceFile[];
  /** Epoch ms UTC. */
  readonly importedAt: number;
}

export interface SourceFile {
  readonly name: string;
  readonly bytes?: number | undefined;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256?: string | undefined;
}

/** One import as the store remembers it. */
export interface ImportRecord extends Provenance {
  readonly inserted: number;
  readonly replaced: number;
  readonly unchanged: number;
}

/** Adds an import, within the transaction of the connection. */
export async function insertImport(
  connection: DuckDBConnection,
  seriesId: number,
  record: ImportRecord,
): Promise<void> {
  await connection.run(
    "INSERT INTO imports VALUES ($1, $2::BIGINT, $3, $4, $5::BIGINT, $6::BIGINT, $7::BIGINT)",
    [
      seriesId,
      BigInt(record.importedAt),
      record.source,
      JSON.stringify(record.files),
      BigInt(record.inserted),
      BigInt(record.replaced),
      BigInt(record.unchanged),
    ],
  );
}

/** @param row imported_at, source, files, inserted, replaced, unchanged */
export function parseImport(row: readonly unknown[]): ImportRecord {
  const [importedAt, source, files, inserted, replaced, unchanged] = row;
  return {
    importedAt: Number(importedAt),
    source: String(source),
    files: parseFiles(String(files)),
    inserted: Number(inserted),
    replaced: Number(replaced),
    unchanged: Number(unchanged),
  };
}

function parseFiles(text: string): readonly SourceFile[] {
  const files: unknown = JSON.parse(text);
  if (!Array.isArray(files) || !files.every(isSourceFile)) {
    throw miscounted("imports", `a list of files that is none: ${text.slice(0, 80)}`);
  }
  return files;
}

function isSourceFile(value: unknown): value is SourceFile {
  return typeof value === "object" && value !== null && "name" in value;
}
