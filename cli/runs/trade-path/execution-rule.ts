import type { VenueSettings } from "#sim/venue-settings.ts";
import type { ExecutionMoment } from "./path-moments.ts";
import { priceText } from "./price-text.ts";

/** The rule of the simulated exchange that decided an execution. */
export type RuleName =
  | "marketAtOpen"
  | "marketAtClose"
  | "marketInside"
  | "restAtOpen"
  | "gapThroughTrigger"
  | "triggerAtOpen"
  | "triggerTouched"
  | "triggerByOtherPrice"
  | "limitGap"
  | "limitThrough"
  | "limitTouch"
  | "limitTakes"
  | "liquidationAtOpen"
  | "liquidationOnMark"
  | "accountLiquidation"
  | "exitBeyondMargin";

export interface DecidedBy {
  readonly name: RuleName;
  /** The rule with the numbers of this execution, one sentence. */
  readonly says: string;
}

type RuleSettings = Pick<VenueSettings, "limitFill" | "limitImprove" | "marginMode">;

/** Names the rule that an execution followed and shows its numbers; `exchange.ts` has the rules. */
export function decidedBy(moment: ExecutionMoment, settings: RuleSettings): DecidedBy {
  if (moment.order === null) return liquidationRule(moment, settings);
  if (moment.liquidity === "maker") return restingRule(moment, settings);
  const { type } = moment.order;
  if (type === "limit") return takesRule(moment);
  if (type !== "market" && moment.isTriggeredNow) return triggerRule(moment);
  if (type === "stopLimit" || type === "takeProfitLimit") return takesRule(moment);
  return marketRule(moment);
}

function liquidationRule(moment: ExecutionMoment, settings: RuleSettings): DecidedBy {
  const { bar, before, price, reference, phase, qty } = moment;
  const { mark, open, high, low } = bar;
  const isLong = before.qty > 0;
  const reached = (value: number): boolean =>
    isLong ? value <= before.liquidation : value >= before.liquidation;
  const kind = mark === null ? "last price (there are no mark candles)" : "mark";
  const seen = mark ?? { open, high, low };
  const extreme = isLong ? seen.low : seen.high;
  const part = qty < Math.abs(before.qty) ? `${priceText(qty)} of it` : "all of it";
  // A take-over has no slippage of its own: its price is the bankruptcy price.
  const at = price === reference ? "its bankruptcy price" : "the market, at";
  const taken = `the venue closes ${part} at ${at} ${priceText(price)}`;
  if (settings.marginMode === "cross") {
    const says = `cross margin: the account's equity was down to the maintenance margins of its positions, ${kind} ${priceText(extreme)} at its worst in the bar: ${taken}`;
    return { name: "accountLiquidation", says };
  }
  if (phase === "open" && reached(seen.open)) {
    const says = `the ${kind} opened at ${priceText(seen.open)}, beyond the liquidation price ${priceText(before.liquidation)}: ${taken}`;
    return { name: "liquidationAtOpen", says };
  }
  if (phase === "inside" && reached(extreme)) {
    const says = `the ${kind} went to ${priceText(extreme)} inside the bar and reached the liquidation price ${priceText(before.liquidation)}: ${taken}`;
    return { name: "liquidationOnMark", says };
  }
  const says = `an exit in this bar would have cost more than the margin and the free balance hold: ${taken}`;
  return { name: "exitBeyondMargin", says };
}

/** A limit that rested. */
function restingRule(moment: ExecutionMoment, settings: RuleSettings): DecidedBy {
  const { bar, price, side, phase, terms } = moment;
  const limit = priceText(terms?.price ?? price);
  if (phase === "open") {
    const at = settings.limitImprove ? "at that better open" : "at its own price, no better";
    const says = `the bar opened at ${priceText(bar.open)}, through the limit ${limit}: it fills ${at}`;
    return { name: "limitGap", says };
  }
  const extreme = priceText(side === "buy" ? bar.low : bar.high);
  if (settings.limitFill === "touch") {
    const says = `the price went to ${extreme} inside the bar and touched the limit ${limit}`;
    return { name: "limitTouch", says };
  }
  const says = `the price went to ${extreme} inside the bar, through the limit ${limit} by a tick or more`;
  return { name: "limitThrough", says };
}

/** A limit that is marketable when it meets a price. */
function takesRule({ reference, phase, terms }: ExecutionMoment): DecidedBy {
  const where = phase === "inside" ? "on its way inside the bar" : `of the ${phase}`;
  const says = `the limit ${priceText(terms?.price ?? reference)} was marketable at the price ${where}: it takes at ${priceText(reference)}`;
  return { name: "limitTakes", says };
}

function triggerRule({ order, reference, phase, terms }: ExecutionMoment): DecidedBy {
  const trigger = terms?.trigger ?? reference;
  const by = order?.conditions.find((word) => word.startsWith("triggered by"));
  if (by !== undefined && reference !== trigger) {
    const says = `${by} at ${priceText(trigger)}: it takes at the last price ${priceText(reference)}`;
    return { name: "triggerByOtherPrice", says };
  }
  if (phase !== "inside") {
    if (reference === trigger) {
      const says = `the ${phase} of the bar is at the trigger ${priceText(trigger)}: it takes there`;
      return { name: "triggerAtOpen", says };
    }
    const says = `the ${phase} of the bar at ${priceText(reference)} lies beyond the trigger ${priceText(trigger)}: it takes at the ${phase}, never better`;
    return { name: "gapThroughTrigger", says };
  }
  const says = `the price reached the trigger ${priceText(trigger)} inside the bar: it takes there`;
  return { name: "triggerTouched", says };
}

function marketRule({ order, reference, phase, earlier }: ExecutionMoment): DecidedBy {
  const at = priceText(reference);
  if (earlier > 0 || (order?.type !== "market" && phase === "open")) {
    const says = `what the volume of earlier bars did not fill goes on at the open ${at}`;
    return { name: "restAtOpen", says };
  }
  if (phase === "open") {
    const says = `a market order takes at the open of the bar in which it can trade, ${at}`;
    return { name: "marketAtOpen", says };
  }
  if (phase === "close") {
    return {
      name: "marketAtClose",
      says: `a market order takes at the close ${at} (fill at close)`,
    };
  }
  const says = `a market order that an execution in this bar set off takes where the price was, ${at}`;
  return { name: "marketInside", says };
}
