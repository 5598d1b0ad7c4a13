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

const SHOWN: readonly RowColumn[] = [
  timeColumn("decided", "decidedAt"),
  column("target", "target"),
  CONTRACT_COLUMN,
  column("source", "source"),
  column("purpose", "purpose"),
  column("side", "side"),
  column("type", "type"),
  numberColumn("qty", "qty"),
  numberColumn("filled", "filledQty"),
  numberColumn("price", "price"),
  numberColumn("trigger", "trigger", { whenNarrow: "dropIfZero" }),
  numberColumn("attempts", "attempts", { whenNarrow: "drop" }),
  column("status", "status"),
  column("reason", "reason", { shrink: true }),
  column("intent", "intentId", { shrink: true }),
];

export async function run(
  context: CommandContext,
  args: Args & Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { status, source, only, working, limit } = args;
  for (const word of status) requireKnown("status", word, STATUSES);
  for (const word of source) requireKnown("source", word, SOURCES);
  const isFiltered = status.length + source.length + only.length > 0 || working;
  return withLiveTables(context, args, (tables) =>
    listRows(tables, {
      name: "intents",
      from: "intents",
      columns: TABLES.intents.columns,
      where: [
        oneOf("status", status),
        oneOf("source", source),
        oneOf("symbol", only),
        working ? "is_working" : "true",
      ],
      orderBy: "decided_at DESC, target, order_no DESC",
      limit,
      isNewestLast: true,
      shown: SHOWN,
      whenEmpty: isFiltered
        ? "No intent% is like that. All of them: drydock intents"
        : "No intent was made%. What happened so far: drydock journal show --tail 20",
    }),
  );
}

/** @throws E_USAGE */
function requireKnown(option: string, word: string, words: readonly string[]): void {
  if (words.some((known) => known.toLowerCase() === word.toLowerCase())) return;
  throw new DrydockError("E_USAGE", `--${option} "${word}" is not one that an intent can have`, {
    hint: `One of ${words.join(", ")}`,
  });
}
