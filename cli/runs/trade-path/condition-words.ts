import type { Grid } from "#engine/model/grid.ts";
import type { OrderConditions } from "#engine/model/order-conditions.ts";
import { TIME_IN_FORCE, TRIGGER_BY } from "#engine/model/order-terms.ts";

/** What an order says beyond type, size and prices, one phrase each; none of an ordinary order. */
export function conditionWords(conditions: OrderConditions, tick: Grid): readonly string[] {
  if (conditions.isPlain) return [];
  const { callbackPct, callbackTicks, activationTicks, expiresAt, group } = conditions;
  const price = (ticks: number): number => (ticks * tick.numerator) / tick.denominator;
  const words: string[] = [];
  if (conditions.triggerBy !== TRIGGER_BY.last) {
    words.push(`triggered by the ${wordOf(TRIGGER_BY, conditions.triggerBy)} price`);
  }
  if (conditions.timeInForce !== TIME_IN_FORCE.gtc) {
    words.push(wordOf(TIME_IN_FORCE, conditions.timeInForce));
  }
  if (expiresAt === expiresAt) words.push(`until ${new Date(expiresAt).toISOString()}`);
  if (conditions.isPostOnly) words.push("post-only");
  if (callbackPct === callbackPct) words.push(`trailing by ${callbackPct} %`);
  if (callbackTicks === callbackTicks) words.push(`trailing by ${price(callbackTicks)}`);
  if (activationTicks === activationTicks) words.push(`once at ${price(activationTicks)}`);
  if (group !== 0) words.push(`one-cancels-the-other group ${group}`);
  return words;
}

function wordOf(words: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(words).find((word) => words[word] === value) ?? "unknown";
}
