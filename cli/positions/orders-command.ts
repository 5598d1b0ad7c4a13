import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import type { Table } from "#cli/output/table.ts";
import { listResult } from "#cli/positions/list-result.ts";
import { withLiveTables } from "#cli/positions/open-tables.ts";
import {
  type RowDocument,
  rowDocument,
  shown,
  shownContract,
  shownTime,
} from "#cli/positions/row-document.ts";
import { oneOf } from "#cli/positions/sql-filter.ts";
import { TABLES } from "#data/projection/tables.ts";

interface Args {
  readonly all: boolean;
  readonly only: readonly string[];
  readonly limit: number;
}

const { intents, requests } = TABLES;

/** Columns of the view `orders`. */
const COLUMNS = {
  target: requests.columns.target,
  request_id: requests.columns.request_id,
  venue_order_id: requests.columns.venue_order_id,
  attempt: requests.columns.attempt,
  sent_at: requests.columns.time,
  order_no: intents.columns.order_no,
  intent_id: intents.columns.intent_id,
  symbol: intents.columns.symbol,
  slot: intents.columns.slot,
  source: intents.columns.source,
  purpose: intents.columns.purpose,
  type: intents.columns.type,
  side: intents.columns.side,
  reduce_only: intents.columns.reduce_only,
  qty: intents.columns.qty,
  filled_qty: intents.columns.filled_qty,
  lots: intents.columns.lots,
  filled_lots: intents.columns.filled_lots,
  price: intents.columns.price,
  trigger: intents.columns.trigger,
  status: intents.columns.status,
  is_working: intents.columns.is_working,
  updated_at: intents.columns.updated_at,
} as const;

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  return withLiveTables(context, args, async (tables) => {
    const { all, limit, only } = args;
    const working = all ? "true" : "is_working";
    const found = await tables.rows(
      `SELECT *, count(*) OVER () AS total FROM orders
       WHERE ${tables.ofTargets} AND ${oneOf("symbol", only)} AND ${working}
       ORDER BY sent_at DESC NULLS LAST, target, order_no DESC, attempt DESC LIMIT ${limit}`,
    );
    return listResult(tables, {
      name: "orders",
      rows: found.map((row) => rowDocument(row, COLUMNS)).toReversed(),
      total: Number(found[0]?.["total"] ?? 0),
      table: orderTable,
      whenEmpty: all
        ? "No order was ever sent%. See what was decided with: drydock intents"
        : "No order is working%. Those that have ended: drydock orders --all",
    });
  });
}

function orderTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "sent (UTC)" },
      { name: "target" },
      { name: "contract" },
      { name: "side" },
      { name: "type" },
      { name: "purpose" },
      { name: "qty", align: "right" },
      { name: "filled", align: "right" },
      { name: "price", align: "right" },
      { name: "trigger", align: "right", whenNarrow: "dropIfZero" },
      { name: "status" },
      { name: "request id", shrink: true },
      { name: "venue id", shrink: true },
    ],
    rows: rows.map((row) => [
      shownTime(row["sentAt"]),
      shown(row["target"]),
      shownContract(row),
      shown(row["side"]),
      shown(row["type"]),
      shown(row["purpose"]),
      shown(row["qty"]),
      shown(row["filledQty"]),
      shown(row["price"]),
      shown(row["trigger"]),
      shown(row["status"]),
      shown(row["requestId"]),
      shown(row["venueOrderId"]),
    ]),
  };
}
