import { must } from "#engine/assert.ts";
import { BUY, PURPOSE, SELL } from "#engine/model/order-terms.ts";
import { ENGINE_STRATEGY } from "#engine/orders/engine-strategy.ts";
import { protectiveTicks } from "#engine/orders/protective-orders.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import type { CheckerTerms } from "./checker.ts";
import { rowsOf } from "./i15-convergence.ts";

/**
 * I32: at quiet no order that can only close rests for a position that is flat, be it the engine's own or an entry that
 * risk marked as one that only reduces, and the stop and target that a position is to have rest at the venue at
 * their price, or a finding says that they do not. What a strategy itself marked as reduce-only may rest before it enters.
 */
export const protection: CheckerTerms = {
  invariant: "I32",
  make: (run, tell) => ({
    atQuiet: () => {
      for (const target of run.targets) {
        const engine = must(target.engine, "The program runs");
        const rows = rowsOf(target);
        const open = new Set(engine.reconcile?.openFindings.map(({ key }) => key));
        for (const order of target.world.server.books.orders) {
          const { clientId, reduceOnly, origin, slot } = order.terms;
          if (!order.isLive || origin !== "client" || !reduceOnly || !slot.sim.isFlat) continue;
          const place = target.places.get(clientId);
          const ours = target.orders.get(place?.record.order ?? -1);
          const isMarkedByRisk = ours?.purpose === PURPOSE.entry;
          if (ours !== undefined && ours.strategy !== ENGINE_STRATEGY && !isMarkedByRisk) continue;
          tell(
            `A flat position has no closes: "${clientId}" rests for ${slot.symbol} of ${target.key}`,
          );
        }
        target.slots.forEach(({ symbol, slot }, index) => {
          const key = positionKey(symbol, slot);
          const lots = target.trueLots(index);
          if (lots === 0 || rows.get(key)?.isUntracked === true || open.has(key)) return;
          const { protection: wanted } = engine.symbolState(index);
          const expected = [
            ["stop", wanted.stopPrice, wanted.stopId],
            ["target", wanted.targetPrice, wanted.targetId],
          ] as const;
          for (const [what, price, id] of expected) {
            if (price === null || engine.desk.protective.isClosing(index)) continue;
            const clientId = target.attempts.get(id)?.at(-1) ?? "";
            const there = target.trueOrder(clientId);
            const ticks = protectiveTicks(
              target.instrument(index).tick,
              price,
              lots > 0 ? SELL : BUY,
            );
            const at = what === "stop" ? there?.triggerTicks : there?.priceTicks;
            const isLarge = there !== null && there.qtyLots - there.filledLots >= Math.abs(lots);
            if (there?.isLive === true && isLarge && at === ticks) continue;
            tell(
              `The ${what} of ${target.key} ${key} rests for ${lots} lots at ${ticks}: "${clientId}" is ` +
                `${there?.status ?? "nowhere"} with ${there?.qtyLots ?? 0} at ${at ?? "no price"}`,
            );
          }
        });
      }
    },
  }),
};
