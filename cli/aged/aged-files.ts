import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  type AgedDocument,
  type AgedPositionDocument,
  type AgedTransitionDocument,
  storedAgedDocument,
} from "#cli/aged/aged-document.ts";

/** One line of JSON per aged position, and per transition; the state store reads both. */
export const AGED_FILE = "aged.ndjson";
export const AGED_HISTORY_FILE = "aged-history.ndjson";

/** The aged rules of a stored run; undefined where they were off. */
export function readAged(folder: string): AgedDocument | undefined {
  if (!existsSync(join(folder, AGED_FILE))) return undefined;
  return storedAgedDocument(
    linesOf<AgedPositionDocument>(join(folder, AGED_FILE)),
    linesOf<AgedTransitionDocument>(join(folder, AGED_HISTORY_FILE)),
  );
}

export function ndjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

function linesOf<Row>(path: string): readonly Row[] {
  const text = readFileSync(path, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
