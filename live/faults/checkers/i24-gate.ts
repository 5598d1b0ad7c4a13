import type { CheckerTerms } from "./checker.ts";
import type { OrderChange } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

interface Gate {
  isConnected: boolean;
  restoredAt: number;
  isOpen: boolean;
}

/**
 * I24: from the loss of an account's own stream, and from a start, nothing leaves that could enlarge a position before a
 * cut has been applied that began after the stream was back. An order that rests may be made smaller where it stands.
 */
export const gate: CheckerTerms = {
  invariant: "I24",
  make: (_run, tell) => {
    const gates = new Map<TargetView, Gate>();
    const gateOf = (target: TargetView): Gate => {
      const known = gates.get(target);
      if (known !== undefined) return known;
      const made = { isConnected: false, restoredAt: Number.POSITIVE_INFINITY, isOpen: false };
      gates.set(target, made);
      return made;
    };
    return {
      onRecord: ({ kind, target, at, event, requests, orders }) => {
        if (kind === "started") gates.delete(target);
        const state = gateOf(target);
        if (kind === "connectionLost") Object.assign(state, { isConnected: false, isOpen: false });
        if (kind === "connectionRestored") {
          Object.assign(state, { isConnected: true, isOpen: false, restoredAt: at });
        }
        const cut = event["snapshot"] as { readonly beganAt?: number } | undefined;
        const isFresh = (cut?.beganAt ?? Number.NEGATIVE_INFINITY) > state.restoredAt;
        if (kind === "snapshot" && state.isConnected && isFresh) state.isOpen = true;
        if (state.isOpen) return;
        for (const request of requests) {
          const isRisk = request.kind === "place" || request.kind === "amend";
          if (!isRisk || request.reduceOnly) continue;
          const change = orders.find(({ after }) => after.requestId === request.order);
          if (request.kind === "amend" && change !== undefined && isNoLarger(change)) continue;
          tell(
            `The gate of ${target.key} is closed (${JSON.stringify(state)}): ${kind} sends ` +
              JSON.stringify(request),
          );
        }
      },
    };
  },
};

/** Whether a change leaves an order at its prices and no larger than it rested and was to rest. */
function isNoLarger({ before, after }: OrderChange): boolean {
  if (before === null || Number(after.wantedLots) > before.qtyLots) return false;
  return (
    Number(after.wantedLots) <= Number(before.wantedLots) &&
    [before.priceTicks, before.wantedPriceTicks].every((one) => one === after.wantedPriceTicks) &&
    [before.triggerTicks, before.wantedTriggerTicks].every(
      (one) => one === after.wantedTriggerTicks,
    )
  );
}
