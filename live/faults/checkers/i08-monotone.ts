import { isTerminal, statusName } from "#engine/orders/order-status.ts";
import type { CheckerTerms } from "./checker.ts";

/** I8: what an order has filled never falls nor exceeds its size, and an end is for ever. */
export const monotone: CheckerTerms = {
  invariant: "I8",
  make: (_run, tell) => ({
    onRecord: ({ orders, kind }) => {
      for (const { before, after } of orders) {
        const { requestId, filledLots, qtyLots, status } = after;
        const what = `order ${requestId} by ${kind}`;
        if (filledLots > qtyLots)
          tell(`At most its size is filled: ${what} has ${filledLots} of ${qtyLots}`);
        if (before === null) continue;
        if (filledLots < before.filledLots) {
          tell(`Filled never falls: ${what} from ${before.filledLots} to ${filledLots}`);
        }
        if (isTerminal(before.status) && status !== before.status) {
          tell(
            `An end is for ever: ${what} from ${statusName(before.status)} to ${statusName(status)}`,
          );
        }
      }
    },
  }),
};
