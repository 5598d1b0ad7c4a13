import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { smaCross } from "#strategies/sma-cross.ts";

/** Every built-in strategy, by name. */
export const BUILT_IN: readonly Strategy[] = [smaCross];
