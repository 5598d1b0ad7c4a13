import { basename, join } from "node:path";
import { z } from "zod";
import { DrydockError } from "#engine/errors.ts";

/**
 * What the state store relies on in a run's `run.json`. Whoever writes it may put more in; that is kept and handed
 * back as it is.
 */
export interface RunFile {
  readonly format: 1;
  /** `partial`: ended before its data did, by an interrupt or an error. */
  readonly status: "complete" | "partial";
  /** Wall clock, ISO-8601 UTC. */
  readonly startedAt: string;
  readonly facts: {
    /** `<strategy>-<8 of runHash>-<n>`, also the name of the run's folder. */
    readonly id: string;
    readonly runHash: string;
    readonly engineVersion: string;
    readonly dataFingerprint: string;
    /** The whole resolved config; other fields are kept and can be queried as JSON. */
    readonly config: { readonly strategy: string };
  };
  readonly document: {
    readonly run: { readonly traceHash: string; readonly seed: number };
    readonly summary: Readonly<Record<string, number | null>>;
    readonly files: {
      readonly report: string | null;
      /** CSV: one line per trade, columns as in `backtest --json`. */
      readonly trades: string | null;
      /** CSV or Parquet: time, equity, equityLow, grossNotional per bar close. */
      readonly equity: string | null;
      readonly journal: string | null;
    };
  };
}

/** A stored run. */
export interface StoredRun {
  readonly id: string;
  readonly runHash: string;
  readonly traceHash: string;
  readonly strategy: string;
  /** Epoch ms UTC. */
  readonly startedAt: number;
  readonly engineVersion: string;
  readonly seed: number;
  readonly dataFingerprint: string;
  readonly status: "complete" | "partial";
  readonly tags: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, number | null>>;
  /** Paths in the folder where the run lies now; null for what was not written. */
  readonly files: RunFile["document"]["files"];
  /** Absolute. */
  readonly folder: string;
  /** The whole of `run.json`. */
  readonly content: Readonly<Record<string, unknown>>;
}

const path = z.string().min(1).nullable();
const runFile = z.looseObject({
  format: z.literal(1),
  status: z.enum(["complete", "partial"]),
  startedAt: z.iso.datetime(),
  facts: z.looseObject({
    id: z.string(),
    runHash: z.string(),
    engineVersion: z.string(),
    dataFingerprint: z.string(),
    config: z.looseObject({ strategy: z.string() }),
  }),
  document: z.looseObject({
    run: z.looseObject({ traceHash: z.string(), seed: z.number() }),
    summary: z.record(z.string(), z.number().nullable()),
    files: z.object({ report: path, trades: path, equity: path, journal: path }),
  }),
});
const tagFile = z.array(z.string());

/**
 * Reads what a run's folder holds.
 *
 * @param text Of `run.json`.
 * @param tags Of `tags.json`, null when there is none.
 * @throws E_STORE_CORRUPT
 */
export function parseRun(folder: string, text: string, tags: string | null): StoredRun {
  const content = parse(runFile, text, join(folder, "run.json"));
  const { facts, document } = content;
  if (facts.id !== basename(folder)) {
    throw damagedRun(join(folder, "run.json"), `it belongs to the run "${facts.id}"`);
  }
  // Folders may be moved, so the names count and not the paths of the day when it ran.
  const here = (file: string | null): string | null =>
    file === null ? null : join(folder, basename(file));
  return {
    id: facts.id,
    runHash: facts.runHash,
    traceHash: document.run.traceHash,
    strategy: facts.config.strategy,
    startedAt: Date.parse(content.startedAt),
    engineVersion: facts.engineVersion,
    seed: document.run.seed,
    dataFingerprint: facts.dataFingerprint,
    status: content.status,
    tags: tags === null ? [] : parse(tagFile, tags, join(folder, "tags.json")),
    config: facts.config,
    summary: document.summary,
    files: {
      report: here(document.files.report),
      trades: here(document.files.trades),
      equity: here(document.files.equity),
      journal: here(document.files.journal),
    },
    folder,
    content,
  };
}

function parse<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damagedRun(file, "it is no JSON", error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw damagedRun(file, `${place}: ${issue?.message ?? "not valid"}`, parsed.error);
}

function damagedRun(file: string, what: string, cause?: unknown): DrydockError {
  return new DrydockError("E_STORE_CORRUPT", `"${file}" is damaged: ${what}`, {
    while: "reading a run",
    hint: "Restore the run's folder from a backup, or remove it",
    cause,
  });
}
