import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { findConfig } from "#cli/config/find-config.ts";
import { parseConfigFile } from "#cli/config/parse-config-file.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { DrydockError } from "#engine/errors.ts";

export async function run(
  context: CommandContext,
  args: { readonly file: string | undefined },
): Promise<CommandResult> {
  const path = findConfig(process.cwd(), args.file ?? context.globals.config);
  if (path === null) {
    throw new DrydockError("E_CONFIG", "No config file here or in a folder above", {
      hint: "drydock init",
    });
  }
  const problems = (await parseConfigFile(path)).problems.toSorted(
    (a, b) => lineOf(a.where) - lineOf(b.where),
  );
  const table = (): Table => ({
    columns: [{ name: "where" }, { name: "problem" }, { name: "fix" }],
    rows: problems.map(({ where, message, hint }) => [where, message, hint ?? null]),
  });
  return {
    data: {
      path,
      problems: problems.map(({ where, message, hint }) => ({
        where,
        message,
        hint: hint ?? null,
      })),
    },
    exit: problems.length === 0 ? 0 : 3,
    text: ({ width, isTerminal, style }) =>
      problems.length === 0
        ? `${style("good", "ok")}  ${path}`
        : renderTable(table(), {
            width: isTerminal ? width : Infinity,
            header: (line) => style("strong", line),
          }),
    plain: table,
  };
}

function lineOf(where: string): number {
  return Number(/:(\d+)$/.exec(where)?.[1] ?? 0);
}
