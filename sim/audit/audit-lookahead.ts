import { auditRepetition } from "#sim/audit/audit-repetition.ts";
import { auditStarts } from "#sim/audit/audit-starts.ts";
import type {
  AheadRead,
  AuditFinding,
  AuditInput,
  AuditOutcome,
  AuditRuns,
  Evidence,
  RunAnswer,
  RunRequest,
} from "#sim/audit/audit-terms.ts";
import { askedTimes, chooseCuts, decisionCuts } from "#sim/audit/choose-cuts.ts";
import { compareLogs, type Difference } from "#sim/audit/compare-logs.ts";
import { firstCommonClose } from "#sim/audit/growing-market.ts";
import { cutAt, noiseAfter } from "#sim/audit/market-variants.ts";
import { type FindPlace, placeFinder } from "#sim/audit/place-finding.ts";
import type { RunLog } from "#sim/audit/run-log.ts";

/** Where single bars can not be told apart by one run, decisions are cut at one by one, up to so many times `cuts`. */
const DECISIONS_PER_CUT = 2;
/** Each round trusts the indicators that the one before could not convict. */
const ROUNDS_MAX = 3;
/** A strategy that leaks leaks at many bars: so many steps find the first of 2^20. */
const BISECT_STEPS_MAX = 20;
/** Bars after the last finding that the tracing run sees, so that there is something ahead to be read. */
const TRACE_ROOM = 300;
/** A tracing run without a finding to explain ends after so many bars. */
const TRACE_BARS = 3_000;

/**
 * Whether what a strategy decides at a bar depends on anything but what had closed by then: on later bars
 * (look-ahead), on earlier runs, the clock or chance (nondeterminism), or on how far back the data go (warm-up).
 *
 * One full run is compared with runs over columns that grow bar by bar, which tests every bar at once; what differs
 * there, and a number of other bars, is cut at: the data end there, or noise follows. Only a cut convicts.
 */
export function* auditLookahead(input: AuditInput): AuditRuns<AuditOutcome> {
  const counter = new Counter(input);
  const full = yield* counter.run({ label: "full run" });
  const asked = askedTimes(full.log).length;
  const outcome = { asked, decisions: full.log.decisions.length, isDense: false, hasStarts: false };
  if (full.log.failure !== null || asked === 0) {
    const { failure } = full.log;
    return { ...outcome, cuts: 0, runs: counter.runs, findings: [], harmless: [], failure };
  }
  const unsteady = yield* auditRepetition(full, (request) => counter.run(request));
  const search = new CutSearch(input, full.log, counter);
  const isDense = yield* search.everyBar();
  yield* search.planned(isDense);
  const isClean = search.findings.length === 0;
  const findings = [...unsteady, ...search.findings];
  if (isClean) {
    findings.push(...(yield* auditStarts(input, full.log, (request) => counter.run(request))));
  }
  const last = Math.max(0, ...findings.map(({ difference }) => difference.time));
  const traced = yield* counter.run({
    label: "tracing",
    symbols: cutAt(input.symbols, traceUntil(full.log, last)),
    trace: true,
  });
  const find = placeFinder(traced, full.log);
  return {
    ...outcome,
    isDense,
    hasStarts: isClean,
    cuts: search.cuts,
    runs: counter.runs,
    findings: findings.map((finding) => withPlace(finding, find)),
    harmless: isClean ? readsOfValues(traced) : [],
    failure: null,
  };
}

/** Fills in what most runs have in common, and counts them. */
class Counter {
  runs = 0;
  readonly #input: AuditInput;

  constructor(input: AuditInput) {
    this.#input = input;
  }

  *run(request: Partial<RunRequest> & { readonly label: string }): AuditRuns<RunAnswer> {
    this.runs += 1;
    return yield {
      symbols: this.#input.symbols,
      from: this.#input.from,
      growing: null,
      sweep: null,
      instance: "fresh",
      surroundings: "usual",
      trace: false,
      ...request,
    };
  }
}

