import { text as readAll } from "node:stream/consumers";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { workspaceOf } from "#cli/data/market-store.ts";
import { type Cell, renderTable, type Table } from "#cli/output/table.ts";
import { csvText } from "#data/store/csv-text.ts";
import { querySql, type SqlResult, type SqlValue } from "#data/store/query-sql.ts";
import { DrydockError } from "#engine/errors.ts";

interface SqlArgs {
  readonly query: string;
  readonly format: "table" | "csv" | "json";
  readonly limit: number | undefined;
}

const TABLE_ROWS = 200;

export async function run(context: CommandContext, args: SqlArgs): Promise<CommandResult> {
  const { globals } = context;
  const isForProgram = globals.json || globals.jsonl || globals.plain;
  if (args.format === "csv" && isForProgram) {
    throw new DrydockError("E_USAGE", "--format csv excludes --json, --jsonl and --plain", {
      hint: "Leave one of them out",
    });
  }
  const query = args.query === "-" ? await readAll(process.stdin) : args.query;
  const isTable = args.format === "table" && !isForProgram;
  const workspace = await workspaceOf(context, { ...args });
  const result = await querySql(workspace, query, {
    rowsMax: args.limit ?? (isTable ? TABLE_ROWS : undefined),
    signal: context.signal,
  });
  for (const message of result.notices) context.warn({ code: "sql-notice", message });
  if (result.isCut) {
    const message = `Only the first ${result.rows.length} rows; --limit shows more`;
    context.warn({ code: "sql-cut", message });
  }
  const names = distinctNames(result);
  const table = (): Table => tableOf(result, names);
  return {
    data: {
      columns: result.columns.map(({ type }, index) => ({ name: names[index], type })),
      rows: result.rows.map((row) =>
        Object.fromEntries(row.map((value, index) => [names[index], value])),
      ),
      isCut: result.isCut,
    },
    asJson: args.format === "json",
    text: ({ width, isTerminal, style }) =>
      args.format === "csv"
        ? csvLines(result, names)
        : renderTable(table(), {
            width: isTerminal ? width : Infinity,
            header: (line) => style("strong", line),
          }),
    plain: table,
  };
}

/** A query may name two columns alike; as keys of an object one would hide the other. */
function distinctNames(result: SqlResult): readonly string[] {
  const seen = new Set<string>();
  return result.columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; seen.has(unique); count++) unique = `${name}_${count}`;
    seen.add(unique);
    return unique;
  });
}

function tableOf(result: SqlResult, names: readonly string[]): Table {
  return {
    columns: result.columns.map(({ type }, index) => ({
      name: names[index] ?? "",
      align: /^(?:DOUBLE|FLOAT|DECIMAL|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?)/.test(type)
        ? "right"
        : "left",
    })),
    rows: result.rows.map((row) => row.map(cellOf)),
  };
}

function* csvLines(result: SqlResult, names: readonly string[]): Generator<string> {
  yield `${names.map(csvText).join(",")}\n`;
  for (const row of result.rows) {
    yield `${row.map((value) => csvText(value === null ? null : String(cellOf(value)))).join(",")}\n`;
  }
}

function cellOf(value: SqlValue): Cell {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
