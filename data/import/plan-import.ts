/**
 * Looks at files before anything is stored: reads them, checks them, repairs what may be repaired, and says for each
 * series whether it can go into the store. One bad file never stops the others.
 */
import { type CheckOptions, checkBars } from "#data/quality/check-bars.ts";
import { checkFunding } from "#data/quality/check-funding.ts";
import { type Finding, isRefused } from "#data/quality/finding.ts";
import { type BarValues, type Change, dropDuplicates, repairBars } from "#data/quality/repair.ts";
import { type FundingValues, repairFunding } from "#data/quality/repair-funding.ts";
import { seriesLabel } from "#data/series.ts";
import { DrydockError } from "#engine/errors.ts";
import { formatInterval } from "#engine/market/interval.ts";
import { throwIfAborted } from "./byte-source.ts";
import { expandPaths } from "./expand-paths.ts";
import type { ParsedBars, ParsedFunding, ParsedSeries, ReadHints } from "./parsed-series.ts";
import { readMarketFile } from "./read-file.ts";

export interface ImportOptions extends ReadHints {
  /** Whether defects that cost information may be repaired; see `repair.ts`. */
  readonly repair?: boolean | undefined;
  /** Wall clock, epoch ms: bars that have not closed yet are unfinished. */
  readonly now?: number | undefined;
}

export type PlannedImport = ReadyImport | RefusedImport | SkippedImport;

export interface ReadyImport {
  readonly outcome: "ready";
  readonly path: string;
  /** As it may be stored: ascending, one row per time, no errors. */
  readonly series: ParsedSeries;
  readonly rowsRead: number;
  /** What was found in the file, before the changes. */
  readonly findings: readonly Finding[];
  readonly changes: readonly Change<BarValues | FundingValues>[];
}

export interface RefusedImport {
  readonly outcome: "refused";
  readonly path: string;
  readonly error: DrydockError;
  /** The series as read, where reading was possible. */
  readonly series: ParsedSeries | null;
  readonly findings: readonly Finding[];
}

export interface SkippedImport {
  readonly outcome: "skipped";
  readonly path: string;
  readonly reason: string;
}

/**
 * Yields one item per series, refused file and skipped file, in the order of the paths.
 *
 * @throws E_INTERRUPTED; every other error of a file becomes a refused item.
 */
export async function* planImport(
  paths: string | readonly string[],
  options: ImportOptions = {},
): AsyncGenerator<PlannedImport> {
  const roots = typeof paths === "string" ? [paths] : paths;
  for await (const { path, skipped } of expandPaths(roots, options.signal)) {
    throwIfAborted(options.signal, path);
    if (skipped !== null) yield { outcome: "skipped", path, reason: skipped };
    else yield* planFile(path, options);
  }
}

async function* planFile(path: string, options: ImportOptions): AsyncGenerator<PlannedImport> {
  let parsed: ParsedSeries[];
  try {
    parsed = await readMarketFile(path, options);
  } catch (error) {
    if (!(error instanceof DrydockError) || error.code === "E_INTERRUPTED") throw error;
    yield { outcome: "refused", path, error, series: null, findings: [] };
    return;
  }
  for (const series of parsed) {
    const planned =
      series.kind === "funding" ? planFunding(series, options) : planBars(series, options);
    // The item is about the file; its series knows the entry of an archive.
    yield { ...planned, path };
  }
}

/** Checks one series of bars and applies what the options allow. */
export function planBars(parsed: ParsedBars, options: ImportOptions): ReadyImport | RefusedImport {
  const check: CheckOptions = {
    now: options.now,
    writtenAt: parsed.writtenAt,
    isLastOpen: parsed.isLastOpen,
    kind: parsed.kind,
    where: parsed.where,
  };
  const findings = checkBars(parsed.bars, check);
  const repaired = options.repair === true ? repairBars(parsed, findings) : dropDuplicates(parsed);
  const series: ParsedBars = { ...parsed, bars: repaired.bars };
  // Checked again after the change: what is stored must pass, not what was read.
  const left =
    repaired.changes.length === 0 ? findings : checkBars(repaired.bars, { kind: parsed.kind });
  if (isRefused(left) || repaired.bars.length === 0) {
    return refuse(parsed, findings, left, options);
  }
  return {
    outcome: "ready",
    path: parsed.path,
    series,
    rowsRead: parsed.rows,
    findings,
    changes: repaired.changes,
  };
}

/** Checks one series of funding rates and applies what the options allow. */
export function planFunding(
  parsed: ParsedFunding,
  options: ImportOptions,
): ReadyImport | RefusedImport {
  const findings = checkFunding(parsed.funding, { now: options.now, where: parsed.where });
  const repaired = repairFunding(parsed, options.repair === true ? "all" : "same");
  const left = repaired.changes.length === 0 ? findings : checkFunding(repaired.funding);
  if (isRefused(left) || repaired.funding.length === 0) {
    return refuse(parsed, findings, left, options);
  }
  return {
    outcome: "ready",
    path: parsed.path,
    series: { ...parsed, funding: repaired.funding },
    rowsRead: parsed.rows,
    findings,
    changes: repaired.changes,
  };
}

function refuse(
  parsed: ParsedSeries,
  findings: readonly Finding[],
  left: readonly Finding[],
  options: ImportOptions,
): RefusedImport {
  const reasons = left.filter((finding) => finding.severity === "error");
  const why =
    reasons.length === 0
      ? "no row is left after repair"
      : reasons.map((finding) => finding.message).join("; ");
  const canRepair = options.repair !== true && passesRepair(parsed, findings);
  const error = new DrydockError("E_DATA_UNTRUSTED", `Cannot trust ${labelOf(parsed)}: ${why}`, {
    while: `checking ${parsed.path}`,
    hint: canRepair
      ? "Import it again with --repair, which drops or corrects such rows and lists each change"
      : "Repair cannot correct this: download the file again, or correct it by hand",
    or: canRepair ? "Download the file again" : undefined,
  });
  return { outcome: "refused", path: parsed.path, error, series: parsed, findings };
}

/** Whether a repair would leave something that can be trusted. */
function passesRepair(parsed: ParsedSeries, findings: readonly Finding[]): boolean {
  if (parsed.kind === "funding") {
    const { funding } = repairFunding(parsed, "all");
    return funding.length > 0 && !isRefused(checkFunding(funding));
  }
  const { bars } = repairBars(parsed, findings);
  return bars.length > 0 && !isRefused(checkBars(bars, { kind: parsed.kind }));
}

/** The name of a series of which exchange or symbol may be unknown. */
function labelOf(parsed: ParsedSeries): string {
  return seriesLabel({
    kind: parsed.kind,
    exchange: parsed.exchange ?? "",
    symbol: parsed.symbol ?? "",
    interval: parsed.intervalMs === null ? "" : formatInterval(parsed.intervalMs),
  });
}
