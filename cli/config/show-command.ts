import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { configFlags } from "#cli/config/config-flags.ts";
import { CONFIG_KEY_NAMES } from "#cli/config/keys.ts";
import { renderTable, type Table } from "#cli/output/table.ts";

export async function run(
  context: CommandContext,
  args: Readonly<Record<string, unknown>>,
): Promise<CommandResult> {
  const { settings, file } = await context.loadConfig(configFlags(args));
  const shown = [...settings].map(([key, { value, origin }]) => ({ key, value, origin }));
  if (args["all"] === true) {
    for (const key of CONFIG_KEY_NAMES) {
      const isShown = shown.some((entry) => entry.key === key || entry.key.startsWith(`${key}.`));
      if (!isShown) shown.push({ key, value: null, origin: "not set" });
    }
  }
  const table = (): Table => ({
    columns: [{ name: "key" }, { name: "value", shrink: true }, { name: "origin", shrink: true }],
    rows: shown.map(({ key, value, origin }) => [key, valueText(value), origin]),
  });
  return {
    data: { file, settings: shown },
    text: ({ width, isTerminal, style }) =>
      renderTable(table(), {
        width: isTerminal ? width : Infinity,
        header: (line) => style("strong", line),
      }),
    plain: table,
  };
}

function valueText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
