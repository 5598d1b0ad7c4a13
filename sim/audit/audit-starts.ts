import { parseInterval } from "#engine/market/interval.ts";
import type {
  AuditFinding,
  AuditInput,
  AuditRuns,
  RunAnswer,
  RunRequest,
} from "#sim/audit/audit-terms.ts";
import { askedTimes } from "#sim/audit/choose-cuts.ts";
import { compareLogs, type Difference, isSameNumber } from "#sim/audit/compare-logs.ts";
import { firstCommonClose } from "#sim/audit/growing-market.ts";
import { startingAt } from "#sim/audit/market-variants.ts";
import type { RunLog } from "#sim/audit/run-log.ts";

type Run = (request: Partial<RunRequest> & { readonly label: string }) => AuditRuns<RunAnswer>;

/** Where the later starts lie, as shares of the bars on which the strategy was asked. */
const STARTS = [0.25, 0.5, 0.75];
/** Sums from another start round differently; what differs by less decides nothing. */
const START_TOLERANCE = 1e-6;

/**
 * Compares runs that decide from the same bar on, flat and with the same money, one with all the data before it and
 * one with the warm-up that the strategy declares, as a backtest of a later period loads it. Decisions that differ mean
 * that the warm-up is too short; the indicator that differs most then, and until when, is told.
 */
export function* auditStarts(
  input: AuditInput,
  full: RunLog,
  run: Run,
): AuditRuns<readonly AuditFinding[]> {
  const asked = askedTimes(full);
  const worst = new Map<string, AuditFinding>();
  for (const share of STARTS) {
    const from = asked[Math.floor(share * asked.length)] as number;
    const symbols = startingAt(input.symbols, from - warmupMs(input));
    if (symbols.some((one) => one.bars.length === 0 || one.strategyBars.length === 0)) continue;
    if (firstCommonClose(symbols) > from) continue;
    const long = yield* run({ label: "later starts", from });
    const short = yield* run({ label: "later starts", from, symbols });
    const found = warmupFinding(long.log, short.log, input);
    if (found === null) continue;
    const key = found.difference.indicator ?? "";
    const known = worst.get(key);
    if (known === undefined || settleOf(found) > settleOf(known)) worst.set(key, found);
  }
  return [...worst.values()];
}

/** As a run loads it: one bar more than the first value needs, because a crossing looks one bar back. */
function warmupMs({ warmup, symbols }: AuditInput): number {
  const own = symbols[0]?.strategyBars.intervalMs ?? 0;
  let longest = 0;
  for (const [word, bars] of warmup) {
    longest = Math.max(longest, (bars + 2) * (word === "" ? own : parseInterval(word)));
  }
  return longest;
}

/** The warm-up in bars of the strategy's own interval, those of higher ones included. */
function declaredBars(input: AuditInput): number {
  const own = input.symbols[0]?.strategyBars.intervalMs ?? 1;
  return Math.max(0, Math.ceil(warmupMs(input) / own) - 2);
}

function warmupFinding(long: RunLog, short: RunLog, input: AuditInput): AuditFinding | null {
  const differences = compareLogs(long, short, Number.POSITIVE_INFINITY, START_TOLERANCE);
  const decided = differences.find(({ what }) => what !== "value");
  if (decided === undefined) return null;
  const value = mostDifferent(long, short, decided);
  const bars = settledAfter(long, short);
  return {
    kind: "warm-up",
    difference: value ?? decided,
    evidence: { by: "start", bars, declared: declaredBars(input) },
    place: null,
    read: null,
  };
}

/** The indicator that lies farthest off, relative to its size, at the bar of a decision that differs. */
function mostDifferent(long: RunLog, short: RunLog, decided: Difference): Difference | null {
  let most: Difference | null = null;
  let largest = START_TOLERANCE;
  for (const [symbol, log] of long.symbols) {
    const other = short.symbols.get(symbol);
    const row = log.times.indexOf(decided.time);
    const otherRow = other?.times.indexOf(decided.time) ?? -1;
    if (other === undefined || row < 0 || otherRow < 0) continue;
    for (const [at, { indicator, output, values }] of log.columns.entries()) {
      const a = values[row] as number;
      const b = other.columns[at]?.values[otherRow] as number;
      const distance = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
      if (!(distance > largest)) continue;
      largest = distance;
      const { time } = decided;
      const bar = log.bars[row] as number;
      most = { what: "value", time, bar, symbol, indicator, output, first: a, other: b };
    }
  }
  return most;
}

/** Bars from the first decision to the last value that differs; null when the last bar still does. */
function settledAfter(long: RunLog, short: RunLog): number | null {
  let bars = 0;
  for (const [symbol, log] of long.symbols) {
    const other = short.symbols.get(symbol);
    if (other === undefined) return null;
    const shift = log.times.indexOf(other.times[0] ?? Number.NaN);
    if (shift < 0) return null;
    bars = Math.max(bars, shift);
    for (const [at, { values }] of log.columns.entries()) {
      const twin = other.columns[at]?.values ?? [];
      for (let row = twin.length - 1; row >= 0; row--) {
        const [a, b] = [values[row + shift] as number, twin[row] as number];
        if (isSameNumber(a, b, START_TOLERANCE)) continue;
        if (row === twin.length - 1) return null;
        bars = Math.max(bars, row + shift + 1);
        break;
      }
    }
  }
  return bars;
}

function settleOf({ evidence }: AuditFinding): number {
  return evidence.by === "start" ? (evidence.bars ?? Number.POSITIVE_INFINITY) : 0;
}
