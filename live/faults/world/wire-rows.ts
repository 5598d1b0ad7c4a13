import { BUY, LIQUIDITY, type OrderSide, type OrderType, SELL } from "#engine/model/order-terms.ts";
import {
  EXECUTION_CAUSES,
  type ExecutionCause,
  type PositionSlot,
  type VenueExecution,
  type VenueOrder,
  type VenuePosition,
  type VenueSymbolSettings,
} from "#engine/model/venue-snapshot.ts";
import type { FoundOrder } from "#live/ports/venue-port.ts";
import type { WireRow } from "./wire.ts";

/** What the engine calls the things that a venue names. */
export interface EngineNames {
  /** The engine's place of a position, −1 where it does not trade it. */
  indexOf(symbol: string, slot: PositionSlot): number;
  /** The engine's number of an order, −1 where nobody here sent it. */
  requestOf(clientId: string): number;
}

/** A row that can not be read: what it said is not known. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

export function numberIn(row: WireRow, field: string): number {
  const value = row[field];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Unreadable(`"${field}" is no number`);
}

/** NaN where the venue says that there is none. */
export function numberOrNone(row: WireRow, field: string): number {
  return row[field] === null ? Number.NaN : numberIn(row, field);
}

export function textIn(row: WireRow, field: string): string {
  const value = row[field];
  if (typeof value === "string") return value;
  throw new Unreadable(`"${field}" is no text`);
}

function wordIn<T extends string>(row: WireRow, field: string, words: readonly T[]): T {
  const text = textIn(row, field);
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new Unreadable(`"${field}" is "${text}"`);
}

function flagIn(row: WireRow, field: string): boolean {
  const value = row[field];
  if (typeof value === "boolean") return value;
  throw new Unreadable(`"${field}" is neither true nor false`);
}

const SLOTS: readonly PositionSlot[] = ["net", "long", "short"];
const SIDES = ["Buy", "Sell"] as const;
const TYPES_MAX = 6;

export function slotIn(row: WireRow): PositionSlot {
  return wordIn(row, "slot", SLOTS);
}

export function sideIn(row: WireRow): OrderSide {
  return wordIn(row, "side", SIDES) === "Buy" ? BUY : SELL;
}

export function indexIn(row: WireRow, names: EngineNames): number {
  return names.indexOf(textIn(row, "symbol"), slotIn(row));
}

/** Null for a side that holds nothing: a venue lists those too. */
export function parsePosition(row: WireRow, names: EngineNames): VenuePosition | null {
  const qtyLots = numberIn(row, "qty");
  if (qtyLots === 0) return null;
  const index = indexIn(row, names);
  return {
    index,
    symbol: textIn(row, "symbol"),
    slot: slotIn(row),
    qtyLots: index < 0 ? Number.NaN : qtyLots,
    qty: numberIn(row, "size"),
    entryPrice: numberIn(row, "entryPrice"),
    markPrice: numberOrNone(row, "markPrice"),
    openedAt: numberOrNone(row, "openedAt"),
    hasTrailingStop: flagIn(row, "trailing"),
  };
}

export function parseOrder(row: WireRow, names: EngineNames): VenueOrder {
  const clientId = textIn(row, "clientId");
  const type = numberIn(row, "type");
  if (!Number.isInteger(type) || type < 0 || type > TYPES_MAX) throw new Unreadable(`type ${type}`);
  return {
    index: indexIn(row, names),
    symbol: textIn(row, "symbol"),
    requestId: clientId === "" ? -1 : names.requestOf(clientId),
    clientId,
    venueOrderId: textIn(row, "orderId"),
    side: sideIn(row),
    type: type as OrderType,
    qtyLots: numberIn(row, "qty"),
    filledLots: numberIn(row, "filled"),
    priceTicks: numberOrNone(row, "price"),
    triggerTicks: numberOrNone(row, "trigger"),
    reduceOnly: flagIn(row, "reduceOnly"),
  };
}

const STATUSES: readonly FoundOrder["status"][] = [
  "open",
  "filled",
  "cancelled",
  "rejected",
  "expired",
];

export function parseFoundOrder(row: WireRow, names: EngineNames): FoundOrder {
  return { ...parseOrder(row, names), status: wordIn(row, "status", STATUSES) };
}

const CAUSES = [...EXECUTION_CAUSES, "funding"] as const;

export function causeIn(row: WireRow): ExecutionCause | "funding" {
  return wordIn(row, "type", CAUSES);
}

/** Null for funding: it stands among the executions, with a quantity, but nothing of it is traded. */
export function parseExecution(row: WireRow, names: EngineNames): VenueExecution | null {
  const cause = causeIn(row);
  if (cause === "funding") return null;
  const clientId = textIn(row, "clientId");
  return {
    index: indexIn(row, names),
    symbol: textIn(row, "symbol"),
    executionId: numberIn(row, "execId"),
    requestId: clientId === "" ? -1 : names.requestOf(clientId),
    venueOrderId: textIn(row, "orderId"),
    side: sideIn(row),
    qtyLots: numberIn(row, "qty"),
    priceTicks: numberIn(row, "price"),
    isMaker: flagIn(row, "isMaker"),
    fee: numberIn(row, "fee"),
    time: numberIn(row, "time"),
    cause,
  };
}

export function parseSettings(row: WireRow, names: EngineNames): VenueSymbolSettings {
  return {
    index: indexIn(row, names),
    leverage: numberIn(row, "leverage"),
    marginMode: wordIn(row, "marginMode", ["isolated", "cross"] as const),
    positionMode: wordIn(row, "positionMode", ["oneWay", "hedge"] as const),
  };
}

export function liquidityIn(row: WireRow): number {
  return flagIn(row, "isMaker") ? LIQUIDITY.maker : LIQUIDITY.taker;
}
