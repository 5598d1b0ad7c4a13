import { z } from "zod";
import { DrydockError } from "#engine/errors.ts";

/** What is known of a finished run; the content of its `run.json`. */
export interface RunRecord {
  /** `<strategy>-<8 of runHash>-<n>`, also the name of the run's folder. */
  readonly id: string;
  readonly runHash: string;
  readonly traceHash: string;
  readonly strategy: string;
  /** Epoch ms UTC. */
  readonly startedAt: number;
  readonly engineVersion: string;
  readonly seed: number;
  readonly dataFingerprint: string;
  /** `partial`: ended before its data did, by an interrupt or an error. */
  readonly status: "complete" | "partial";
  readonly tags: readonly string[];
  /** The resolved config. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly summary: Readonly<Record<string, number | null>>;
  /** Names inside the run's folder; null for what was not written. */
  readonly files: RunFileNames;
  /** What else belongs to the run (data series, warnings, reasons, build …), as JSON. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RunFileNames {
  readonly report: string | null;
  /** CSV: one line per trade, columns as in `backtest --json`. */
  readonly trades: string | null;
  /** CSV or Parquet: time, equity, equityLow, grossNotional per bar close. */
  readonly equity: string | null;
  readonly journal: string | null;
}

const RUN_SCHEMA = "drydock.run/1";

const fileName = z.string().regex(/^[^/\\]+$/).nullable();
const runFile = z.object({
  schema: z.literal(RUN_SCHEMA),
  id: z.string(),
  runHash: z.string(),
  traceHash: z.string(),
  strategy: z.string(),
  startedAt: z.iso.datetime().transform((text) => Date.parse(text)),
  engineVersion: z.string(),
  seed: z.number(),
  dataFingerprint: z.string(),
  status: z.enum(["complete", "partial"]),
  tags: z.array(z.string()),
  config: z.record(z.string(), z.unknown()),
  summary: z.record(z.string(), z.number().nullable()),
  files: z.object({ report: fileName, trades: fileName, equity: fileName, journal: fileName }),
  details: z.record(z.string(), z.unknown()),
});

/** The text of a `run.json`. */
export function formatRun(run: RunRecord): string {
  const document = { schema: RUN_SCHEMA, ...run, startedAt: new Date(run.startedAt).toISOString() };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @throws E_STORE_CORRUPT when the text is no `run.json` of this version. */
export function parseRun(text: string, path: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damagedRun(path, "it is no JSON", error);
  }
  const parsed = runFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damagedRun(path, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`, parsed.error);
  }
  const { schema: _, ...run } = parsed.data;
  return run;
}

function damagedRun(path: string, what: string, cause: unknown): DrydockError {
  return new DrydockError("E_STORE_CORRUPT", `"${path}" is damaged: ${what}`, {
    while: "reading a run",
    hint: "Remove the run's folder, or restore it from a backup",
    cause,
  });
}
