import { hashOf } from "#live/driver/requests.ts";
import type { RequestRecord } from "#live/steps/step.ts";
import type { CheckerTerms } from "./checker.ts";
import { isChanging } from "./i02-written-ahead.ts";
import type { TargetView } from "./target-view.ts";

/** Further off than this nothing is opened by a clock, ms. */
const OFFSET_MS_MAX = 600_000;

/**
 * I43: the engine's time never goes back, over all lives; a request bears the fence of its record in the venue's time as
 * it was measured; with a clock that is far off nothing is opened.
 */
export const clock: CheckerTerms = {
  invariant: "I43",
  make: (_run, tell) => {
    const times = new Map<TargetView, number>();
    /** All of the same words: an earlier one may wait for room while a later one is made. */
    const records = new Map<string, RequestRecord[]>();
    return {
      onRecord: ({ target, at, kind, requests }) => {
        for (const record of requests) {
          const key = `${target.key} ${record.kind} ${record.bytesHash}`;
          records.set(key, [...(records.get(key) ?? []), record]);
        }
        if (Number.isNaN(at)) return;
        const before = times.get(target) ?? Number.NEGATIVE_INFINITY;
        if (at < before) tell(`Time goes on: ${kind} of ${target.key} at ${at} after ${before}`);
        times.set(target, at);
      },
      onAsk: ({ target, ask }) => {
        if (!isChanging(ask)) return;
        const same = records.get(`${target.key} ${ask.kind} ${hashOf(ask)}`) ?? [];
        const offset = target.driver?.venueTime.offset ?? Number.NaN;
        const fences = same.map(({ fenceAt }) => Math.floor(fenceAt + offset));
        if (!fences.includes(ask.fenceAt))
          tell(`A request bears its fence, ${fences.join(" or ")}: ${ask.fenceAt}`);
        const isRisk =
          (ask.kind === "place" || ask.kind === "amend") && same.at(-1)?.reduceOnly !== true;
        if (isRisk && !(Math.abs(offset) <= OFFSET_MS_MAX)) {
          tell(`Nothing is opened by a clock that is ${offset} ms off: ${JSON.stringify(ask)}`);
        }
      },
    };
  },
};
