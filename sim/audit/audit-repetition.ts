import type {
  AmbientRead,
  AuditFinding,
  AuditRuns,
  Evidence,
  RunAnswer,
  RunRequest,
  Surroundings,
} from "#sim/audit/audit-terms.ts";
import { compareLogs, type Difference } from "#sim/audit/compare-logs.ts";

type Run = (request: Partial<RunRequest> & { readonly label: string }) => AuditRuns<RunAnswer>;

/**
 * The same run again: in the same instance of the module, which must not remember the first, under another clock,
 * with other random numbers, and with those of the machine. All must come out the same.
 * @param full Must be the run just made: the repetition asks for its instance
 */
export function* auditRepetition(full: RunAnswer, run: Run): AuditRuns<readonly AuditFinding[]> {
  const findings: AuditFinding[] = [];
  const same = yield* run({ label: "once more", instance: "same" });
  findings.push(...findingsOf(full, same, { by: "repetition" }));

  const clock = readsOf(full, "clock");
  if (clock.length > 0) {
    const differences = yield* underAny(full, run, ["otherClock", "tickingClock"]);
    findings.push(...differences.map((one) => finding(one, { by: "clock", reads: clock })));
  }
  const random = readsOf(full, "random");
  if (random.length > 0) {
    const differences = yield* underAny(full, run, ["otherRandom"]);
    findings.push(...differences.map((one) => finding(one, { by: "random", reads: random })));
  }
  const machine = yield* run({ label: "with the machine's clock", surroundings: "machine" });
  if (findings.length === 0) findings.push(...findingsOf(full, machine, { by: "unknown" }));
  return findings;
}

/** The first differences under one of several surroundings. */
function* underAny(
  full: RunAnswer,
  run: Run,
  all: readonly Surroundings[],
): AuditRuns<readonly Difference[]> {
  for (const surroundings of all) {
    const other = yield* run({ label: `other surroundings`, surroundings });
    const differences = firstDifferences(full, other);
    if (differences.length > 0) return differences;
  }
  return [];
}

function findingsOf(
  full: RunAnswer,
  other: RunAnswer,
  evidence: Evidence,
): readonly AuditFinding[] {
  return firstDifferences(full, other).map((difference) => finding(difference, evidence));
}

/** Of indicators if one differs, else of the decisions: those follow from the values. */
function firstDifferences(full: RunAnswer, other: RunAnswer): readonly Difference[] {
  const all = compareLogs(full.log, other.log, Number.POSITIVE_INFINITY);
  const [first] = all;
  if (first === undefined) return [];
  const value = all.find(({ what, time }) => what === "value" && time <= first.time);
  return [value ?? first];
}

function finding(difference: Difference, evidence: Evidence): AuditFinding {
  const read = "reads" in evidence ? evidence.reads.find(({ place }) => place !== null) : undefined;
  return { kind: "nondeterminism", difference, evidence, place: read?.place ?? null, read: null };
}

function readsOf({ ambient }: RunAnswer, kind: AmbientRead["kind"]): readonly AmbientRead[] {
  return ambient.filter((read) => read.kind === kind);
}
