import { makeGrid } from "#engine/model/grid.ts";
import { BUY, ORDER_TYPE, TIME_IN_FORCE, TRIGGER_BY } from "#engine/model/order-terms.ts";
import { VENUE_LIMITS, type VenueLimits } from "#live/gateway/venue-limits.ts";
import type {
  AmendAsk,
  CancelAsk,
  ConfigureAsk,
  LookupAsk,
  PageAsk,
  PlaceAsk,
} from "#live/ports/venue-port.ts";
import { type VenueSettings, venueProfile } from "#sim/venue-settings.ts";
import type { FaultRates } from "../fault-codes.ts";
import { Faults } from "../faults.ts";
import { RandomStreams } from "../random-streams.ts";
import { parseSeed } from "../seed.ts";
import type { WorldMarket } from "../venue-matcher.ts";
import { type ServerTerms, VenueServer } from "../venue-server.ts";
import { VirtualTime } from "../virtual-time.ts";
import type { WireMessage, WireReply } from "../wire.ts";
import { VenueClock } from "../world-clocks.ts";

export const START = 1_704_067_200_000;
export const MINUTE = 60_000;
export const KEY = "key-1";

export type Row = readonly [
  open: number,
  high: number,
  low: number,
  close: number,
  volume?: number,
];

/** A market of given candles, one a minute. */
export function marketOf(
  rows: readonly Row[],
  symbol = "BTCUSDT",
  fundingAt: readonly number[] = [],
): WorldMarket {
  const column = (at: number): Float64Array =>
    Float64Array.from(rows, (row) => row[at] ?? Number.NaN);
  return {
    instrument: {
      exchange: "bybit",
      symbol,
      tick: makeGrid(0.1),
      lot: makeGrid(0.001),
      minQty: 0,
      maxQty: Number.POSITIVE_INFINITY,
      minNotional: 0,
      maxLeverage: 100,
      tiers: [
        { upTo: Number.POSITIVE_INFINITY, maintenancePct: 0.5, maxLeverage: 100, deduction: 0 },
      ],
      isPerpetual: true,
    },
    bars: {
      intervalMs: MINUTE,
      length: rows.length,
      time: Float64Array.from(rows, (_, at) => START + at * MINUTE),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: column(4),
    },
    funding: {
      length: fundingAt.length,
      time: Float64Array.from(fundingAt, (bar) => START + bar * MINUTE),
      rate: Float64Array.from(fundingAt, () => 0.001),
    },
  };
}

/** Candles that do not move, so many of them. */
export const quiet = (count: number, price = 100): Row[] =>
  Array.from({ length: count }, () => [price, price + 0.1, price - 0.1, price, 1_000]);

const { windows } = VENUE_LIMITS.bybit;
/** Limits that nobody comes near. */
export const LOOSE: VenueLimits = {
  ...VENUE_LIMITS.bybit,
  windows: Object.fromEntries(
    Object.entries(windows).map(([name, terms]) => [name, { ...terms, limit: 1_000_000 }]),
  ),
};

export interface BenchOptions {
  readonly rates?: FaultRates;
  readonly markets?: readonly WorldMarket[];
  readonly settings?: Partial<VenueSettings>;
  readonly terms?: Partial<ServerTerms>;
  readonly seed?: string;
  readonly skew?: number;
}

export interface Bench {
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly server: VenueServer;
  readonly streams: RandomStreams;
  readonly messages: WireMessage[];
  /** Goes to the given ms after the start. */
  go(ms: number): void;
  /** One ask, as a request that arrives now. */
  send(ask: Parameters<VenueServer["handle"]>[0]["asks"][number], key?: string): WireReply;
}

/** A server alone, without a network before it. */
export function benchOf(options: BenchOptions = {}): Bench {
  const streams = new RandomStreams(parseSeed(options.seed ?? "1"));
  const time = new VirtualTime(START, streams.of("sched"));
  const faults = new Faults(options.rates ?? {}, streams);
  const clock = new VenueClock(time, options.skew ?? 0);
  const server = new VenueServer(
    { time, clock, faults },
    {
      markets: options.markets ?? [marketOf(quiet(600))],
      settings: { ...venueProfile("bybit"), participationPct: null, ...options.settings },
      balance: 10_000,
      leverage: 5,
      key: KEY,
      pageSize: 50,
      lagMsMax: 2_000,
      cancelledHistoryMs: Number.POSITIVE_INFINITY,
      limits: VENUE_LIMITS.bybit,
      recvWindowMs: 5_000,
      ...options.terms,
    },
  );
  const messages: WireMessage[] = [];
  server.listen((message) => messages.push(message));
  const send: Bench["send"] = (ask, key = KEY) =>
    server.handle({ asks: [ask], key })[0] as WireReply;
  return { time, faults, server, streams, messages, go: (ms) => time.runUntil(START + ms), send };
}

export const placeAsk = (clientId: string, changes: Partial<PlaceAsk> = {}): PlaceAsk => ({
  kind: "place",
  clientId,
  symbol: "BTCUSDT",
  slot: "net",
  side: BUY,
  type: ORDER_TYPE.market,
  qtyLots: 1_000,
  priceTicks: Number.NaN,
  triggerTicks: Number.NaN,
  reduceOnly: false,
  triggerBy: TRIGGER_BY.last,
  timeInForce: TIME_IN_FORCE.gtc,
  isPostOnly: false,
  expiresAt: Number.NaN,
  callbackPct: Number.NaN,
  callbackTicks: Number.NaN,
  activationTicks: Number.NaN,
  fenceAt: Number.POSITIVE_INFINITY,
  ...changes,
});

export const cancelAsk = (clientId: string, changes: Partial<CancelAsk> = {}): CancelAsk => ({
  kind: "cancel",
  clientId,
  symbol: "BTCUSDT",
  venueOrderId: "",
  fenceAt: Number.POSITIVE_INFINITY,
  ...changes,
});

export const amendAsk = (clientId: string, changes: Partial<AmendAsk> = {}): AmendAsk => ({
  kind: "amend",
  clientId,
  symbol: "BTCUSDT",
  qtyLots: Number.NaN,
  priceTicks: Number.NaN,
  triggerTicks: Number.NaN,
  fenceAt: Number.POSITIVE_INFINITY,
  ...changes,
});

export const configureAsk = (changes: Partial<ConfigureAsk> = {}): ConfigureAsk => ({
  kind: "configure",
  symbol: "BTCUSDT",
  leverage: 0,
  slot: "net",
  marginAdded: 0,
  marginMode: null,
  positionMode: null,
  fenceAt: Number.POSITIVE_INFINITY,
  ...changes,
});

export const lookupAsk = (clientId: string, where: LookupAsk["where"]): LookupAsk => ({
  kind: "lookup",
  clientId,
  symbol: "BTCUSDT",
  where,
});

export const pageAsk = (of: PageAsk["of"], cursor = "", since = 0): PageAsk => ({
  kind: "page",
  of,
  cursor,
  since,
});
