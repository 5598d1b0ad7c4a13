import { isTerminal, STATUS, statusName } from "#engine/orders/order-status.ts";
import type { CheckerTerms } from "./checker.ts";

/** I6: what an order has filled is the sum of its distinct executions at the venue; `filled` is all of it. */
export const ackIsNoFill: CheckerTerms = {
  invariant: "I6",
  make: (_run, tell) => ({
    onRecord: ({ orders, target, kind }) => {
      for (const { before, after } of orders) {
        const { requestId, executions, filledLots, qtyLots, status } = after;
        if (before?.filledLots === filledLots && before.status === status) continue;
        let sum = 0;
        for (const id of new Set(executions)) {
          sum += Math.abs(target.execution(id)?.signedLots ?? Number.NaN);
        }
        const what = `order ${requestId} (${statusName(status)}, by ${kind})`;
        if (sum !== filledLots) {
          tell(`Filled is the sum of the executions: ${what} has ${filledLots}, they make ${sum}`);
        }
        if (status === STATUS.filled && filledLots !== qtyLots) {
          tell(`A filled order is filled whole: ${what} has ${filledLots} of ${qtyLots}`);
        }
        if (filledLots >= qtyLots && !isTerminal(status)) {
          tell(`An order that is whole is filled: ${what} has ${filledLots} of ${qtyLots}`);
        }
      }
    },
  }),
};