/** Looks for bars at which a cut shows another past than the full run had. */
class CutSearch {
  readonly findings: AuditFinding[] = [];
  cuts = 0;
  readonly #input: AuditInput;
  readonly #full: RunLog;
  readonly #counter: Counter;
  readonly #asked: readonly number[];
  readonly #earliest: number;

  constructor(input: AuditInput, full: RunLog, counter: Counter) {
    this.#input = input;
    this.#full = full;
    this.#counter = counter;
    this.#asked = askedTimes(full);
    this.#earliest = firstCommonClose(input.symbols);
  }

  /**
   * Runs over growing columns and confirms by a cut what differs there. Indicators that no cut convicts are tried on
   * every prefix, and then trusted. Returns whether that settles every bar.
   */
  *everyBar(): AuditRuns<boolean> {
    const trusted: string[] = [];
    let isDense = true;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const open = yield* this.#grow(trusted);
      if (open.length === 0) return isDense;
      const indicators = new Set(open.flatMap(({ indicator }) => indicator ?? []));
      if (indicators.size === 0 || this.findings.length > 0) return false;
      for (const indicator of indicators) {
        isDense = (yield* this.#sweep(indicator)) && isDense;
        trusted.push(indicator);
      }
    }
    return false;
  }

  /** What differs from the full run on growing columns and is neither confirmed nor explained. */
  *#grow(trusted: readonly string[]): AuditRuns<readonly Difference[]> {
    const { seed } = this.#input;
    const suspects = new Map<string, Difference>();
    for (const side of ["above", "below", "end"] as const) {
      const growing = { side, seed, trusted };
      const { log } = yield* this.#counter.run({ label: "every bar", growing });
      for (const difference of compareLogs(this.#full, log, Number.POSITIVE_INFINITY)) {
        const key = keyOf(difference);
        const known = suspects.get(key);
        if (known === undefined || difference.time < known.time) suspects.set(key, difference);
      }
    }
    const inOrder = [...suspects.values()].sort((a, b) => a.time - b.time);
    const explained = new Set<string>();
    for (const suspect of inOrder) {
      const key = keyOf(suspect);
      if (explained.has(key)) continue;
      for (const found of yield* this.#cut(suspect.time)) {
        explained.add(keyOf(found.difference));
        this.#add(found);
      }
      // A decision that follows from a leaking value is no leak of its own.
      const isExplained = this.findings.some(({ difference }) => difference.time <= suspect.time);
      if (suspect.what !== "value" && isExplained) explained.add(key);
    }
    return inOrder.filter((suspect) => !explained.has(keyOf(suspect)));
  }

