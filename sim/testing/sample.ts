import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import {
  type Candle,
  type FixtureOptions,
  runScript,
  type Script,
  type ShortFill,
  shortFills,
} from "#sim/testing/fixture.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

export const flat: Candle = [100, 101, 99, 100, 1_000];

/** A candle that does not move. */
export const still = (price: number, volume = 1_000): Candle => [
  price,
  price,
  price,
  price,
  volume,
];

/** Goes long at the first close. */
export const enter = (terms: Parameters<SymbolContext["enterLong"]>[0]): Script => ({
  0: (ctx) => ctx.enterLong(terms),
});

export const long = enter({ qty: 1 });

/** All fills of a script over candles. */
export function fills(
  candles: readonly Candle[],
  script: Script,
  settings: Partial<VenueSettings> = {},
  options: FixtureOptions = {},
): readonly ShortFill[] {
  return shortFills(runScript(candles, script, { ...options, settings }));
}
