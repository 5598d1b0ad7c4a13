import { ORDER_TYPE, TIME_IN_FORCE } from "#engine/model/order-terms.ts";
import type { OrderState } from "#engine/orders/order-state.ts";
import { isTerminal } from "#engine/orders/order-status.ts";
import type { CheckerTerms } from "./checker.ts";

/**
 * I26: whoever wants a position closed, the orders that close it at once (market, or a limit that does not rest) and may
 * still fill are together never larger than what the books hold when one of them is sent, in whatever attempt. Stops
 * and targets are not counted: they wait for a price, and what they may take is the venue's to cap (I25). So is a first
 * attempt that is alone: a strategy may ask for more than there is, and there may be more than the books know by then.
 */
export const oneCampaign: CheckerTerms = {
  invariant: "I26",
  make: (_run, tell) => ({
    onRecord: ({ requests, target, kind, isReplay }) => {
      if (isReplay) return;
      for (const request of requests) {
        if (request.kind !== "place" || !request.reduceOnly) continue;
        const sent = target.orders.get(request.order);
        if (sent === undefined || !closesAtOnce(sent)) continue;
        const held = target.lots[sent.symbol] ?? 0;
        let closing = 0;
        const names: string[] = [];
        for (const order of target.orders.values()) {
          const { symbol, side, status, purpose, requestId, qtyLots, filledLots } = order;
          if (symbol !== sent.symbol || isTerminal(status)) continue;
          if (side * held >= 0 || !closesAtOnce(order)) continue;
          closing += qtyLots - filledLots;
          names.push(`${requestId} (purpose ${purpose}): ${qtyLots - filledLots}`);
        }
        const isAlone = names.length === 1 && sent.attempt === 1;
        if (isAlone || closing <= Math.abs(held)) continue;
        tell(
          `At most ${Math.abs(held)} lots of ${target.key} index ${sent.symbol} are closed: ${closing} are by ` +
            `${names.join(", ")}, after ${kind}`,
        );
      }
    },
  }),
};

function closesAtOnce({ type, reduceOnly, conditions }: OrderState): boolean {
  if (!reduceOnly) return false;
  if (type === ORDER_TYPE.market) return true;
  const timeInForce = conditions?.timeInForce ?? TIME_IN_FORCE.gtc;
  const isImmediate = timeInForce === TIME_IN_FORCE.ioc || timeInForce === TIME_IN_FORCE.fok;
  return type === ORDER_TYPE.limit && isImmediate;
}
