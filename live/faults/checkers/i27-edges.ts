import type { AgedStatus } from "#engine/aged/aged-record.ts";
import { agedRowsOf } from "./aged-story.ts";
import type { CheckerTerms } from "./checker.ts";

/** As `invariants.md` draws them; null begins one. */
const EDGES: Readonly<Record<AgedStatus | "none", readonly AgedStatus[]>> = {
  none: ["detected"],
  detected: ["grace_pending", "closed", "error"],
  grace_pending: ["grace_active", "closed", "error"],
  grace_active: ["progressive_active", "closed", "error"],
  progressive_active: ["closed", "error"],
  error: ["detected", "closed"],
  closed: [],
};

/** I27: an aged position goes along its edges, over all lives; `closed` is final. */
export const edges: CheckerTerms = {
  invariant: "I27",
  make: (_run, tell) => {
    const states = new Map<string, AgedStatus>();
    return {
      onRecord: (record) => {
        for (const { key, status } of agedRowsOf(record)) {
          const from = states.get(key) ?? "none";
          if (!EDGES[from].includes(status)) {
            tell(`An aged position goes along its edges: ${key} from ${from} to ${status}`);
          }
          states.set(key, status);
        }
      },
    };
  },
};
