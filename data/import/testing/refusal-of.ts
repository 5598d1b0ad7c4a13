import { expect } from "vitest";
import type { ReadHints } from "#data/import/parsed-series.ts";
import { readMarketFile } from "#data/import/read-file.ts";
import { DrydockError } from "#engine/errors.ts";

/** The error that reading the file must end in. */
export async function refusalOf(path: string, hints?: ReadHints): Promise<DrydockError> {
  const outcome: unknown = await readMarketFile(path, hints).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(DrydockError);
  return outcome as DrydockError;
}