  /** Tries an indicator on every prefix and cuts where one betrays it. Returns whether every row was tried. */
  *#sweep(indicator: string): AuditRuns<boolean> {
    const { sweep } = yield* this.#counter.run({
      label: `prefixes of ${indicator}`,
      sweep: indicator,
    });
    for (const time of sweep?.suspects ?? []) {
      for (const found of yield* this.#cut(time)) this.#add(found);
      if (this.findings.length > 0) break;
    }
    return sweep?.isDense ?? false;
  }

  /** Cuts at the planned times. After a conviction only where bars could not be tested one by one. */
  *planned(isDense: boolean): AuditRuns<void> {
    if (isDense && this.findings.length > 0) return;
    const { cuts, seed } = this.#input;
    const times = new Set(chooseCuts(this.#full, cuts, seed));
    if (!isDense) {
      for (const time of decisionCuts(this.#full, DECISIONS_PER_CUT * cuts)) times.add(time);
    }
    for (const time of [...times].sort((a, b) => a - b)) {
      for (const found of yield* this.#cut(time)) {
        if (this.#isKnown(found)) continue;
        this.#add(yield* this.#firstOf(found, time));
      }
    }
  }

  /** Compares the past of a time in the full run with that of data that end there, and with noise after it. */
  *#cut(time: number): AuditRuns<readonly AuditFinding[]> {
    if (time < this.#earliest) return [];
    this.cuts += 1;
    const found = new Map<string, AuditFinding>();
    const take = (log: RunLog, evidence: Evidence): void => {
      for (const difference of pastOf(this.#full, log, time)) {
        const known = found.get(keyOf(difference));
        if (known !== undefined && known.difference.time <= difference.time) continue;
        found.set(keyOf(difference), finding(difference, evidence));
      }
    };
    const { symbols, seed } = this.#input;
    const cut = yield* this.#counter.run({ label: "cuts", symbols: cutAt(symbols, time) });
    take(cut.log, { by: "cut" });
    for (const side of ["above", "below"] as const) {
      const noisy = noiseAfter(symbols, time, side, seed);
      const { log } = yield* this.#counter.run({ label: "noise after cuts", symbols: noisy });
      take(log, { by: "noise", side });
    }
    return [...found.values()].sort((a, b) => a.difference.time - b.difference.time);
  }

  /** The same leak at the earliest bar that halving the distance finds. */
  *#firstOf(found: AuditFinding, time: number): AuditRuns<AuditFinding> {
    let earliest = found;
    let low = 0;
    let high = this.#asked.findIndex((one) => one >= Math.min(time, found.difference.time));
    for (let step = 0; low < high && step < BISECT_STEPS_MAX; step++) {
      const middle = (low + high) >>> 1;
      const again = (yield* this.#cut(this.#asked[middle] as number)).find(
        (one) => keyOf(one.difference) === keyOf(found.difference),
      );
      if (again === undefined) {
        low = middle + 1;
      } else {
        if (again.difference.time < earliest.difference.time) earliest = again;
        high = middle;
      }
    }
    return earliest;
  }

  #isKnown(found: AuditFinding): boolean {
    const { difference } = found;
    return this.findings.some(
      (one) =>
        keyOf(one.difference) === keyOf(difference) ||
        (difference.what !== "value" && one.difference.time <= difference.time),
    );
  }

  /** Keeps one finding per indicator, whatever symbol and output; decisions count where no indicator explains them. */
  #add(found: AuditFinding): void {
    if (this.#isKnown(found)) return;
    const later = this.findings.findIndex(
      ({ difference }) => difference.what !== "value" && found.difference.time <= difference.time,
    );
    if (later >= 0 && found.difference.what === "value") this.findings.splice(later, 1);
    this.findings.push(found);
  }
}

/** What differs up to a time between the full run and one that knows no more than that. */
function pastOf(full: RunLog, log: RunLog, time: number): readonly Difference[] {
  const all = compareLogs(full, log, time);
  const threw = all.find(({ what }) => what === "threw");
  if (threw === undefined) return all;
  // Rows are computed ahead, so it threw before its bar came: the cut is what it did not bear.
  return [{ ...threw, time, bar: barClosedAt(full, time) }];
}

function barClosedAt(log: RunLog, time: number): number {
  for (const { times, bars } of log.symbols.values()) {
    const row = times.indexOf(time);
    if (row >= 0) return bars[row] as number;
  }
  return time;
}

function finding(difference: Difference, evidence: Evidence): AuditFinding {
  return { kind: "lookahead", difference, evidence, place: null, read: null };
}

/** What counts as one leak: an indicator, or everything that no indicator shows. */
function keyOf({ what, indicator }: Difference): string {
  return what === "value" ? `value ${indicator ?? ""}` : "decision";
}

function traceUntil(log: RunLog, last: number): number {
  const asked = askedTimes(log);
  if (last === 0) return asked[Math.min(TRACE_BARS, asked.length - 1)] as number;
  const at = asked.findIndex((time) => time >= last);
  return asked[Math.min((at < 0 ? 0 : at) + TRACE_ROOM, asked.length - 1)] as number;
}

function readsOfValues({ trace }: RunAnswer): readonly AheadRead[] {
  return trace?.reads.filter(({ kind }) => kind === "value") ?? [];
}

function withPlace(one: AuditFinding, find: FindPlace): AuditFinding {
  return one.place === null ? { ...one, ...find(one) } : one;
}
