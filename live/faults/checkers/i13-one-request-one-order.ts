import { floorUnits } from "#engine/model/grid.ts";
import type { CheckerTerms } from "./checker.ts";

/** I13: no request is larger than the largest order of its venue, so that none is split there. */
export const oneRequestOneOrder: CheckerTerms = {
  invariant: "I13",
  make: (_run, tell) => ({
    onAsk: ({ target, ask }) => {
      if (ask.kind !== "place" && ask.kind !== "amend") return;
      const slot = ask.kind === "place" ? ask.slot : null;
      const index = target.slots.findIndex(
        (one) => one.symbol === ask.symbol && (slot === null || one.slot === slot),
      );
      const { maxQty, lot } = target.instrument(index);
      const most = maxQty === Number.POSITIVE_INFINITY ? maxQty : floorUnits(lot, maxQty);
      if (ask.qtyLots > most) {
        tell(`"${ask.clientId}" is at most ${most} lots of ${ask.symbol}: it is ${ask.qtyLots}`);
      }
    },
  }),
};
