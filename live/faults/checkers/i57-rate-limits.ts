import { parseTarget } from "#engine/model/target.ts";
import { costsOf, VENUE_LIMITS, type VenueLimits } from "#live/gateway/venue-limits.ts";
import type { Ask } from "#live/ports/venue-port.ts";
import type { CheckerTerms, SeenAsk, Tell } from "./checker.ts";
import type { TargetView } from "./target-view.ts";

/** A request as it counts in one window. */
interface Counted {
  readonly time: number;
  readonly weight: number;
  readonly isEntry: boolean;
}

/** A ban that the journal tells of: when it ends in virtual time, and how far the engine's clock was off that. */
interface KeptBan {
  readonly until: number;
  readonly offset: number;
}

/**
 * I57: in no window an account asks more than its venue allows, nor an entry for what is reserved; after a refusal for the
 * rate nothing of its kind leaves before the reset, during a ban nothing at all, over all lives. What the last life asked
 * within a window is not known to the next; neither is a ban whose record did not last, and how long one of the last life
 * still is it knows by the clock of the machine alone, which somebody may have set.
 */
export const rateLimits: CheckerTerms = {
  invariant: "I57",
  make: (run, tell) => {
    const banned = new Map<TargetView, number>();
    const kept = new Map<TargetView, KeptBan>();
    const resets = new Map<string, number>();
    const counted = new Map<string, Counted[]>();
    /** Of the clock of the machine when this life began; NaN before its first ask, which it makes as it starts. */
    let offset = Number.NaN;
    const onRate = (target: TargetView, ask: Ask, until: number): void =>
      void resets.set(ownWindow(target, ask), until);
    return {
      onLifeEnd: () => {
        offset = Number.NaN;
        banned.clear();
        resets.clear();
        counted.clear();
      },
      onRecord: ({ kind, target, data, time }) => {
        if (kind !== "banned") return;
        const { at, until } = data as { readonly at: number; readonly until: number };
        kept.set(target, { until: time + until - at, offset: at - time });
      },
      onAnswer: ({ target, ask, answer }) => {
        if (answer.kind !== "refusedForNow") return;
        const until = run.world.time.now + answer.waitMs;
        if (answer.cause === "ban") banned.set(target, until);
        if (answer.cause === "rateLimit") onRate(target, ask, until);
      },
      onAsk: (seen) => {
        const { target, ask, time } = seen;
        if (Number.isNaN(offset)) offset = run.world.wall.offset;
        const last = kept.get(target);
        const early = Math.max(0, offset - (last?.offset ?? 0));
        const known = banned.get(target) ?? Number.NEGATIVE_INFINITY;
        const until = Math.max(known, (last?.until ?? Number.NEGATIVE_INFINITY) - early);
        if (time < until)
          tell(`${target.key} is banned until ${until}: it asks for "${ask.kind}" at ${time}`);
        const reset = resets.get(ownWindow(target, ask)) ?? Number.NEGATIVE_INFINITY;
        if (time < reset)
          tell(`${target.key} waits until ${reset}: it asks for "${ask.kind}" at ${time}`);
        count(seen, counted, tell);
      },
    };
  },
};

function limitsOf({ key }: TargetView): VenueLimits {
  return VENUE_LIMITS[parseTarget(key).exchange];
}

/** What a refusal of an ask for its rate is about. */
function ownWindow(target: TargetView, ask: Ask): string {
  return `${target.key} ${costsOf(limitsOf(target), ask)[0]?.window}`;
}

/** Whether it may enlarge a position. */
function isEntry(target: TargetView, ask: Ask): boolean {
  if (ask.kind !== "place" && ask.kind !== "amend") return false;
  return target.places.get(ask.clientId)?.record.reduceOnly !== true;
}

function count({ target, ask, time }: SeenAsk, all: Map<string, Counted[]>, tell: Tell): void {
  const limits = limitsOf(target);
  for (const { window, weight } of costsOf(limits, ask)) {
    const terms = limits.windows[window];
    if (terms === undefined) continue;
    const { limit, ms, closes, lookups } = terms;
    const key = `${target.key} ${window}`;
    const recent = (all.get(key) ?? []).filter((one) => one.time > time - ms);
    recent.push({ time, weight, isEntry: isEntry(target, ask) });
    all.set(key, recent);
    const sum = recent.reduce((total, one) => total + one.weight, 0);
    if (sum > limit) tell(`"${window}" of ${target.key} takes ${limit} in ${ms} ms: it is ${sum}`);
    const entries = recent.reduce((total, one) => total + (one.isEntry ? one.weight : 0), 0);
    const most = limit - closes - lookups;
    if (entries <= most) continue;
    tell(`Entries leave "${window}" of ${target.key} its reserve: they are ${entries} of ${most}`);
  }
}
