import { Fields, shown } from "#cli/scenario/fields.ts";
import type { Path } from "#cli/scenario/scenario-source.ts";
import { didYouMean } from "#cli/suggest.ts";
import { AGED_REASONS, AGED_STATUSES } from "#engine/aged/aged-record.ts";
import { PURPOSE, REJECT } from "#engine/model/order-terms.ts";
import type { Expectation, ExpectedRow } from "#sim/scenario/scenario.ts";

const EXIT_REASONS = Object.keys(PURPOSE).filter((word) => word !== "entry");
const STATES = ["accepted", "partiallyFilled", "filled", "cancelled", "rejected", "expired"];
const NOT_CODES = new Set(["none", "unknownOrder", "groupFilled", "liquidated"]);
const CODES = Object.keys(REJECT).filter((word) => !NOT_CODES.has(word));

/** What a cell may hold: a number, a number or null, or one of some words. */
type Cell = "number" | "price" | readonly string[];

export interface ExpectFrame {
  readonly orders: readonly string[];
  readonly symbols: readonly string[];
  readonly isMulti: boolean;
}

/** The expectation of a scenario; null when it has none. */
export function readExpect(fields: Fields, frame: ExpectFrame): Expectation | null {
  if (!fields.has("expect")) return null;
  const where = frame.isMulti ? "positions" : "position";
  const own = fields.child("expect", [
    "fills",
    "trades",
    "orders",
    where,
    "final",
    "equity",
    "aged",
    "rejects",
  ]);
  if (own === null) return null;
  const symbol = { symbol: frame.symbols };
  const names = [...new Set([...frame.orders, ...EXIT_REASONS, "close"])];
  const fill = {
    bar: "number",
    ...symbol,
    order: names,
    side: ["buy", "sell"],
    qty: "number",
    price: "number",
    fee: "number",
    liquidity: ["maker", "taker"],
  } as const;
  const trade = {
    ...symbol,
    side: ["long", "short"],
    openBar: "number",
    closeBar: "number",
    entryPrice: "number",
    exitPrice: "number",
    qty: "number",
    netPnl: "number",
    returnPct: "number",
    exitReason: EXIT_REASONS,
  } as const;
  const states = Object.fromEntries(frame.orders.map((name) => [name, STATES]));
  return {
    fills: readRows(own, "fills", fill),
    trades: readRows(own, "trades", trade),
    orders: readRow(own.child("orders", frame.orders), states),
    position: readRow(own.child("position", Object.keys(POSITION)), POSITION),
    positions: readPositions(own, frame.symbols),
    final: readRow(own.child("final", Object.keys(FINAL)), FINAL),
    equity: readEquity(own),
    aged: readRows(own, "aged", {
      bar: "number",
      ...symbol,
      to: AGED_STATUSES,
      reason: AGED_REASONS,
    }),
    rejects: readRows(own, "rejects", { order: [...names, "leverage", "addMargin"], code: CODES }),
  };
}

const POSITION = {
  qty: "number",
  entryPrice: "price",
  liquidationPrice: "price",
  bankruptcyPrice: "price",
  initialMargin: "number",
  maintenanceMargin: "number",
} as const;

const FINAL = {
  balance: "number",
  equity: "number",
  feesPaid: "number",
  fundingPaid: "number",
  liquidations: "number",
} as const;

function readPositions(
  own: Fields,
  symbols: readonly string[],
): Readonly<Record<string, ExpectedRow>> | undefined {
  const all = own.child("positions", symbols);
  if (all === null) return undefined;
  const rows = all.keys.map((symbol) => {
    return [symbol, readRow(all.child(symbol, Object.keys(POSITION)), POSITION) ?? {}] as const;
  });
  return Object.fromEntries(rows);
}

function readEquity(own: Fields): readonly (number | null)[] | undefined {
  return own.list("equity")?.map((value, at) => {
    if (value === null || (typeof value === "number" && Number.isFinite(value))) return value;
    own.problems.add([...own.at("equity"), at], `must be a number or null, not ${shown(value)}`);
    return null;
  });
}

function readRows(
  own: Fields,
  key: string,
  cells: Readonly<Record<string, Cell>>,
): readonly ExpectedRow[] | undefined {
  return own.list(key)?.map((row, at) => {
    const path: Path = [...own.at(key), at];
    return readRow(Fields.of(own.problems, path, row, Object.keys(cells)), cells) ?? {};
  });
}

function readRow(
  row: Fields | null,
  cells: Readonly<Record<string, Cell>>,
): ExpectedRow | undefined {
  if (row === null) return undefined;
  const found: [string, string | number | null][] = [];
  for (const key of row.keys) {
    const cell = cells[key];
    if (cell === undefined) continue;
    const value = readCell(row, key, cell);
    if (value !== undefined) found.push([key, value]);
  }
  return Object.fromEntries(found);
}

function readCell(row: Fields, key: string, cell: Cell): string | number | null | undefined {
  const value = row.written(key);
  if (value === null && cell === "price") return null;
  if (typeof cell === "string") {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    const wanted = cell === "price" ? "a number or null" : "a number";
    row.add(key, `must be ${wanted}, not ${shown(value)}`);
    return undefined;
  }
  if (typeof value === "string" && cell.includes(value)) return value;
  const hint = typeof value === "string" ? didYouMean(value, cell, undefined) : undefined;
  row.add(key, `must be one of ${cell.join(", ")}, not ${shown(value)}`, hint);
  return undefined;
}
