import type { ServerExecution } from "#live/faults/world/venue-books.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/** I25: what the program sent to reduce does so at the moment of its match: it neither enlarges nor turns a position. */
export const noFlip: CheckerTerms = {
  invariant: "I25",
  make: (run, tell) => {
    const read = new Map<TargetView, number>();
    const held = new Map<string, number>();
    const judge = (target: TargetView, execution: ServerExecution): void => {
      const { slot, signedLots, order, cause } = execution;
      if (cause === "funding") return;
      const key = `${target.key} ${slot.symbol} ${slot.slot}`;
      const before = held.get(key) ?? 0;
      const after = before + signedLots;
      held.set(key, after);
      const clientId = order?.terms.clientId ?? "";
      const isReducing = target.places.get(clientId)?.record.reduceOnly === true;
      const isLess = Math.abs(after) <= Math.abs(before);
      const isSameSide = after === 0 || after > 0 === before > 0;
      if (!isReducing || (isLess && isSameSide)) return;
      tell(`Reduce-only reduces: "${clientId}" took ${key} from ${before} to ${after}`);
    };
    return {
      onCallback: () => {
        for (const target of run.targets) {
          const { executions } = target.world.server.books;
          const from = read.get(target) ?? 0;
          if (from === executions.length) continue;
          for (const execution of executions.slice(from)) judge(target, execution);
          read.set(target, executions.length);
        }
      },
    };
  },
};
