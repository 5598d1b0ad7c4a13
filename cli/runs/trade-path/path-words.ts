import type { TradeDocument } from "#cli/backtest/run-document.ts";
import type { DecidedBy } from "./execution-rule.ts";
import type { PathContext } from "./path-context.ts";
import type {
  ExecutionMoment,
  FundingMoment,
  OrderMoment,
  OrderTerms,
  SeenOrder,
} from "./path-moments.ts";
import { moneyText, priceText } from "./price-text.ts";
import type { ExecutionDetails } from "./trade-path.ts";

/** The steps of a trade's path as sentences. */

const PURPOSES: Readonly<Record<string, string>> = {
  entry: "entry",
  signal: "exit by the strategy's signal",
  stopLoss: "stop loss",
  takeProfit: "take profit",
  trailing: "trailing stop",
  roi: "ROI table",
  timeStop: "time stop",
  aged: "aged position",
};

export function intentText(order: SeenOrder, terms: OrderTerms): string {
  const { side, type, purpose, reduceOnly, conditions, tag } = order;
  const more = [
    PURPOSES[purpose] ?? purpose,
    ...(reduceOnly ? ["reduce-only"] : []),
    ...conditions,
    ...(tag === null ? [] : [`tag "${tag}"`]),
  ];
  return `${side} ${termsText(terms)} as ${type} order (${more.join(", ")})`;
}

/** News of an order and commands about it. */
export function newsText(moment: OrderMoment, context: PathContext): string {
  const { kind, terms, reason } = moment;
  const why = reason === "none" ? "" : `: ${reason}`;
  switch (kind) {
    case "orderSent":
      return `sent, arrives ${latencyText(context.settings.latencyMs)}`;
    case "amendSent":
      return `asked to become ${termsText(terms)}`;
    case "cancelSent":
      return "asked to be cancelled";
    case "orderAccepted":
      return `accepted: ${termsText(terms)}`;
    case "orderRejected":
      return `rejected${why}`;
    case "orderTriggered":
      return `triggered at ${terms.trigger === null ? "its price" : priceText(terms.trigger)}`;
    case "orderAmended":
      return `amended to ${termsText(terms)}${why}`;
    case "orderCancelled":
      return `cancelled${why}`;
    case "orderExpired":
      return `expired${why}`;
    case "commandRejected":
      return `the venue refused the change${why}`;
    case "unknownOutcome":
      return `outcome unknown${why}`;
  }
}

export function executionText(
  moment: ExecutionMoment,
  part: ExecutionDetails,
  rule: DecidedBy,
): string {
  const { kind } = moment;
  const what =
    kind === "liquidated" ? "liquidated" : kind === "orderFilled" ? "filled" : "filled in part";
  const size =
    part.qty === moment.qty
      ? priceText(part.qty)
      : `${priceText(part.qty)} of ${priceText(moment.qty)}`;
  const slipped =
    part.slippage === 0
      ? ""
      : `, slippage ${moneyText(part.slippage).slice(1)} from ${priceText(part.reference)}`;
  const fee = `${part.liquidity} fee ${moneyText(part.fee).replace("+", "")}`;
  const liquidation =
    part.liquidationPrice === null ? "" : `, liquidation at ${priceText(part.liquidationPrice)}`;
  const position =
    part.positionAfter === 0 ? "flat" : `position ${priceText(part.positionAfter)}${liquidation}`;
  return `${what}: ${part.side} ${size} at ${priceText(part.price)}${slipped}, ${fee}; ${position}. Why: ${rule.says}`;
}

export function fundingText(
  { amount, rate, price, qty, liquidation }: FundingMoment,
  { settings }: PathContext,
): string {
  const verb = amount >= 0 ? "received" : "paid";
  const size = moneyText(Math.abs(amount)).replace("+", "");
  const moved =
    liquidation === null || Number.isNaN(liquidation)
      ? ""
      : `; liquidation now at ${priceText(liquidation)}`;
  return `funding ${verb} ${size}: rate ${priceText(100 * rate)} % of ${priceText(qty)} at ${settings.fundingOn} ${priceText(price)}${moved}`;
}

/** Why a trade ended and what set that off. */
export function closingText(trade: TradeDocument, closing: ExecutionMoment | undefined): string {
  const detail = trade.exitDetail === null ? "" : ` (${trade.exitDetail})`;
  const trigger = closing === undefined ? "" : triggerText(closing);
  return `flat by ${trade.exitReason ?? "nothing known"}${detail}${trigger}: net ${moneyText(trade.netPnl)}, ${moneyText(trade.returnPct)} %`;
}

function triggerText({ order, terms, price }: ExecutionMoment): string {
  if (order === null) return `, taken over at ${priceText(price)}`;
  if (terms?.trigger != null)
    return `, trigger ${priceText(terms.trigger)}, filled at ${priceText(price)}`;
  if (terms?.price != null)
    return `, limit ${priceText(terms.price)}, filled at ${priceText(price)}`;
  return `, at market, filled at ${priceText(price)}`;
}

function termsText({ qty, price, trigger }: OrderTerms): string {
  const parts = [priceText(qty)];
  if (price !== null) parts.push(`limit ${priceText(price)}`);
  if (trigger !== null) parts.push(`trigger ${priceText(trigger)}`);
  return parts.join(", ");
}

function latencyText(latencyMs: number): string {
  return latencyMs === 0 ? "at once" : `${latencyMs} ms later`;
}
