import type { CheckerTerms } from "./checker.ts";

/** I57: an account never asks more than its venue allows, nor while the venue has told it to stay away. */
export const rateLimits: CheckerTerms = {
  invariant: "I57",
  make: (run, tell) => {
    const banned = new Map<string, number>();
    return {
      onStarted: () => banned.clear(),
      onAnswer: ({ target, answer }) => {
        if (answer.kind !== "refusedForNow" || answer.cause !== "ban") return;
        const left = answer.until - (target.driver === null ? 0 : run.world.wall.now());
        banned.set(target.key, run.world.time.now + left);
      },
      onAsk: ({ target, ask, time }) => {
        const until = banned.get(target.key) ?? Number.NEGATIVE_INFINITY;
        if (time < until)
          tell(`${target.key} is banned until ${until}: it asks for "${ask.kind}" at ${time}`);
      },
    };
  },
};
