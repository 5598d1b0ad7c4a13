import type { ServerOrder } from "#live/faults/world/server-order.ts";
import type { CheckerTerms } from "./checker.ts";
import { NewOrders } from "./new-orders.ts";

/** I1: the venue took at most one order per intent, over all its attempts, crashes and repetitions. */
export const oneOrderPerIntent: CheckerTerms = {
  invariant: "I1",
  make: (run, tell) => {
    const news = new NewOrders(run.targets, "first");
    const taken = new Map<string, ServerOrder>();
    let waiting: { readonly order: ServerOrder; readonly intent: string }[] = [];
    return {
      onCallback: () => {
        for (const { target, order } of news.take()) {
          const place = target.places.get(order.terms.clientId);
          if (place === undefined) continue;
          waiting.push({ order, intent: `${target.key} ${place.record.intentId}` });
        }
        if (waiting.length === 0) return;
        waiting = waiting.filter(({ order, intent }) => {
          if (!order.isTaken) return order.isLive;
          const other = taken.get(intent);
          if (other !== undefined && other !== order) {
            tell(
              `One order per intent: ${intent} has ${other.venueOrderId} ("${other.terms.clientId}") ` +
                `and ${order.venueOrderId} ("${order.terms.clientId}")`,
            );
          }
          taken.set(intent, order);
          return false;
        });
      },
    };
  },
};
