import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { OrderNameState } from "#live/steps/order-names.ts";
import type { CheckerTerms } from "./checker.ts";

/** I9: client ids and the venue's ids are bound one to one, as the venue has them, and for ever. */
export const identity: CheckerTerms = {
  invariant: "I9",
  make: (_run, tell) => {
    const venueIds = new Map<string, string>();
    const clientIds = new Map<string, string>();
    const orders = new Map<string, number>();
    const bind = (target: string, clientId: string, venueId: string): void => {
      const known = venueIds.get(`${target} ${clientId}`) ?? venueId;
      const other = clientIds.get(`${target} ${venueId}`) ?? clientId;
      if (known !== venueId) tell(`"${clientId}" stays bound to ${known}: now it is ${venueId}`);
      if (other !== clientId) tell(`${venueId} stays bound to "${other}": now it is "${clientId}"`);
      venueIds.set(`${target} ${clientId}`, venueId);
      clientIds.set(`${target} ${venueId}`, clientId);
    };
    return {
      onRecord: ({ kind, target, data, requests }) => {
        for (const { kind: what, requestId, order } of requests) {
          if (what !== "place") continue;
          const known = orders.get(`${target.key} ${requestId}`) ?? order;
          if (known !== order) tell(`"${requestId}" names order ${known}: now it is ${order}`);
          orders.set(`${target.key} ${requestId}`, order);
        }
        if (kind === "started") {
          for (const [clientId, , venueId] of (data as StartRecord).names as OrderNameState[]) {
            if (venueId !== null) bind(target.key, clientId, venueId);
          }
        }
        if (kind !== "bound") return;
        const { requestId, venueOrderId } = data as { requestId: string; venueOrderId: string };
        bind(target.key, requestId, venueOrderId);
        const there = target.trueOrder(requestId);
        if (there !== null && there.venueOrderId !== venueOrderId) {
          tell(
            `"${requestId}" is ${there.venueOrderId} at the venue: it is bound to ${venueOrderId}`,
          );
        }
      },
    };
  },
};
