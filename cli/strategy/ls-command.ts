import { resolve } from "node:path";

import type { CommandContext } from "#cli/command-context.ts";
import type { CommandResult } from "#cli/command-result.ts";
import { renderTable, type Table } from "#cli/output/table.ts";
import { strategiesOf } from "#cli/strategy-loader.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { describeRange } from "#engine/strategy/params.ts";
import { BUILT_IN } from "#strategies/catalogue.ts";

interface Args {
  readonly file: string | undefined;
}

export async function run(_context: CommandContext, args: Args): Promise<CommandResult> {
  const listed =
    args.file === undefined ? BUILT_IN : [...(await strategiesOf(resolve(args.file))).values()];
  return {
    data: { strategies: listed.map(describe) },
    text: ({ width, isTerminal, style }) =>
      renderTable(tableOf(listed), {
        width: isTerminal ? width : Number.POSITIVE_INFINITY,
        header: (line) => style("strong", line),
      }),
    plain: () => tableOf(listed),
  };
}

function describe(strategy: Strategy): object {
  return {
    name: strategy.name,
    description: strategy.description,
    scope: strategy.scope,
    symbols: strategy.symbolCount,
    params: Object.entries(strategy.params).map(([name, spec]) => ({
      name,
      default: spec.default,
      accepts: describeRange(spec),
      doc: spec.doc,
    })),
  };
}

function tableOf(strategies: readonly Strategy[]): Table {
  return {
    columns: [
      { name: "strategy" },
      { name: "what it does", shrink: true },
      { name: "parameters", shrink: true },
    ],
    rows: strategies.map((strategy) => [
      strategy.name,
      strategy.description,
      Object.entries(strategy.params)
        .map(([name, spec]) => `${name}=${String(spec.default)}`)
        .join(" "),
    ]),
  };
}
