import { must } from "#engine/assert.ts";
import { STATUS } from "#engine/orders/order-status.ts";
import { RESOLVE_TERMS } from "#engine/orders/unresolved-orders.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/**
 * I11: every order whose outcome is not known is looked for again within the longest pause, and every engine is told the
 * time again within a cut's interval or waits for an answer, be it that its request waits for room. At quiet nothing is
 * looked for.
 */
export const nothingForgotten: CheckerTerms = {
  invariant: "I11",
  make: (run, tell) => {
    /** The engine's time of the last step of each that has made one in this callback. */
    const stepped = new Map<TargetView, number>();
    const { lastLookupMs } = RESOLVE_TERMS;
    const wait = Math.max(lastLookupMs, run.world.plan.reconcileMs);
    return {
      onLifeEnd: () => stepped.clear(),
      onRecord: ({ target, at, isReplay }) => {
        if (!isReplay && target.isConnected && at === at) stepped.set(target, at);
      },
      onCallback: () => {
        if (stepped.size === 0) return;
        for (const [target, at] of stepped) {
          const { engine } = target;
          if (engine === null) continue;
          for (let index = 0; index < target.slots.length; index++) {
            for (const { status, requestId, nextLookupAt } of engine.orderManager.store.working(
              index,
            )) {
              if (status !== STATUS.unknown || nextLookupAt <= at + lastLookupMs) continue;
              tell(
                `An unknown order is looked for: order ${requestId} next at ${nextLookupAt}, now ${at}`,
              );
            }
          }
          const isWaiting = (target.driver?.gateway.asking ?? 0) > 0;
          if (isWaiting || engine.nextTimerAt <= at + wait) continue;
          tell(
            `${target.key} is told the time by ${at + wait}: it wants to be at ${engine.nextTimerAt}`,
          );
        }
        stepped.clear();
      },
      atQuiet: () => {
        for (const target of run.targets) {
          const { orders } = must(target.engine, "The program runs").orderNews.unresolved;
          if (orders.length === 0) continue;
          const told = orders.map(({ requestId, status }) => `${requestId}: ${status}`).join(", ");
          tell(`At quiet no order is looked for: ${target.key} looks for ${told}`);
        }
      },
    };
  },
};
