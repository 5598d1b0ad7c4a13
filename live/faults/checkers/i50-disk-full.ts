import type { CheckerTerms } from "./checker.ts";
import { isChanging } from "./i02-written-ahead.ts";

/** I50: once the disk was full, what a later step sends only reduces or cancels. */
export const diskFull: CheckerTerms = {
  invariant: "I50",
  make: (run, tell) => {
    let fullSince = Number.POSITIVE_INFINITY;
    return {
      onStarted: () => {
        fullSince = Number.POSITIVE_INFINITY;
      },
      onAsk: ({ target, ask }) => {
        if (!isChanging(ask) || (ask.kind !== "place" && ask.kind !== "amend")) return;
        const place = target.places.get(ask.clientId);
        const journal = run.simulation.program?.driver.journal;
        // The step at hand is durable and leaves.
        if (journal?.isFull === true) fullSince = Math.min(fullSince, journal.lastSeq);
        if (place === undefined || place.record.reduceOnly) return;
        const seq = ask.kind === "place" ? place.seq : (journal?.lastSeq ?? 0);
        if (seq > fullSince)
          tell(`Nothing opens on a full disk since record ${fullSince}: ${seq} does`);
      },
    };
  },
};
