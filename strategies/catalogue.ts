import { DrydockError } from "#engine/errors.ts";
import { closestName } from "#engine/indicators/closest-name.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { bollingerBreakout } from "./bollinger-breakout.ts";
import { donchianTurtle } from "./donchian-turtle.ts";
import { fundingCarry } from "./funding-carry.ts";
import { grid } from "./grid.ts";
import { macdTrend } from "./macd-trend.ts";
import { pairsSpread } from "./pairs-spread.ts";
import { rsiReversion } from "./rsi-reversion.ts";
import { smaCross } from "./sma-cross.ts";

/** The strategies that come with drydock, sorted by name. */
export const BUILT_IN: readonly Strategy[] = [
  bollingerBreakout,
  donchianTurtle,
  fundingCarry,
  grid,
  macdTrend,
  pairsSpread,
  rsiReversion,
  smaCross,
];

/**
 * The built-in strategy of a name.
 * @throws E_UNKNOWN_STRATEGY with the name that was probably meant and those that there are.
 */
export function findBuiltIn(name: string): Strategy {
  const found = BUILT_IN.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  const names = BUILT_IN.map((strategy) => strategy.name);
  const meant = closestName(name, names);
  const list = `Built in are ${names.join(", ")}`;
  throw new DrydockError("E_UNKNOWN_STRATEGY", `There is no built-in strategy "${name}"`, {
    hint: meant === undefined ? list : `Did you mean "${meant}"?`,
    or: meant === undefined ? undefined : list,
  });
}
