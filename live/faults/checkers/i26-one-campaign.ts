import { ORDER_TYPE } from "#engine/model/order-terms.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { CheckerTerms } from "./checker.ts";

/**
 * I26: whoever wants a position closed, the market orders for it that may still fill are together never larger than what
 * the books hold when one of them is sent.
 */
export const oneCampaign: CheckerTerms = {
  invariant: "I26",
  make: (_run, tell) => ({
    onRecord: ({ requests, target, kind, isReplay }) => {
      if (isReplay || requests.length === 0) return;
      for (const request of requests) {
        if (request.kind !== "place" || !request.reduceOnly) continue;
        const sent = target.orders.get(request.order);
        const store = target.engine?.orderManager.store;
        if (sent === undefined || store === undefined || sent.type !== ORDER_TYPE.market) continue;
        const held = target.lots[sent.symbol] ?? 0;
        let closing = 0;
        const names: string[] = [];
        for (const order of store.working(sent.symbol)) {
          const { type, reduceOnly, side, status, purpose, requestId, remainingLots } = order;
          if (type !== ORDER_TYPE.market || !reduceOnly || side * held >= 0 || isTerminal(status))
            continue;
          closing += remainingLots;
          names.push(`${requestId} (purpose ${purpose}): ${remainingLots}`);
        }
        if (closing <= Math.abs(held)) continue;
        tell(
          `At most ${Math.abs(held)} lots of ${target.key} index ${sent.symbol} are closed: ${closing} are by ` +
            `${names.join(", ")}, after ${kind}`,
        );
      }
    },
  }),
};
