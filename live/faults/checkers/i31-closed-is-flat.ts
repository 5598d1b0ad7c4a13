import { AGED_CLOSES } from "#engine/aged/aged-record.ts";
import { agedHeldIn, agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";

const ENDS: readonly string[] = [...AGED_CLOSES, "other_exit", "closed_externally"];

/** I31: an aged position is closed when the books hold nothing of it, and with a reason that ends one. */
export const closedIsFlat: CheckerTerms = {
  invariant: "I31",
  make: (_run, tell) => {
    const sides = new Map<string, number>();
    return {
      onRecord: (record) => {
        const { target } = record;
        for (const { symbol, openedAt, side } of agedHeldIn(record) ?? []) {
          sides.set(`${target.key} ${symbol} ${openedAt}`, side);
        }
        for (const { key, symbol, status, reason } of agedRowsOf(record)) {
          if (status !== "closed") continue;
          const held = target.lots[symbol] ?? 0;
          const side = sides.get(key) ?? 0;
          if (side !== 0 ? Math.sign(held) === side : held !== 0) {
            tell(`What is closed is flat: ${key} still has ${held} lots`);
          }
          if (!ENDS.includes(reason))
            tell(`${key} ends by one of ${ENDS.join(", ")}: not ${reason}`);
          const told = record.step?.symbols?.[symbol]?.books.qtyLots ?? held;
          if (told !== held)
            tell(`The record tells the books: ${key} has ${told} lots, not ${held}`);
        }
      },
    };
  },
};
