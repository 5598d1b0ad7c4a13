import { RECORD } from "#engine/records/record-log.ts";
import type { CheckerTerms } from "./checker.ts";
import { numberOf } from "./seen-record.ts";

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
      for (const { kind, values } of rows) {
        if (kind !== RECORD.external || values[8] === 1) continue;
        const id = numberOf(record, "executionId", 0);
        const clientId = target.execution(id)?.order?.terms.clientId ?? "";
        const owner = target.places.get(clientId)?.record.order ?? -1;
        if (target.engine?.orderManager.store.find(owner) === undefined) continue;
        tell(`Execution ${id} is of order ${owner} ("${clientId}"): it is booked as external`);
      }
    },
  }),
};
