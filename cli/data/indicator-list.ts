import type { CommandResult } from "#cli/command-result.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { indicatorCatalogue } from "#engine/indicators/registry.ts";

/** `data show --with list`: every indicator with its arguments and outputs. */
export function listIndicators(): CommandResult {
  const indicators = indicatorCatalogue().map((definition) => ({
    name: definition.name,
    signature: definition.signature,
    arguments: definition.arguments.map(({ name, kind, default: given }) => ({
      name,
      kind,
      // Absent: the argument must be given.
      ...(given === undefined ? {} : { default: given }),
    })),
    outputs: definition.outputs.filter((output) => output !== ""),
    doc: definition.doc,
  }));
  const table = (): Table => ({
    columns: [{ name: "indicator" }, { name: "outputs" }, { name: "what it is", shrink: true }],
    rows: indicators.map((one) => [one.signature, one.outputs.join(" "), one.doc]),
  });
  return {
    data: { series: null, total: 0, rows: [], indicators },
    text: ({ width, isTerminal, style }) =>
      renderTable(table(), {
        width: isTerminal ? width : Infinity,
        header: (line) => style("strong", line),
      }),
    plain: table,
  };
}
