import type { Exchange } from "#engine/model/target.ts";
import type { Ask } from "#live/ports/venue-port.ts";

/** What requests are counted as: each group has a weight of its own. */
export type RequestGroup =
  | "place"
  | "amend"
  | "cancel"
  | "configure"
  | "lookupOpen"
  | "lookupClosed"
  | "executions"
  | "orders"
  | "positions"
  | "settings"
  | "wallet"
  | "price"
  | "time"
  | "candles";

/** At most so much weight in any stretch of that length. */
export interface WindowTerms {
  readonly limit: number;
  readonly ms: number;
  /** Weight that nobody else takes from closes and cancels, and from look-ups and cuts. */
  readonly closes: number;
  readonly lookups: number;
  /** What the venue does with more: refuses it, or bans the address for `banMs`. */
  readonly excess: "refused" | "banned";
}

export interface RequestCost {
  readonly window: string;
  readonly weight: number;
  /** Of a further page of the same list; by default the same. */
  readonly nextPage?: number;
}

/** The budget of one account at a venue. */
export interface VenueLimits {
  readonly windows: Readonly<Record<string, WindowTerms>>;
  /** The windows that a request counts in. A venue that refuses it for its rate speaks of the first of them. */
  readonly costs: Readonly<Record<RequestGroup, readonly RequestCost[]>>;
  readonly banMs: number;
}

const SECOND = 1_000;
const MINUTE = 60_000;

const ADDRESS: RequestCost = { window: "address", weight: 1 };
const inWindow = (window: string): readonly RequestCost[] => [{ window, weight: 1 }, ADDRESS];
const perSecond = (limit: number, closes = 0): WindowTerms => ({
  limit,
  ms: SECOND,
  closes,
  lookups: 0,
  excess: "refused",
});

/**
 * Bybit V5, https://bybit-exchange.github.io/docs/v5/rate-limit, checked 2026-11-21: rolling windows of one second per
 * account and endpoint, `retCode` 10006 beyond them; 600 requests in 5 s per address, beyond it HTTP 403 for 10 minutes.
 * Market data count by address alone. A change of settings may take several requests, the slowest of them 5 a second.
 */
const BYBIT: VenueLimits = {
  banMs: 10 * MINUTE,
  windows: {
    "order/create": perSecond(10, 3),
    "order/amend": perSecond(10, 3),
    "order/cancel": perSecond(10),
    "position/set": perSecond(5),
    "order/realtime": perSecond(50),
    "order/history": perSecond(50),
    "execution/list": perSecond(50),
    "position/list": perSecond(50),
    "account/wallet-balance": perSecond(50),
    address: { limit: 600, ms: 5 * SECOND, closes: 120, lookups: 120, excess: "banned" },
  },
  costs: {
    place: inWindow("order/create"),
    amend: inWindow("order/amend"),
    cancel: inWindow("order/cancel"),
    configure: inWindow("position/set"),
    lookupOpen: inWindow("order/realtime"),
    lookupClosed: inWindow("order/history"),
    executions: inWindow("execution/list"),
    orders: inWindow("order/realtime"),
    positions: inWindow("position/list"),
    settings: inWindow("position/list"),
    wallet: inWindow("account/wallet-balance"),
    price: [ADDRESS],
    time: [ADDRESS],
    candles: [ADDRESS],
  },
};

const weighing = (weight: number, nextPage = weight): readonly RequestCost[] => [
  { window: "address", weight, nextPage },
];

/**
 * Hyperliquid, https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/rate-limits-and-user-limits, checked
 * 2026-11-21: a weight of 1,200 a minute per address, HTTP 429 beyond it. Actions weigh 1; `orderStatus`,
 * `clearinghouseState` and `allMids` 2, other reads 20, and 1 more for every 20 rows. Its second limit, actions per
 * address by traded volume, is not counted here.
 */
const HYPERLIQUID: VenueLimits = {
  banMs: 10 * MINUTE,
  windows: {
    address: { limit: 1_200, ms: MINUTE, closes: 200, lookups: 600, excess: "refused" },
  },
  costs: {
    place: weighing(1),
    amend: weighing(1),
    cancel: weighing(1),
    configure: weighing(1),
    lookupOpen: weighing(2),
    lookupClosed: weighing(2),
    executions: weighing(20, 1),
    orders: weighing(20, 1),
    positions: weighing(2, 1),
    settings: weighing(2, 1),
    wallet: weighing(2),
    price: weighing(2),
    time: weighing(2),
    candles: weighing(20),
  },
};

/** The limits of each venue as it publishes them. */
export const VENUE_LIMITS: Readonly<Record<Exchange, VenueLimits>> = {
  bybit: BYBIT,
  hyperliquid: HYPERLIQUID,
};

export function groupOf(ask: Ask): RequestGroup {
  if (ask.kind === "page") return ask.of;
  if (ask.kind !== "lookup") return ask.kind;
  if (ask.where === "executions") return "executions";
  return ask.where === "open" ? "lookupOpen" : "lookupClosed";
}

/** The windows that an ask counts in, with the weight that it has itself. */
export function costsOf(limits: VenueLimits, ask: Ask): readonly RequestCost[] {
  const costs = limits.costs[groupOf(ask)];
  const isNext = ask.kind === "page" && ask.cursor !== "";
  if (!isNext) return costs;
  return costs.map(({ window, weight, nextPage = weight }) => ({ window, weight: nextPage }));
}
