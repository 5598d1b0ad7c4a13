import { RECORD } from "#engine/records/record-log.ts";
import type { ServerExecution } from "#live/faults/world/venue-books.ts";
import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** I23: an execution is booked to the order whose id the venue names, for ever, and to nobody's where it names none. */
export const attribution: CheckerTerms = {
  invariant: "I23",
  make: (_run, tell) => ({
    onRecord: (record) => {
      const { orders, target, rows, isReplay } = record;
      for (const { before, after } of orders) {
        if (before?.filledLots === after.filledLots) continue;
        const known = new Set(before?.executions ?? []);
        for (const id of after.executions) {
          if (known.has(id)) continue;
          const clientId = target.execution(id)?.order?.terms.clientId ?? "";
          const owner = target.places.get(clientId)?.record.order ?? -1;
          if (owner !== after.requestId) {
            tell(
              `Execution ${id} is of "${clientId}", order ${owner}: it is booked to ${after.requestId}`,
            );
          }
        }
      }
      if (isReplay) return;
      // A fill that is booked may bring ones of somebody else that were held until it came, and so may a cut.
      const isOfEvent = rows.every(({ kind }) => kind !== RECORD.fill);
      const told = isOfEvent ? target.execution(numberOf(record, "executionId", 0)) : undefined;
      for (const { kind, values } of rows) {
        if (kind !== RECORD.external || values[8] === 1) continue;
        const [, , index = -1, , , signedLots, priceTicks] = values;
        const candidates =
          told === undefined ? target.executionsOf(index, signedLots, priceTicks) : [told];
        if (candidates.some((one) => !isOfOurs(target, one))) continue;
        const what = `${signedLots} lots at ${priceTicks} ticks`;
        const [one] = candidates;
        if (one === undefined) tell(`Nobody has executed ${what}: it is booked as external`);
        else tell(`${what} are of "${one.order?.terms.clientId}": they are booked as external`);
      }
    },
  }),
};

/** Whether an execution is of an order that the engine knows. */
function isOfOurs(target: TargetView, { order }: ServerExecution): boolean {
  const owner = target.places.get(order?.terms.clientId ?? "")?.record.order ?? -1;
  return target.engine?.orderManager.store.find(owner) !== undefined;
}
