import { must } from "#engine/assert.ts";
import { type Decision, decisionText, type RunLog, type SymbolLog } from "#sim/audit/run-log.ts";

/**
 * The first bar at which two runs differ in one respect. `first` and `other` are what the two runs had there: a value,
 * or a decision as text; null where one had nothing.
 */
export interface Difference {
  readonly what: "value" | "decision" | "asked" | "threw";
  /** Epoch ms of the decision: the close of the bar. */
  readonly time: number;
  /** Open time of the bar; the time itself where it is not known. */
  readonly bar: number;
  /** Empty where the whole strategy is meant. */
  readonly symbol: string;
  /** Null unless a value differs. */
  readonly indicator: string | null;
  readonly output: string;
  readonly first: number | string | null;
  readonly other: number | string | null;
}

/** Streaming sums of one data set agree to the last bit; what was computed as a table may differ in rounding. */
export const TOLERANCE = 1e-9;

/**
 * The first difference of each indicator, of the decisions, and of the bars at which the strategy was asked, up to a
 * time and in order of time. Numbers that agree to `tolerance` (relative) are the same.
 */
export function compareLogs(
  first: RunLog,
  other: RunLog,
  until: number,
  tolerance = TOLERANCE,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const name of new Set([...first.symbols.keys(), ...other.symbols.keys()])) {
    found.push(
      ...compareSymbol(
        first.symbols.get(name) ?? emptyLog(name),
        other.symbols.get(name) ?? emptyLog(name),
        until,
        tolerance,
      ),
    );
  }
  const decision = compareDecisions(first.decisions, other.decisions, until, tolerance);
  if (decision !== null) found.push(decision);
  const failure = compareFailures(first, other, until);
  if (failure !== null) found.push(failure);
  return found.sort((a, b) => a.time - b.time);
}

export function isSameNumber(a: number, b: number, tolerance: number): boolean {
  if (a === b || (a !== a && b !== b)) return true;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

function compareSymbol(
  first: SymbolLog,
  other: SymbolLog,
  until: number,
  tolerance: number,
): readonly Difference[] {
  const rows = rowsUntil(first, until);
  const otherRows = rowsUntil(other, until);
  const common = commonRows(first, other, Math.min(rows, otherRows));
  const found: Difference[] = [];
  const head = { symbol: first.symbol, indicator: null, output: "" };
  if (common < rows || common < otherRows) {
    const isFirst =
      common < rows && !((other.times[common] ?? Infinity) < (first.times[common] ?? 0));
    const log = isFirst ? first : other;
    found.push({
      ...head,
      what: "asked",
      time: must(log.times[common], "The row is there"),
      bar: must(log.bars[common], "The row is there"),
      first: isFirst ? "asked" : null,
      other: isFirst ? null : "asked",
    });
  }
  for (const column of first.columns) {
    const twin = other.columns.find(
      ({ indicator, output }) => indicator === column.indicator && output === column.output,
    );
    if (twin === undefined) continue;
    for (let row = 0; row < common; row++) {
      const [a, b] = [column.values[row] as number, twin.values[row] as number];
      if (isSameNumber(a, b, tolerance)) continue;
      const { indicator, output } = column;
      const [time, bar] = [first.times[row] as number, first.bars[row] as number];
      found.push({ ...head, what: "value", time, bar, indicator, output, first: a, other: b });
      break;
    }
  }
  return found;
}

function emptyLog(symbol: string): SymbolLog {
  return { symbol, times: [], bars: [], columns: [] };
}

function rowsUntil({ times }: SymbolLog, until: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}

function commonRows(first: SymbolLog, other: SymbolLog, rows: number): number {
  for (let row = 0; row < rows; row++) if (first.times[row] !== other.times[row]) return row;
  return rows;
}

function compareDecisions(
  first: readonly Decision[],
  other: readonly Decision[],
  until: number,
  tolerance: number,
): Difference | null {
  for (let at = 0; ; at++) {
    const a = decisionUntil(first, at, until);
    const b = decisionUntil(other, at, until);
    if (a === null && b === null) return null;
    if (a !== null && b !== null && isSameDecision(a, b, tolerance)) continue;
    // The earlier one is what the other run did not do.
    const isFirst = a !== null && (b === null || a.time <= b.time);
    const { time, bar, symbol } = must(isFirst ? a : b, "One of them is there");
    const isBoth = a !== null && b !== null && a.time === b.time && a.symbol === b.symbol;
    return {
      what: "decision",
      time,
      bar,
      symbol,
      indicator: null,
      output: "",
      first: a !== null && (isFirst || isBoth) ? decisionText(a) : null,
      other: b !== null && (!isFirst || isBoth) ? decisionText(b) : null,
    };
  }
}

function decisionUntil(all: readonly Decision[], at: number, until: number): Decision | null {
  const decision = all[at];
  return decision === undefined || decision.time > until ? null : decision;
}

function isSameDecision(a: Decision, b: Decision, tolerance: number): boolean {
  if (a.time !== b.time || a.symbol !== b.symbol || a.action !== b.action) return false;
  if (a.terms.length !== b.terms.length) return false;
  return a.terms.every(([name, value], at) => {
    const [otherName, other] = b.terms[at] as readonly [string, unknown];
    if (name !== otherName) return false;
    return typeof value === "number" && typeof other === "number"
      ? isSameNumber(value, other, tolerance)
      : Object.is(value, other) || String(value) === String(other);
  });
}

function compareFailures(first: RunLog, other: RunLog, until: number): Difference | null {
  const a = first.failure !== null && first.failure.time <= until ? first.failure : null;
  const b = other.failure !== null && other.failure.time <= until ? other.failure : null;
  if (a === null && b === null) return null;
  if (a !== null && b !== null && a.time === b.time) return null;
  const time = Math.min(a?.time ?? Infinity, b?.time ?? Infinity);
  return {
    what: "threw",
    time,
    bar: time,
    symbol: "",
    indicator: null,
    output: "",
    first: a === null ? null : String(a.error),
    other: b === null ? null : String(b.error),
  };
}
