import { RECORD, type RecordKind } from "#engine/records/record-log.ts";
import type { CheckerTerms } from "./checker.ts";

const EXECUTIONS: ReadonlySet<RecordKind> = new Set([
  RECORD.fill,
  RECORD.external,
  RECORD.liquidation,
]);

/** I33: prices and quantities are whole ticks and lots, in the journal as on the wire. */
export const wholeNumbers: CheckerTerms = {
  invariant: "I33",
  make: (_run, tell) => {
    const check = (what: string, values: Readonly<Record<string, number | null>>): void => {
      for (const [name, value] of Object.entries(values)) {
        const isAbsent = value === null || Number.isNaN(value);
        if (isAbsent || Number.isSafeInteger(value)) continue;
        tell(`${name} of ${what} is whole: it is ${value}`);
      }
    };
    return {
      onAsk: ({ ask }) => {
        if (ask.kind !== "place" && ask.kind !== "amend") return;
        const { clientId, qtyLots, priceTicks, triggerTicks } = ask;
        check(`"${clientId}"`, { qtyLots, priceTicks, triggerTicks });
        if (ask.kind === "place" && !(qtyLots > 0))
          tell(`"${clientId}" is for something: ${qtyLots}`);
      },
      onRecord: ({ orders, rows, kind }) => {
        for (const { after } of orders) {
          const { requestId, qtyLots, filledLots, priceTicks, triggerTicks } = after;
          check(`order ${requestId}`, { qtyLots, filledLots, priceTicks, triggerTicks });
        }
        for (const row of rows) {
          if (!EXECUTIONS.has(row.kind)) continue;
          const [, , , , , lots = 0, ticks = 0] = row.values;
          check(`an execution of ${kind}`, { lots, ticks });
        }
      },
    };
  },
};
