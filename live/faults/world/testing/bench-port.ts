import { EngineEvent, EVENT } from "#engine/model/event.ts";
import type { Answer, Ask, VenuePortListener } from "#live/ports/venue-port.ts";
import type { FaultRates } from "../fault-codes.ts";
import type { SimVenuePort } from "../sim-venue-port.ts";
import { World, type WorldTarget } from "../world.ts";
import type { TargetPlan, WorldPlan } from "../world-plan.ts";
import { START } from "./bench-world.ts";

const MINUTE = 60_000;
const EVENT_NAMES = Object.keys(EVENT);

export const TARGET: TargetPlan = {
  key: "bybit:paper",
  symbols: ["BTCUSDT"],
  foreignSymbol: null,
  positionMode: "oneWay",
  marginMode: "isolated",
  leverage: 5,
  balance: 10_000,
  pageSize: 50,
  hasBatches: false,
};

/** A quiet world of two hours with one account and one symbol. */
export const planOf = (changes: Partial<WorldPlan> = {}): WorldPlan => ({
  seed: "1",
  tieBreak: "sched",
  start: START,
  durationMs: 120 * MINUTE,
  reserveMs: 0,
  barMs: MINUTE,
  candleMs: MINUTE,
  targets: [TARGET],
  rates: {},
  latencyMs: [10, 30],
  timeoutMs: 5_000,
  recvWindowMs: 5_000,
  lagMsMax: 2_000,
  cancelledHistoryMs: -1,
  participationPct: 0,
  clockSkewMs: 0,
  clockDriftMsPerDay: 0,
  reconcileMs: 30_000,
  features: { hasAged: false, hasProtection: false, hasPollingFallback: false },
  workload: { ordersPerHour: 20, market: 1, limit: 1, stop: 1, close: 1, amend: 1, cancel: 1 },
  ...changes,
});

export interface Heard {
  readonly at: number;
  readonly what: string;
  readonly event: EngineEvent | null;
}

/** A program that does nothing but ask and listen. */
export interface PortBench {
  readonly world: World;
  readonly target: WorldTarget;
  readonly port: SimVenuePort;
  readonly heard: Heard[];
  /** Names of what was heard, without prices. */
  news(): readonly string[];
  go(ms: number): void;
  /** Asks now, and gives what was answered by then; null: nothing yet. */
  ask(ask: Ask): { readonly answer: () => Answer | null; readonly count: () => number };
  /** Asks, waits for the answer and gives it. */
  wait(ask: Ask): Answer;
}

export function benchPort(
  changes: Partial<WorldPlan> & { readonly rates?: FaultRates } = {},
): PortBench {
  const world = new World(planOf(changes));
  world.startProcess();
  const target = world.target("bybit:paper");
  const port = world.port("bybit:paper");
  const heard: Heard[] = [];
  const ids = new Map<string, number>();
  const hear = (what: string, event: EngineEvent | null = null): void =>
    void heard.push({ at: world.time.now - START, what, event });
  const listener: VenuePortListener = {
    requestOf: (clientId) => ids.get(clientId) ?? -1,
    onEvent: (event) =>
      hear(EVENT_NAMES[event.kind] ?? "", Object.assign(new EngineEvent(), event)),
    onLost: (why) => hear(`lost: ${why}`),
    onRestored: () => hear("restored"),
  };
  port.connect(listener);
  const ask: PortBench["ask"] = (one) => {
    if (one.kind === "place") ids.set(one.clientId, ids.size + 1);
    let last: Answer | null = null;
    let count = 0;
    port.ask(one, (answer) => {
      last = answer;
      count += 1;
    });
    return { answer: () => last, count: () => count };
  };
  return {
    world,
    target,
    port,
    heard,
    news: () => heard.filter(({ what }) => what !== "lastPrice").map(({ what }) => what),
    go: (ms) => world.time.runUntil(START + ms),
    ask,
    wait: (one) => {
      const { answer } = ask(one);
      while (answer() === null && world.time.step());
      return answer() as unknown as Answer;
    },
  };
}
