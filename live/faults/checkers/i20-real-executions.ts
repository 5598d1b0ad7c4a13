import { RECORD } from "#engine/records/record-log.ts";
import type { ServerExecution } from "#live/faults/world/venue-books.ts";
import type { CheckerTerms } from "./checker.ts";
import { numberOf, type SeenRecord } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/**
 * I20: what is booked of others is an execution of the venue with its size, price and fee, each once; what is none says
 * that it is estimated.
 */
export const realExecutions: CheckerTerms = {
  invariant: "I20",
  make: (_run, tell) => {
    const booked = new Set<ServerExecution>();
    return {
      onRecord: (record) => {
        const { target, rows } = record;
        for (const { kind, values } of rows) {
          const isExternal = kind === RECORD.external && values[8] !== 1;
          if (!isExternal && kind !== RECORD.liquidation) continue;
          const found = find(target, values, booked, record);
          if (found !== undefined) booked.add(found);
          else {
            const [, , index, , , lots, ticks, fee] = values;
            tell(
              `An execution of others is the venue's: ${lots} at ${ticks} (${fee}) of ${index} is none`,
            );
          }
        }
      },
    };
  },
};

function find(
  target: TargetView,
  values: readonly number[],
  booked: ReadonlySet<ServerExecution>,
  record: SeenRecord,
): ServerExecution | undefined {
  const [, , index = -1, , , lots, ticks, fee] = values;
  const place = target.slots[index];
  const named = target.execution(numberOf(record, "executionId", 0));
  const { executions } = target.world.server.books;
  const isIt = (one: ServerExecution): boolean =>
    one.slot.symbol === place?.symbol &&
    one.slot.slot === place.slot &&
    one.cause !== "funding" &&
    one.signedLots === lots &&
    one.priceTicks === ticks &&
    one.fee === fee &&
    !booked.has(one);
  if (named !== undefined && isIt(named)) return named;
  return executions.find(isIt);
}
