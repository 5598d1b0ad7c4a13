import { RECORD, type RecordKind } from "#engine/records/record-log.ts";
import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

const EXECUTIONS: ReadonlySet<RecordKind> = new Set([
  RECORD.fill,
  RECORD.external,
  RECORD.liquidation,
]);

/** I36: funding, fees and transfers change no size: without an execution in its record a position stays as it is. */
export const moneyMovesNoSize: CheckerTerms = {
  invariant: "I36",
  make: (_run, tell) => {
    const sizes = new Map<TargetView, Map<number, number>>();
    return {
      onRecord: ({ kind, target, rows, step, data, seq }) => {
        if (kind === "started") {
          const { symbols } = (data as StartRecord).state;
          sizes.set(target, new Map(symbols.map(({ books }, index) => [index, books.qtyLots])));
          return;
        }
        const known = sizes.get(target) ?? new Map<number, number>();
        for (const [at, { books }] of Object.entries(step?.symbols ?? {})) {
          const index = Number(at);
          const before = known.get(index) ?? 0;
          known.set(index, books.qtyLots);
          if (before === books.qtyLots) continue;
          if (rows.some((row) => EXECUTIONS.has(row.kind) && row.values[2] === index)) continue;
          tell(
            `Only executions move a size: ${kind} in record ${seq} moved ${before} to ${books.qtyLots}`,
          );
        }
      },
    };
  },
};
