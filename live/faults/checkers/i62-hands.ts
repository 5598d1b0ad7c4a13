import { must } from "#engine/assert.ts";
import { positionKey } from "#engine/reconcile/findings.ts";
import type { CheckerTerms } from "./checker.ts";
import { rowsOf } from "./i15-convergence.ts";

/**
 * I62: what people and the venue do to an account shows in the mirror at quiet, with its size, and leads to nothing that
 * opens: only a decision of a strategy does.
 */
export const hands: CheckerTerms = {
  invariant: "I62",
  make: (run, tell) => ({
    onRecord: ({ kind, requests, target }) => {
      if (kind === "decide") return;
      for (const request of requests) {
        if (request.kind !== "place" || request.reduceOnly) continue;
        tell(`Only decisions open: ${kind} of ${target.key} sends ${JSON.stringify(request)}`);
      }
    },
    atQuiet: () => {
      for (const target of run.targets) {
        const { server } = target.world;
        const byHand = new Set(
          server.books.executions
            .filter(({ order }) => order !== null && order.terms.origin !== "client")
            .map(({ slot }) => slot),
        );
        const rows = rowsOf(target);
        for (const slot of byHand) {
          const there = must(server.slotOf(slot.symbol, slot.slot), "It is a place").sim.position
            .qty;
          const row = rows.get(positionKey(slot.symbol, slot.slot));
          const here = row === undefined ? 0 : row.side === "long" ? row.size : -row.size;
          if (Math.abs(here - there) <= 1e-9 * Math.abs(there)) continue;
          tell(
            `What a hand did to ${target.key} ${slot.symbol} shows: ${there} there, ${here} here`,
          );
        }
      }
    },
  }),
};
