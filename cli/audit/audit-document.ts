import { relative } from "node:path";

import type { PreparedAudit } from "#cli/audit/prepare-audit.ts";
import { isoTime } from "#cli/market/build-market.ts";
import type { AuditFinding, AuditOutcome, Place } from "#sim/audit/audit-terms.ts";
import type { Difference } from "#sim/audit/compare-logs.ts";

/** One finding as it is printed. */
export interface FindingRow {
  readonly kind: AuditFinding["kind"];
  /** Open time of the bar. */
  readonly firstBar: string;
  readonly symbol: string | null;
  readonly indicator: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** What is right: for look-ahead, what data that end at the bar give. Null where there is no value or decision. */
  readonly expected: number | string | null;
  readonly actual: number | string | null;
  readonly message: string;
  readonly fix: string;
}

export interface AuditDocument {
  readonly strategy: string;
  readonly params: PreparedAudit["params"];
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly from: string;
  readonly to: string;
  readonly dataFingerprint: string;
  readonly synthetic: boolean;
  /** Bars on which the strategy was asked. */
  readonly bars: number;
  readonly decisions: number;
  readonly cuts: number;
  readonly runs: number;
  /** Whether each bar was tested, or the cuts only. */
  readonly everyBar: boolean;
  /** Whether other starts were tried: not after look-ahead. */
  readonly starts: boolean;
  readonly findings: readonly FindingRow[];
  readonly harmlessReads: readonly HarmlessRead[];
  readonly passed: boolean;
}

export interface HarmlessRead {
  readonly place: string;
  readonly read: string;
  readonly indicator: string | null;
}

/** @param folder Base of the paths that are shown */
export function auditDocument(
  { loaded, market, params }: PreparedAudit,
  outcome: AuditOutcome,
  folder: string,
): AuditDocument {
  const findings = outcome.findings.map((one) => findingRow(one, folder));
  return {
    strategy: loaded.strategy.name,
    params,
    exchange: market.exchange,
    symbols: market.symbols.map((one) => one.instrument.symbol),
    interval: market.interval,
    from: isoTime(market.from),
    to: isoTime(market.to),
    dataFingerprint: market.fingerprint,
    synthetic: market.isSynthetic,
    bars: outcome.asked,
    decisions: outcome.decisions,
    cuts: outcome.cuts,
    runs: outcome.runs,
    everyBar: outcome.isDense,
    starts: outcome.hasStarts,
    findings,
    harmlessReads: outcome.harmless.map(({ place, column, indicator }) => ({
      place: `${shortPath(place, folder)}:${place.line}`,
      read: column,
      indicator,
    })),
    passed: findings.every(({ kind }) => kind === "warm-up"),
  };
}

function findingRow(finding: AuditFinding, folder: string): FindingRow {
  const { kind, difference, place } = finding;
  const isFirstRight = kind !== "lookahead";
  const { first, other } = difference;
  return {
    kind,
    firstBar: isoTime(difference.bar),
    symbol: difference.symbol === "" ? null : difference.symbol,
    indicator: difference.indicator,
    file: place === null ? null : shortPath(place, folder),
    line: place?.line ?? null,
    expected: plainValue(isFirstRight ? first : other),
    actual: plainValue(isFirstRight ? other : first),
    message: `${subjectOf(difference)}: ${messageOf(finding)}`,
    fix: fixOf(finding),
  };
}

/** JSON has no NaN, and no value is no value. */
function plainValue(value: number | string | null): number | string | null {
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}

function shortPath({ file }: Place, folder: string): string {
  const path = relative(folder, file);
  return path.startsWith("..") ? file : path;
}

function subjectOf({ what, indicator, output, symbol, bar }: Difference): string {
  const of = symbol === "" ? "" : ` of ${symbol}`;
  const at = `${of} at ${isoTime(bar)}`;
  if (what === "value") return `indicator "${indicator}${output === "" ? "" : `.${output}`}"${at}`;
  return what === "decision" ? `decision${at}` : `call${at}`;
}

function messageOf({ difference, evidence, read }: AuditFinding): string {
  const first = shown(difference, difference.first);
  const other = shown(difference, difference.other);
  switch (evidence.by) {
    case "cut":
      return `${first} in the full run, ${other} on data that end there${readText(read)}`;
    case "noise":
      return `${first} in the full run, ${other} with noise ${evidence.side} the prices after it${readText(read)}`;
    case "repetition":
      return `${first} in one run, ${other} when the same module runs once more: something is kept between runs`;
    case "clock":
      return `${first} under one clock, ${other} under another: it depends on ${names(evidence.reads)}`;
    case "random":
      return `${first} with one seed, ${other} with another: it depends on ${names(evidence.reads)}`;
    case "unknown":
      return `${first} in one run, ${other} in another of the same data: something outside of the run decides`;
    case "start": {
      const { bars, declared } = evidence;
      const settle = bars === null ? "they never agree" : `all values agree after ${bars} bars`;
      return `${first} with all the data before it, ${other} after the declared warm-up of ${declared} bars; ${settle}`;
    }
  }
}

function shown({ what }: Difference, value: number | string | null): string {
  if (value === null) return what === "decision" ? "nothing" : "none";
  if (typeof value === "string") return value;
  return Number.isFinite(value) ? String(Number(value.toPrecision(8))) : "no value";
}

function readText(read: AuditFinding["read"]): string {
  if (read === null) return "";
  return read.kind === "value"
    ? `; it reads ${read.column} of a bar that had not closed`
    : "; it asks how many bars there will be";
}

function names(reads: readonly { readonly name: string }[]): string {
  return [...new Set(reads.map(({ name }) => name))].join(" and ");
}

function fixOf({ kind, evidence, difference }: AuditFinding): string {
  if (kind === "lookahead") {
    return difference.indicator === null
      ? "Decide on ctx.bar, ctx.bars and ctx.indicators, which end at the bar that closed"
      : "In next(bars, index), read no row but bars.<column>[index] and keep what later bars need";
  }
  switch (evidence.by) {
    case "repetition":
      return "Keep nothing outside of state() and the kernels that create() makes";
    case "clock":
      return "Use ctx.time, the time of the decision";
    case "random":
      return "Decide without chance, or draw from a generator of your own that state() seeds";
    case "start": {
      const { bars, declared } = evidence;
      if (bars === null) {
        return "Use indicators that forget; this one depends on where the data begin";
      }
      return bars === 0
        ? "Count from a time instead of the first bar, or declare as warmupBars how far back it looks"
        : `Declare warmupBars: ${declared + bars}`;
    }
    case "cut":
    case "noise":
    case "unknown":
      return "Decide on nothing but the context that the strategy is given";
  }
}
