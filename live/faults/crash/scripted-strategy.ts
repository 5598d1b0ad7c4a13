import { defineStrategy, type Strategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { CANDLE, START } from "./crash-scenario.ts";

/** What is done at the close of a candle; the first one of the story is 1. */
export type Script = (context: SymbolContext, candle: number) => void;

/** A strategy that acts by the time of the candle alone, so that a restart does not change what it would do. */
export function scriptedStrategy(script: Script): Strategy {
  return defineStrategy({
    name: "scripted",
    description: "Does what a test says at the candles that it says",
    onBar: (context) => {
      const ctx = context as SymbolContext;
      script(ctx, (ctx.bar.time - START) / CANDLE + 1);
    },
  });
}
