import { AGED_CLOSES } from "#engine/aged/aged-record.ts";
import { RECORD } from "#engine/records/record-log.ts";
import { agedHeldIn, agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";
import type { SeenRecord } from "./seen-record.ts";

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
        for (const { key, symbol, seq, status, reason } of agedRowsOf(record)) {
          if (status !== "closed") continue;
          const held = target.lots[symbol] ?? 0;
          const side = sides.get(key) ?? 0;
          // A cut may bring the execution that ended it, and those of a position that somebody opened after it.
          if (wasFlat(record, symbol, seq)) continue;
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

/** Whether the last execution before the row of a transition left nothing. */
function wasFlat({ rows }: SeenRecord, symbol: number, seq: number): boolean {
  let lots = Number.NaN;
  for (const { kind, values } of rows) {
    if (values[2] !== symbol) continue;
    if (kind === RECORD.ledger) lots = values[8] ?? Number.NaN;
    if (kind === RECORD.aged && values[4] === seq) return lots === 0;
  }
  return false;
}
