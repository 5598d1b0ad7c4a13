import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { listRows } from "#cli/live-tables/list-rows.ts";
import { withLiveTables } from "#cli/live-tables/open-tables.ts";
import {
  CONTRACT_COLUMN,
  column,
  numberColumn,
  type RowColumn,
  timeColumn,
} from "#cli/live-tables/row-columns.ts";
import { oneOf } from "#cli/live-tables/sql-filter.ts";
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

const SHOWN: readonly RowColumn[] = [
  timeColumn("sent", "sentAt"),
  column("target", "target"),
  CONTRACT_COLUMN,
  column("side", "side"),
  column("type", "type"),
  column("purpose", "purpose"),
  numberColumn("qty", "qty"),
  numberColumn("filled", "filledQty"),
  numberColumn("price", "price"),
  numberColumn("trigger", "trigger", { whenNarrow: "dropIfZero" }),
  column("status", "status"),
  column("request id", "requestId", { shrink: true }),
  column("venue id", "venueOrderId", { shrink: true }),
];

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { all, limit, only } = args;
  return withLiveTables(context, args, (tables) =>
    listRows(tables, {
      name: "orders",
      from: "orders",
      columns: COLUMNS,
      where: [oneOf("symbol", only), all ? "true" : "is_working"],
      orderBy: "sent_at DESC NULLS LAST, target, order_no DESC, attempt DESC",
      limit,
      isNewestLast: true,
      shown: SHOWN,
      whenEmpty: all
        ? "No order was ever sent%. See what was decided with: drydock intents"
        : "No order is working%. Those that have ended: drydock orders --all",
    }),
  );
}
