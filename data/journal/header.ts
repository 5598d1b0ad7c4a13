import { z } from "zod";

/** Who writes, as the first record of every segment says. */
export interface JournalHeader {
  /** The run, or the engine of a deployment. */
  readonly id: string;
  readonly build: string;
  readonly configHash: string;
  readonly seed: number | string;
}

const sealedSchema = z.object({
  segment: z.int().positive(),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const headerSchema = z.object({
  format: z.int().positive(),
  segment: z.int().positive(),
  id: z.string(),
  build: z.string(),
  configHash: z.string(),
  seed: z.union([z.number(), z.string()]),
  sealed: sealedSchema.nullable(),
});

/** The segment before, which nobody writes to any more. */
export type SealedSegment = Readonly<z.infer<typeof sealedSchema>>;
/** The `data` of a header record. */
export type HeaderData = Readonly<z.infer<typeof headerSchema>>;

export const HEADER_KIND = "header";

/** The format that a header record names, whatever else stands in it; null when it names none. */
export function formatOf(data: unknown): number | null {
  const parsed = z.object({ format: z.int().positive() }).safeParse(data);
  return parsed.success ? parsed.data.format : null;
}

/** Null when the data is not that of a header of the known format. */
export function parseHeader(data: unknown): HeaderData | null {
  const parsed = headerSchema.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/** Whether the same writer goes on, so that its records may follow in the same segment. */
export function isSameWriter(header: HeaderData, wanted: JournalHeader): boolean {
  return (
    header.id === wanted.id &&
    header.build === wanted.build &&
    header.configHash === wanted.configHash &&
    header.seed === wanted.seed
  );
}
