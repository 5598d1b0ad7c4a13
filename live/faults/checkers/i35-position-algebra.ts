import { must } from "#engine/assert.ts";
import { RECORD } from "#engine/records/record-log.ts";
import type { CheckerTerms } from "./checker.ts";

/**
 * I35: a position is the sum of the executions booked, in every record and in the engine itself; each execution of an
 * order of ours has the venue's size, price and fee and is booked once.
 */
export const positionAlgebra: CheckerTerms = {
  invariant: "I35",
  make: (_run, tell) => {
    const booked = new Map<string, number>();
    return {
      onRecord: ({ target, rows, orders, step, seq, isReplay }) => {
        const told = new Map<number, number>();
        for (const { before, after } of orders) {
          const known = new Set(before?.executions ?? []);
          for (const id of after.executions) if (!known.has(id)) told.set(id, after.requestId);
        }
        const fills = rows.filter(({ kind }) => kind === RECORD.fill);
        const real = [...told.keys()].map((id) => target.execution(id));
        for (const { values } of fills) {
          const [, , , , , lots, ticks, , fee] = values;
          const isThere = real.some(
            (one) => one?.signedLots === lots && one?.priceTicks === ticks && one?.fee === fee,
          );
          if (!isThere)
            tell(`A fill is the venue's: ${lots} at ${ticks} (${fee}) in record ${seq} is not`);
        }
        for (const [id, order] of told) {
          const key = `${target.key} ${id}`;
          const other = booked.get(key);
          if (other !== undefined)
            tell(`Execution ${id} is booked once: to ${other} and to ${order}`);
          booked.set(key, order);
        }
        for (const [at, { books }] of Object.entries(step?.symbols ?? {})) {
          const sum = target.lots[Number(at)] ?? 0;
          if (books.qtyLots !== sum)
            tell(`Index ${at} holds ${sum} lots: record ${seq} has ${books.qtyLots}`);
        }
        if (isReplay || rows.length === 0) return;
        const { ledger } = must(target.engine, "A record is made by an engine");
        ledger.positions.forEach(({ qtyLots }, index) => {
          const sum = target.lots[index] ?? 0;
          if (qtyLots !== sum) tell(`Index ${index} holds ${sum} lots: the books have ${qtyLots}`);
        });
      },
    };
  },
};
