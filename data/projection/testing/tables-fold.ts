import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect } from "vitest";
import type { Projection } from "#data/projection/projection.ts";
import type { ProjectedRecord } from "#data/projection/record-schema.ts";
import type { Cells } from "#data/projection/table-spec.ts";
import { must } from "#engine/assert.ts";
import { fromUnits, makeGrid } from "#engine/model/grid.ts";
import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import type { TargetKey } from "#engine/model/target.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import { isTerminal, statusName } from "#engine/orders/order-status.ts";
import type { ToldStart } from "#live/steps/fold-steps.ts";
import { JournalFold } from "#live/steps/journal-fold.ts";
import { type FoldedAccount, onGrid, type Place } from "./folded-account.ts";
import { emptyProjection, recordsOf } from "./journal-records.ts";
import { expectAged, expectMoney } from "./records-fold.ts";
import { simulatedJournal } from "./simulated-journal.ts";
import { rowsOf } from "./table-contents.ts";

/** I37, of the journal of a simulated run. */
export const tablesAreFolds = fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (seed) => {
  const folder = mkdtempSync(join(tmpdir(), "drydock-fold-"));
  try {
    simulatedJournal(folder, String(seed));
    const { projection } = await emptyProjection();
    const records = recordsOf(folder);
    await projection.apply(records);
    await expectFolded(projection, records);
    await projection.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/**
 * What `positions`, `orders`, `intents` and `aged` show are the numbers of the fold that an engine starts from, and what
 * stands in `fills`, `cash_flows` and the history of aged positions is what the trading records say, row by row.
 */
export async function expectFolded(
  projection: Projection,
  records: readonly ProjectedRecord[],
): Promise<void> {
  const fold = new JournalFold();
  for (const record of records) fold.apply(record);
  const targets = await rowsOf(projection, "SELECT DISTINCT target FROM bot_runs ORDER BY ALL");
  expect(targets.length).toBeGreaterThan(0);
  for (const { target } of targets) {
    const own = records.filter((record) => record.target === target);
    const account: FoldedAccount = {
      rows: (table, order) =>
        rowsOf(projection, `SELECT * FROM ${table} WHERE target = '${target}' ORDER BY ${order}`),
      records: own,
      kept: must(fold.stateOf(target as TargetKey), "The fold knows every target"),
      places: placesOf(own),
    };
    await expectIntents(account);
    await expectRequests(account);
    await expectPositions(account);
    await expectLatches(account);
    await expectAged(account);
    await expectMoney(account);
  }
}

function placesOf(records: readonly ProjectedRecord[]): readonly Place[] {
  const started = must(
    records.findLast(({ kind }) => kind === "started"),
    "Every account was started",
  );
  return (started.data as ToldStart).contracts.map(({ symbol, slot, tick, lot }) => ({
    symbol,
    slot,
    tick: makeGrid(must(tick, "A simulated contract has a tick")),
    lot: makeGrid(must(lot, "A simulated contract has a lot")),
  }));
}

const TYPES = Object.keys(ORDER_TYPE);

async function expectIntents({ rows, kept, places }: FoldedAccount): Promise<void> {
  const { working, ended } = kept.state.orders;
  const intents = await rows("intents", "order_no");
  const byNumber = new Map(intents.map((row) => [row["order_no"], row]));
  const orders = new Map<unknown, Cells>();
  for (const row of await rows("orders", "attempt")) orders.set(row["order_no"], row);
  for (const order of [...working, ...ended]) {
    const told = toldOf(order, must(places[order.symbol], "An order is of a place"));
    expect(byNumber.get(order.requestId)).toMatchObject({ ...told, attempts: order.attempt });
    // Its last attempt; an order that was never sent has none.
    const sent = orders.get(order.requestId);
    if (sent !== undefined) expect(sent).toMatchObject(told);
  }
  expect(intents.filter((row) => row["is_working"]).length).toBe(working.length);
}

/** What an intent and its order show of an order. */
function toldOf(order: OrderState, { symbol, slot, tick, lot }: Place): Cells {
  return {
    symbol,
    slot,
    status: statusName(order.status),
    is_working: !isTerminal(order.status),
    type: must(TYPES[order.type], "An order has a type"),
    side: order.side > 0 ? "buy" : "sell",
    reduce_only: order.reduceOnly,
    lots: order.qtyLots,
    filled_lots: order.filledLots,
    qty: fromUnits(lot, order.qtyLots),
    filled_qty: fromUnits(lot, order.filledLots),
    price: onGrid(tick, order.priceTicks),
    trigger: onGrid(tick, order.triggerTicks),
  };
}

async function expectRequests({ rows, kept }: FoldedAccount): Promise<void> {
  const names = kept.names.map(([requestId, , venueId]) => [requestId, venueId] as const);
  const requests = await rows("requests", "seq, place");
  const places = requests.filter((row) => row["kind"] === "place");
  expect(new Map(places.map((row) => [row["request_id"], row["venue_order_id"]]))).toEqual(
    new Map(names),
  );
}

async function expectPositions({ rows, kept }: FoldedAccount): Promise<void> {
  const positions = await rows("active_positions", "symbol, slot");
  expect(positions.map(({ target: _target, ...row }) => row)).toEqual(
    kept.positions.map((row) => snakeCased({ ...row })),
  );
}

function snakeCased(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const cells = Object.entries(row).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return Object.fromEntries(cells) as Readonly<Record<string, unknown>>;
}

async function expectLatches({ rows, kept }: FoldedAccount): Promise<void> {
  const latches = await rows("latches", "kind, symbol");
  const standing = latches.filter((row) => row["lifted_at"] === null);
  const { halt, gate, quarantined, haltedSymbols } = kept.state.control.risk.latches;
  const reasons = [halt, gate, ...quarantined, ...haltedSymbols].flatMap((one) =>
    one === null ? [] : [one.reason],
  );
  const inOrder = (all: readonly unknown[]): readonly string[] => all.map(String).toSorted();
  expect(inOrder(standing.map((row) => row["reason"]))).toEqual(inOrder(reasons));
}
