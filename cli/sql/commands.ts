import { defineCommand } from "#cli/command-spec.ts";
import { configOptions } from "#cli/config/config-flags.ts";

export const sql = defineCommand({
  name: "sql",
  summary: "Ask the stores a question in SQL (DuckDB); nothing can be changed",
  options: {
    query: { kind: "text", positional: "required", describe: "One query; - reads it from stdin" },
    format: {
      kind: "choice",
      choices: ["table", "csv", "json"],
      default: "table",
      describe: "Form of the output; json is --json",
    },
    limit: {
      kind: "number",
      integer: true,
      min: 0,
      shownDefault: "200 in a table, else all",
      describe: "No more rows than this",
    },
    ...configOptions("dataDir"),
  },
  examples: [
    { command: 'drydock sql "show all tables"', shows: "What there is to ask" },
    {
      command: 'drydock sql "select symbol, count(*) as bars from candles group by symbol" --json',
      shows: "A result as JSON",
    },
    {
      command: "drydock sql - --format csv",
      shows: "A query from a file: drydock sql - < query.sql",
    },
  ],
  load: () => import("#cli/sql/sql-command.ts"),
});
