import { AbsenceProof } from "./absence-proof.ts";
import type { CheckerTerms } from "./checker.ts";

/** I5: attempt n + 1 is made once attempt n is proven not accepted, and the venue has none of those before. */
export const provenBeforeRetry: CheckerTerms = {
  invariant: "I5",
  make: (_run, tell) => {
    const proof = new AbsenceProof();
    return {
      onRecord: (record) => {
        const { requests, target, isReplay } = record;
        proof.onLookup(record);
        for (const { kind, order, attempt, intentId } of requests) {
          if (kind !== "place" || attempt <= 1) continue;
          const what = `attempt ${attempt} of ${intentId}`;
          if (!proof.isProven(target.key, order)) {
            tell(`The attempt before is proven not accepted: ${what} follows ${record.kind}`);
          }
          if (isReplay) continue;
          for (const clientId of (target.attempts.get(order) ?? []).slice(0, -1)) {
            const there = target.trueOrder(clientId);
            if (there?.isTaken === true || there?.isLive === true) {
              tell(`No attempt before was taken: ${what}, but "${clientId}" is ${there.status}`);
            }
          }
        }
        proof.onRecord(record);
      },
    };
  },
};
