import type { StartRecord } from "#live/steps/fold-steps.ts";
import type { CheckerTerms } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/**
 * I61: from the record of a halt to that of its end nothing leaves that could enlarge a position, over all lives; what was
 * about to leave at that very time may, what has waited until then may not.
 */
export const halt: CheckerTerms = {
  invariant: "I61",
  make: (run, tell) => {
    const halts = new Map<TargetView, { readonly seq: number; readonly time: number }>();
    const records = new Map<string, number>();
    return {
      onRecord: ({ kind, target, event, seq, time, requests, data }) => {
        for (const { kind: what, requestId, reduceOnly } of requests) {
          if (what === "place" || what === "amend") {
            records.set(`${target.key} ${what} ${requestId}`, reduceOnly ? -1 : seq);
          }
        }
        if (kind === "started" && halts.has(target)) {
          const { latches } = (data as StartRecord).state.control.risk;
          if (latches.halt === null)
            tell(`A halt outlives a restart: that of ${target.key} is gone`);
        }
        if (kind !== "operator") return;
        const order = event["order"];
        if (order === "halt" || order === "flatten") halts.set(target, { seq, time });
        if (order === "resume") halts.delete(target);
      },
      onAsk: ({ target, ask, time }) => {
        const halted = halts.get(target);
        if (halted === undefined || (ask.kind !== "place" && ask.kind !== "amend")) return;
        const seq = records.get(`${target.key} ${ask.kind} ${ask.clientId}`) ?? 0;
        const synced = run.simulation.program?.driver.journal?.syncedSeq ?? 0;
        const { seq: since } = halted;
        if (seq < 0 || since > synced) return;
        if (seq <= since && time === halted.time) return;
        tell(`${target.key} is halted since record ${since}: ${ask.kind} of record ${seq} leaves`);
      },
    };
  },
};
