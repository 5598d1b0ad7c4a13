import type { AheadRead, AuditFinding, Place, RunAnswer } from "#sim/audit/audit-terms.ts";
import type { Decision, RunLog } from "#sim/audit/run-log.ts";

/** Names the line behind a finding. */
export type FindPlace = (finding: AuditFinding) => {
  readonly place: Place | null;
  readonly read: AheadRead | null;
};

/**
 * Look-ahead is where the indicator reads a bar to come, or asks how many there are; everything else, and look-ahead
 * that no read explains, is where the decision that differs was made.
 */
export function placeFinder({ log, trace }: RunAnswer, full: RunLog): FindPlace {
  return (finding) => {
    // A warm-up that is too short is nobody's line.
    if (trace === null || finding.kind === "warm-up") return { place: null, read: null };
    const read = finding.kind === "lookahead" ? readBehind(trace.reads, finding) : null;
    const place = read?.place ?? decisionBehind(log.decisions, trace.decisions, finding, full);
    return { place, read };
  };
}

/** The line that first read ahead at or just before the bar at which it shows. */
function readBehind(all: readonly AheadRead[], finding: AuditFinding): AheadRead | null {
  const { indicator, time } = finding.difference;
  const groups = [
    all.filter((read) => read.kind === "value" && read.indicator === indicator),
    all.filter((read) => read.kind === "value" && indicator === null),
    all.filter((read) => read.kind === "length" && read.indicator === indicator),
  ];
  const group = groups.find((one) => one.length > 0) ?? [];
  // When later bars open is known to everybody, unless nothing but the time was read.
  const prices = group.filter(({ column }) => column !== "time");
  const reads = prices.length > 0 ? prices : group;
  const before = reads.filter((read) => read.time <= time);
  return before.sort((a, b) => b.time - a.time)[0] ?? reads[0] ?? null;
}

/** Where it was asked what the two runs asked differently, else where the nearest decision of the symbol was made. */
function decisionBehind(
  decisions: readonly Decision[],
  places: readonly (Place | null)[],
  finding: AuditFinding,
  full: RunLog,
): Place | null {
  const { time, symbol } = finding.difference;
  const isNamed = symbol !== "" && full.symbols.has(symbol);
  let nearest: Place | null = null;
  let distance = Number.POSITIVE_INFINITY;
  decisions.forEach((decision, at) => {
    const place = places[at] ?? null;
    if (place === null || (isNamed && decision.symbol !== symbol)) return;
    if (Math.abs(decision.time - time) >= distance) return;
    distance = Math.abs(decision.time - time);
    nearest = place;
  });
  return nearest;
}
