import type { Expectation, ExpectedRow, ExpectedValue, Scenario } from "#sim/scenario/scenario.ts";
import type { ScenarioOutcome } from "#sim/scenario/scenario-outcome.ts";

/** One thing that came out otherwise. A whole row stands where the other side has none (null). */
export interface Difference {
  /** `fills[0].price`. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Everything in which an outcome differs from an expectation: lists whole and in order, rows by the keys that the
 * expectation writes, numbers within the tolerance.
 */
export function compareOutcome(
  expect: Expectation,
  outcome: ScenarioOutcome,
  { tolerance, symbols, isMulti }: Pick<Scenario, "tolerance" | "symbols" | "isMulti">,
): readonly Difference[] {
  const found: Difference[] = [];
  const main = symbols[0]?.instrument.symbol ?? "";
  const lists = { fills: expect.fills, trades: expect.trades, aged: expect.aged };
  for (const [path, rows] of Object.entries(lists)) {
    if (rows === undefined) continue;
    // A row that names no symbol is about the scenario's own instrument; with one symbol there is no other.
    const full = rows.map(({ symbol = main, ...row }) => (isMulti ? { symbol, ...row } : row));
    compareList(path, full, rowsOf(outcome, path), tolerance, found);
  }
  for (const path of ["orders", "position", "final"] as const) {
    const row = expect[path];
    if (row !== undefined) compareRow(path, row, rowOf(outcome[path]), tolerance, found);
  }
  for (const [symbol, row] of Object.entries(expect.positions ?? {})) {
    const actual = rowOf(outcome.positions?.[symbol]);
    compareRow(`positions.${symbol}`, row, actual, tolerance, found);
  }
  if (expect.equity !== undefined) {
    compareEquity(expect.equity, outcome.equity, tolerance, found);
  }
  if (expect.rejects !== undefined) {
    compareList("rejects", expect.rejects, rowsOf(outcome, "rejects"), tolerance, found);
  }
  return found;
}

function rowsOf(outcome: ScenarioOutcome, path: string): readonly Row[] {
  return (outcome as unknown as Readonly<Record<string, readonly Row[]>>)[path] ?? [];
}

function rowOf(part: object | undefined): Row {
  return (part ?? {}) as Row;
}

function compareList(
  path: string,
  expected: readonly ExpectedRow[],
  actual: readonly Row[],
  tolerance: number,
  found: Difference[],
): void {
  for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
    const [wanted, got] = [expected[at], actual[at]];
    const place = `${path}[${at}]`;
    if (wanted === undefined || got === undefined) {
      found.push({ path: place, expected: wanted ?? null, actual: got ?? null });
    } else {
      compareRow(place, wanted, got, tolerance, found);
    }
  }
}

function compareRow(
  path: string,
  expected: ExpectedRow,
  actual: Row,
  tolerance: number,
  found: Difference[],
): void {
  for (const [key, wanted] of Object.entries(expected)) {
    const got = Object.hasOwn(actual, key) ? (actual[key] ?? null) : null;
    if (isSame(wanted, got, tolerance)) continue;
    found.push({ path: `${path}.${key}`, expected: wanted, actual: got });
  }
}

function compareEquity(
  expected: readonly (number | null)[],
  actual: readonly (number | null)[],
  tolerance: number,
  found: Difference[],
): void {
  for (let at = 0; at < Math.max(expected.length, actual.length); at++) {
    const wanted = expected[at];
    // Null is not checked; a row that is missing is.
    if (wanted === null && at < actual.length) continue;
    const got = actual[at] ?? null;
    if (wanted !== undefined && isSame(wanted, got, tolerance)) continue;
    found.push({ path: `equity[${at}]`, expected: wanted ?? null, actual: got });
  }
}

function isSame(expected: ExpectedValue, actual: unknown, tolerance: number): boolean {
  if (typeof expected !== "number" || typeof actual !== "number") return expected === actual;
  const allowed = expected === 0 ? tolerance : tolerance * Math.abs(expected);
  return Math.abs(actual - expected) <= allowed;
}
