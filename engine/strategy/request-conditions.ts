import {
  ORDER_TYPE,
  type OrderType,
  TIME_IN_FORCE,
  type TimeInForce,
  TRIGGER_BY,
  type TriggerBy,
} from "#engine/model/order-terms.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";

/**
 * What a strategy says of an order beyond type, size and prices, in prices. `isPlain`: it says nothing.
 */
export class RequestConditions {
  isPlain = true;
  triggerBy: TriggerBy = TRIGGER_BY.last;
  timeInForce: TimeInForce = TIME_IN_FORCE.gtc;
  /** Epoch ms; NaN without one. */
  expiresAt = Number.NaN;
  isPostOnly = false;
  callbackPct = Number.NaN;
  /** Distance in price. */
  callback = Number.NaN;
  activation = Number.NaN;
  group: string | null = null;

  clear(): void {
    if (this.isPlain) return;
    this.isPlain = true;
    this.triggerBy = TRIGGER_BY.last;
    this.timeInForce = TIME_IN_FORCE.gtc;
    this.expiresAt = Number.NaN;
    this.isPostOnly = false;
    this.callbackPct = Number.NaN;
    this.callback = Number.NaN;
    this.activation = Number.NaN;
    this.group = null;
  }

  /**
   * Takes over what the terms say, after `clear`.
   * @throws RangeError where they contradict each other or name what there is not.
   */
  take(terms: OrderTerms, type: OrderType): void {
    const { triggerBy = "last", tif = "gtc", expiresAt, postOnly, oco } = terms;
    const { callbackPct, callback, activation } = terms;
    checkTrailing(terms, type);
    const isSaid =
      triggerBy !== "last" ||
      tif !== "gtc" ||
      postOnly === true ||
      type === ORDER_TYPE.trailingStop;
    if (!isSaid && expiresAt === undefined && oco === undefined) return;
    this.isPlain = false;
    this.triggerBy = wordOf(TRIGGER_BY, "triggerBy", triggerBy);
    this.timeInForce = wordOf(TIME_IN_FORCE, "tif", tif);
    if ((tif === "gtd") !== (expiresAt !== undefined)) {
      throw new RangeError(
        'An order with tif "gtd" names "expiresAt", and only such an order does',
      );
    }
    if (expiresAt !== undefined) {
      if (!Number.isFinite(expiresAt)) {
        throw new RangeError(`An order expires at a time in epoch ms, not ${expiresAt}`);
      }
      this.expiresAt = expiresAt;
    }
    this.isPostOnly = postOnly === true;
    if (this.isPostOnly && type !== ORDER_TYPE.limit) {
      throw new RangeError("Only limit orders can be post-only: the others take liquidity");
    }
    if (this.isPostOnly && (tif === "ioc" || tif === "fok")) {
      throw new RangeError(`A post-only order rests: it can not be "${tif}"`);
    }
    if (callbackPct !== undefined) this.callbackPct = callbackPct;
    if (callback !== undefined) this.callback = callback;
    if (activation !== undefined) this.activation = activation;
    this.group = oco ?? null;
  }
}

function checkTrailing(terms: OrderTerms, type: OrderType): void {
  const { callbackPct, callback, activation } = terms;
  const isTrailing = type === ORDER_TYPE.trailingStop;
  if (!isTrailing) {
    if (callbackPct === undefined && callback === undefined && activation === undefined) return;
    throw new RangeError("Only a trailing stop has a callback and an activation");
  }
  if ((callbackPct === undefined) === (callback === undefined)) {
    throw new RangeError('A trailing stop names "callbackPct" or "callback", one of them');
  }
  for (const [name, value] of Object.entries({ callbackPct, callback, activation })) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw new RangeError(`A trailing stop has a ${name} above 0, not ${value}`);
  }
  if (callbackPct !== undefined && callbackPct >= 100) {
    throw new RangeError(`A trailing stop has a callbackPct below 100, not ${callbackPct}`);
  }
}

/** @throws RangeError for a word that there is not: strategy files are not type-checked before they run. */
function wordOf<Words extends Readonly<Record<string, number>>>(
  words: Words,
  name: string,
  word: string,
): Words[keyof Words] {
  if (Object.hasOwn(words, word)) return words[word as keyof Words];
  const known = Object.keys(words).join(", ");
  throw new RangeError(`There is no ${name} ${JSON.stringify(word)}: use ${known}`);
}
