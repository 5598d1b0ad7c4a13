import type { CheckerTerms } from "./checker.ts";
import { NewOrders } from "./new-orders.ts";

/** I59: what an account's engine wants leaves on that account's way alone, and arrives at no other. */
export const isolation: CheckerTerms = {
  invariant: "I59",
  make: (run, tell) => {
    const news = new NewOrders(run.targets, "first");
    return {
      onAsk: ({ target, ask }) => {
        if (ask.kind !== "place" || target.places.has(ask.clientId)) return;
        tell(`${target.key} sends its own: "${ask.clientId}" is not`);
      },
      onCallback: () => {
        for (const { target, order } of news.take()) {
          const { clientId } = order.terms;
          const owners = run.targets.filter(({ places }) => places.has(clientId));
          // Of one whose record a crash took, I2 and I45 tell.
          if (owners.length === 0 || (owners.length === 1 && owners[0] === target)) continue;
          tell(
            `An order at ${target.key} is its own: "${clientId}" is of ${owners.map(({ key }) => key).join(", ")}`,
          );
        }
      },
    };
  },
};
