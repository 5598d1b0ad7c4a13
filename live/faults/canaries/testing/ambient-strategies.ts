import type { Strategy } from "#engine/strategy/define-strategy.ts";

/** Asks the machine for the time on every candle. */
export function readsTheClock(strategy: Strategy): Strategy {
  return {
    ...strategy,
    onBar: (ctx) => {
      if (Date.now() >= 0) strategy.onBar(ctx);
    },
  };
}

let decisions = 0;

/** Remembers between runs how often it was asked. */
export function remembersRuns(strategy: Strategy): Strategy {
  return {
    ...strategy,
    onBar: (ctx) => {
      decisions += 1;
      if (decisions % 3 > 0) strategy.onBar(ctx);
    },
  };
}
