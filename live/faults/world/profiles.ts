import { portableExp } from "#data/synthetic/portable-exp.ts";
import { portableLn } from "#data/synthetic/portable-ln.ts";
import { ALL_FAULT_CODES, FAULTS, type FaultCode, type FaultRates } from "./fault-codes.ts";
import type { Profile } from "./profile.ts";
import type { RandomStream } from "./random-stream.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed } from "./seed.ts";
import type { TargetPlan, WorkloadPlan, WorldPlan } from "./world-plan.ts";

/** 2024-01-01T07:45Z: the first funding of every venue is a quarter of an hour away. */
const START = 1_704_095_100_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What kills or damages the process and its disk, for the profile `crash`. */
const CRASH_CODES: readonly FaultCode[] = ["P1", "P2", "P3", "P5", "P6", "P7", "P13"];
/** Of the faults outside of it, so many are on in `lite` and `crash`. */
const LITE_SHARE = 0.15;

/** Draws the world of one run from its seed. The same seed and profile give the same plan. */
export function drawPlan(seed: string, profile: Profile): WorldPlan {
  const stream = new RandomStreams(parseSeed(seed)).of(`swarm ${profile}`);
  const barMs = stream.pick([1_000, 5_000, 15_000, MINUTE, MINUTE, MINUTE]);
  const rates = drawRates(stream, profile);
  const isOn = (code: FaultCode): boolean => (rates[code] ?? 0) > 0;
  const latencyLow = stream.integer(1, 60);
  const latencyHigh = latencyLow + stream.integer(0, 400);
  return {
    seed,
    tieBreak: "sched",
    start: START,
    durationMs: stream.pick([1, 2, 4, 6, 12]) * stretchOf(barMs),
    reserveMs: 6 * stretchOf(barMs),
    barMs,
    candleMs: stream.pick([1, 1, 5]) * MINUTE,
    targets: drawTargets(stream),
    rates,
    latencyMs: [latencyLow, latencyHigh],
    timeoutMs: stream.pick([2_000, 5_000, 10_000]),
    recvWindowMs: 5_000,
    lagMsMax: stream.pick([500, 1_000, 2_000, 4_000]),
    cancelledHistoryMs: isOn("X12") ? stream.pick([0.25, 1, 6]) * HOUR : -1,
    participationPct: isOn("X6") ? stream.pick([0.5, 1, 5, 10]) : 0,
    clockSkewMs: isOn("X23") ? Math.round(2_000 * (rates.X23 ?? 0)) : 0,
    clockDriftMsPerDay: isOn("X23") ? Math.round(5_000 * (rates.X23 ?? 0)) : 0,
    reconcileMs: stream.pick([15_000, 30_000, 60_000]),
    features: {
      hasAged: stream.chance(0.5),
      hasProtection: stream.chance(0.5),
      hasPollingFallback: stream.chance(0.5),
    },
    workload: drawWorkload(stream),
  };
}

/** What a unit of a run's length is, ms: finer bars make shorter runs of about as much work. */
function stretchOf(barMs: number): number {
  if (barMs >= MINUTE) return 2 * HOUR;
  return barMs > 1_000 ? HOUR / 2 : HOUR / 4;
}

function drawRates(stream: RandomStream, profile: Profile): FaultRates {
  const rates: Partial<Record<FaultCode, number>> = {};
  for (const code of ALL_FAULT_CODES) {
    const { low, high, kind } = FAULTS[code];
    // Both draws are made whatever comes of them, so that the profiles of a seed resemble each other.
    const coin = stream.uniform();
    const rate = low * portableExp(stream.uniform() * portableLn(high / low));
    const isAlways = kind === "rule" && low === high;
    if (kind === "elsewhere") continue;
    if (isAlways || coin < share(profile, code)) {
      rates[code] = profile === "lite" && kind !== "rule" ? Math.max(low, rate / 4) : rate;
    }
  }
  return rates;
}

/** How likely a fault is on. */
function share(profile: Profile, code: FaultCode): number {
  switch (profile) {
    case "swarm":
      return 0.5;
    case "lite":
      return LITE_SHARE;
    case "crash":
      return CRASH_CODES.includes(code) ? 0.8 : LITE_SHARE;
    case "live-parity":
      return 0;
  }
}

const VENUES = [
  { key: "bybit:paper", symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"], foreign: "XRPUSDT" },
  { key: "bybit:live", symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"], foreign: "XRPUSDT" },
  { key: "hyperliquid:paper", symbols: ["BTC", "ETH", "SOL"], foreign: "XRP" },
] as const;

function drawTargets(stream: RandomStream): readonly TargetPlan[] {
  const count = stream.integer(1, 3);
  const first = stream.integer(0, VENUES.length - 1);
  const symbols = stream.integer(1, 3);
  return Array.from({ length: count }, (_, at) => {
    const venue = VENUES[(first + at) % VENUES.length] as (typeof VENUES)[number];
    const isHedge = stream.chance(0.25);
    return {
      key: venue.key,
      symbols: venue.symbols.slice(0, symbols),
      foreignSymbol: stream.chance(0.5) ? venue.foreign : null,
      positionMode: isHedge && venue.key !== "hyperliquid:paper" ? "hedge" : "oneWay",
      marginMode: stream.chance(0.3) ? "cross" : "isolated",
      leverage: stream.pick([1, 2, 3, 5, 10]),
      balance: 10_000,
      pageSize: stream.pick([1, 2, 3, 10, 50]),
      hasBatches: stream.chance(0.5),
    };
  });
}

function drawWorkload(stream: RandomStream): WorkloadPlan {
  const weight = (): number => stream.integer(0, 5);
  return {
    ordersPerHour: stream.pick([2, 6, 20, 60]),
    market: 1 + weight(),
    limit: weight(),
    stop: weight(),
    close: 1 + weight(),
    amend: weight(),
    cancel: weight(),
  };
}
