import type { CheckerTerms } from "./checker.ts";

/** What makes reconcile or a recovery act: a cut, a start, a connection, a look-up. */
const CAUSES: ReadonlySet<string> = new Set([
  "snapshot",
  "snapshotFailed",
  "restarted",
  "connectionLost",
  "connectionRestored",
  "orderNotFound",
  "unknownOutcome",
]);

/** I22: what reconcile or a recovery sends reduces or cancels, or configures. */
export const neverAddsRisk: CheckerTerms = {
  invariant: "I22",
  make: (_run, tell) => ({
    onRecord: ({ kind, requests, target }) => {
      if (!CAUSES.has(kind)) return;
      for (const request of requests) {
        if (request.kind === "cancel" || request.kind === "configure" || request.reduceOnly)
          continue;
        tell(`What ${kind} makes of ${target.key} reduces: ${JSON.stringify(request)} does not`);
      }
    },
  }),
};
