/**
 * The catalogue of what goes wrong in a simulated run.
 *
 * `chance`: a probability at every opportunity. `timed`: so many per hour of virtual time on average. `rule`: the venue
 * or the market is like that for the whole run when it is on; the rate says how strongly, from 0 to 1. `elsewhere`: not
 * met in a simulated run, because it strikes a real database or lock; `TRIED_ELSEWHERE` names the tests.
 */
export interface FaultTerms {
  readonly kind: "chance" | "timed" | "rule" | "elsewhere";
  /** The rate is drawn between these, evenly in its logarithm. */
  readonly low: number;
  readonly high: number;
  readonly what: string;
}

const chance = (low: number, high: number, what: string): FaultTerms => ({
  kind: "chance",
  low,
  high,
  what,
});
const timed = (low: number, high: number, what: string): FaultTerms => ({
  kind: "timed",
  low,
  high,
  what,
});
const rule = (low: number, high: number, what: string): FaultTerms => ({
  kind: "rule",
  low,
  high,
  what,
});

const elsewhere = (what: string): FaultTerms => ({ kind: "elsewhere", low: 1, high: 1, what });

export const FAULTS = {
  N1: chance(0.005, 0.1, "request dropped before arrival"),
  N2: chance(0.005, 0.1, "accepted, answer dropped"),
  N3: chance(0.005, 0.1, "delay beyond the time-out, then delivered"),
  N4: chance(0.005, 0.1, "duplicated"),
  N5: chance(0.01, 0.2, "reordered"),
  N6: timed(0.1, 2, "half-open socket: writes succeed, nothing comes"),
  N7: timed(0.2, 6, "clean close"),
  N8: chance(0.001, 0.02, "reset in the middle of a frame"),
  N9: timed(0.1, 2, "pongs flow but one subscription is silent"),
  N10: timed(0.05, 1, "reconnect storm"),
  N11: chance(0.01, 0.2, "DNS or TLS fails"),
  N12: timed(0.1, 2, "one direction only"),
  X1: chance(0.005, 0.1, "5xx before accept"),
  X2: chance(0.005, 0.1, "5xx after accept"),
  X3: chance(0.005, 0.1, "429 with reset"),
  X4: timed(0.02, 0.3, "IP ban of 10 minutes"),
  X5: chance(0.01, 0.2, "acknowledged, then rejected on the stream"),
  X6: rule(0.1, 1, "partial fills"),
  X7: chance(0.05, 0.5, "fill after the cancel was accepted"),
  X8: chance(0.1, 1, "two Filled messages on a cancel race"),
  X9: chance(0.02, 0.3, "order, execution and position streams overtake each other"),
  X10: chance(0.05, 0.5, "order not yet visible to look-up"),
  X11: timed(0.1, 1, "closed-order window cleared by a restart of the venue"),
  X12: rule(0.1, 1, "cancelled order gone from history"),
  X13: rule(1, 1, "duplicate request id refused"),
  X14: chance(0.01, 0.1, "page missing or cursor repeated"),
  X15: chance(0.1, 1, "list row for an empty side first"),
  X16: chance(0.05, 0.5, "positions lag fills"),
  X17: rule(1, 1, "funding execution with an empty request id"),
  X18: timed(0.05, 1, "auto-deleveraging, delisting"),
  X19: timed(0.1, 1, "post-only or reduce-only window, maintenance"),
  X20: chance(0.001, 0.02, "gap between snapshot and delta"),
  X21: chance(0.001, 0.02, "unknown field, missing field, null quantity"),
  X22: timed(0.05, 0.5, "price and quantity filters change"),
  X23: rule(0.05, 1, "clock of the venue off and drifting"),
  X24: chance(0.02, 0.3, "balance too low for a close"),
  X25: chance(0.05, 0.5, "result for only a part of a batch"),
  P1: chance(0.00002, 0.0005, "crash at a call of a port"),
  P2: chance(0.01, 0.2, "crash during recovery"),
  P3: timed(0.02, 0.2, "restart loop"),
  P4: timed(0.1, 3, "event loop stalls for seconds"),
  P5: chance(0.00002, 0.0005, "write error, disk full, short write"),
  P6: chance(0.00002, 0.0005, "fsync error"),
  P7: chance(0.05, 0.5, "torn or zeroed tail, flipped bit"),
  P8: elsewhere("database missing, locked or corrupt"),
  P9: elsewhere("second engine started"),
  P10: timed(0.1, 2, "wall clock jumps, suspend"),
  P11: elsewhere("long query of a user"),
  P12: timed(0.02, 0.2, "memory limit"),
  P13: timed(0.05, 0.5, "SIGTERM"),
  D1: chance(0.001, 0.02, "candle missing"),
  D2: chance(0.001, 0.02, "candle twice, also with different values"),
  D3: chance(0.001, 0.02, "candle out of order"),
  D4: chance(0.001, 0.02, "candle with NaN, zero, negative or absurd price"),
  D5: chance(0.001, 0.02, "unclosed candle marked closed"),
  D6: chance(0.001, 0.02, "late correction"),
  D7: timed(0.02, 0.2, "symbol delisted"),
  D8: chance(0.02, 0.3, "stale price by request"),
  O1: timed(0.1, 2, "closes on the exchange"),
  O2: timed(0.1, 2, "opens there"),
  O3: timed(0.1, 2, "cancels our orders"),
  O4: timed(0.1, 1, "changes leverage, margin or position mode"),
  O5: timed(0.02, 0.3, "revokes the key"),
  O6: timed(0.1, 2, "deposits or withdraws"),
  O7: timed(0.02, 0.2, "edits the configuration"),
  O8: elsewhere("deletes the database"),
  O9: timed(0.05, 0.5, "halts and resumes"),
} as const satisfies Readonly<Record<string, FaultTerms>>;

export type FaultCode = keyof typeof FAULTS;
/** The whole catalogue, in its order. */
export const ALL_FAULT_CODES = Object.keys(FAULTS) as readonly FaultCode[];
/** What a simulated run can meet. */
export const FAULT_CODES = ALL_FAULT_CODES.filter((code) => FAULTS[code].kind !== "elsewhere");

/** Which test meets what a simulated run can not. */
export const TRIED_ELSEWHERE: Readonly<Partial<Record<FaultCode, string>>> = {
  P8: "data/projection/open-projection.slow.test.ts",
  P9: "data/journal/engine-lock.slow.test.ts",
  P11: "data/projection/long-query.slow.test.ts",
  O8: "data/projection/open-projection.slow.test.ts",
};

/** The rate of every fault that is on. */
export type FaultRates = Readonly<Partial<Record<FaultCode, number>>>;
