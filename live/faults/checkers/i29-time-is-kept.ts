import type { AgedRecord } from "#engine/aged/aged-record.ts";
import { agedHeldIn, agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";

const KEPT = ["agedAt", "graceEndsAt", "emergencyAt", "detectedAt"] as const;

/**
 * I29: the deadlines of an aged position are the same in every life, what has begun keeps the time of its beginning, and
 * no stage begins before its deadline.
 */
export const timeIsKept: CheckerTerms = {
  invariant: "I29",
  make: (_run, tell) => {
    const known = new Map<string, AgedRecord>();
    return {
      onRecord: (record) => {
        const { target, seq } = record;
        for (const one of agedHeldIn(record) ?? []) {
          const key = `${target.key} ${one.symbol} ${one.openedAt}`;
          const before = known.get(key);
          for (const field of KEPT) {
            if (before === undefined || before[field] === one[field]) continue;
            tell(`${field} of ${key} stays ${before[field]}: it is ${one[field]} in record ${seq}`);
          }
          for (const field of ["graceAt", "progressiveAt"] as const) {
            const was = before?.[field] ?? null;
            if (was !== null && one[field] !== was) {
              tell(`${field} of ${key} stays ${was}: it is ${one[field]} in record ${seq}`);
            }
          }
          known.set(key, structuredCloneOf(one));
        }
        for (const { key, status, time } of agedRowsOf(record)) {
          const one = known.get(key);
          if (one === undefined) continue;
          if (status === "progressive_active" && time <= one.graceEndsAt) {
            tell(`The grace of ${key} ends at ${one.graceEndsAt}: it did at ${time}`);
          }
          if (time <= one.agedAt) tell(`${key} is aged after ${one.agedAt}: it was at ${time}`);
        }
      },
    };
  },
};

/** The engine changes its record in place. */
function structuredCloneOf(record: AgedRecord): AgedRecord {
  return { ...record };
}
