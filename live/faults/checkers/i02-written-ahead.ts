import { hashOf } from "#live/driver/requests.ts";
import type { Ask } from "#live/ports/venue-port.ts";
import type { CheckerTerms } from "./checker.ts";

/** I2: what may change something at the venue leaves after the record of these very bytes has been synced. */
export const writtenAhead: CheckerTerms = {
  invariant: "I2",
  make: (run, tell) => {
    const written = new Map<string, number>();
    return {
      onRecord: ({ requests, target, seq }) => {
        for (const { kind, bytesHash } of requests) {
          written.set(`${target.key} ${kind} ${bytesHash}`, seq);
        }
      },
      onAsk: ({ target, ask }) => {
        if (!isChanging(ask)) return;
        const seq = written.get(`${target.key} ${ask.kind} ${hashOf(ask)}`);
        const synced = run.simulation.program?.driver.journal?.syncedSeq ?? 0;
        if (seq === undefined) tell(`A request has a record: ${JSON.stringify(ask)} has none`);
        else if (seq > synced) {
          tell(`A request leaves once its record ${seq} is synced: only ${synced} is`);
        }
      },
    };
  },
};

export type ChangingAsk = Extract<Ask, { readonly fenceAt: number }>;

/** Whether an ask may change something at the venue. */
export function isChanging(ask: Ask): ask is ChangingAsk {
  return "fenceAt" in ask;
}
