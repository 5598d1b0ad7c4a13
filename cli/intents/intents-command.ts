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
import { DrydockError } from "#engine/errors.ts";
import { STATUS } from "#engine/orders/order-status.ts";

interface Args {
  readonly status: readonly string[];
  readonly source: readonly string[];
  readonly only: readonly string[];
  readonly working: boolean;
  readonly limit: number;
}

const STATUSES = Object.keys(STATUS);
const SOURCES = ["strategy", "protection", "aged", "reconcile", "flatten", "manual"];

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { status, source, only, working, limit } = args;
  for (const word of status) requireKnown("status", word, STATUSES);
  for (const word of source) requireKnown("source", word, SOURCES);
  return withLiveTables(context, args, async (tables) => {
    const conditions = [
      tables.ofTargets,
      oneOf("status", status),
      oneOf("source", source),
      oneOf("symbol", only),
      working ? "is_working" : "true",
    ];
    const found = await tables.rows(
      `SELECT *, count(*) OVER () AS total FROM intents WHERE ${conditions.join(" AND ")}
       ORDER BY decided_at DESC, target, order_no DESC LIMIT ${limit}`,
    );
    const isFiltered = status.length + source.length + only.length > 0 || working;
    return listResult(tables, {
      name: "intents",
      rows: found.map((row) => rowDocument(row, TABLES.intents.columns)).toReversed(),
      total: Number(found[0]?.["total"] ?? 0),
      table: intentTable,
      whenEmpty: isFiltered
        ? "No intent% is like that. All of them: drydock intents"
        : "No intent was made%. What happened so far: drydock journal show --tail 20",
    });
  });
}

/** @throws E_USAGE */
function requireKnown(option: string, word: string, words: readonly string[]): void {
  if (words.some((known) => known.toLowerCase() === word.toLowerCase())) return;
  throw new DrydockError("E_USAGE", `--${option} "${word}" is not one that an intent can have`, {
    hint: `One of ${words.join(", ")}`,
  });
}

function intentTable(rows: readonly RowDocument[]): Table {
  return {
    columns: [
      { name: "decided (UTC)" },
      { name: "target" },
      { name: "contract" },
      { name: "source" },
      { name: "purpose" },
      { name: "side" },
      { name: "type" },
      { name: "qty", align: "right" },
      { name: "filled", align: "right" },
      { name: "price", align: "right" },
      { name: "trigger", align: "right", whenNarrow: "dropIfZero" },
      { name: "attempts", align: "right", whenNarrow: "drop" },
      { name: "status" },
      { name: "reason", shrink: true },
      { name: "intent", shrink: true },
    ],
    rows: rows.map((row) => [
      shownTime(row["decidedAt"]),
      shown(row["target"]),
      shownContract(row),
      shown(row["source"]),
      shown(row["purpose"]),
      shown(row["side"]),
      shown(row["type"]),
      shown(row["qty"]),
      shown(row["filledQty"]),
      shown(row["price"]),
      shown(row["trigger"]),
      shown(row["attempts"]),
      shown(row["status"]),
      shown(row["reason"]),
      shown(row["intentId"]),
    ]),
  };
}
