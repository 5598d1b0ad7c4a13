import { must } from "#engine/assert.ts";
import { parseTarget, type TargetKey } from "#engine/model/target.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import { VENUE_LIMITS } from "#live/gateway/venue-limits.ts";
import type { DriverClock } from "#live/ports/driver-clock.ts";
import { type VenueSettings, venueProfile } from "#sim/venue-settings.ts";
import { CandlePublisher } from "./candle-publisher.ts";
import { Chaos, type ChaosDeeds } from "./chaos.ts";
import { CrashPoints } from "./crash-points.ts";
import { engineSlots } from "./engine-slots.ts";
import type { FaultCode } from "./fault-codes.ts";
import { Faults } from "./faults.ts";
import { Operator } from "./operator.ts";
import { ProcessClock } from "./process-clock.ts";
import { RandomStreams } from "./random-streams.ts";
import { parseSeed } from "./seed.ts";
import { SimMarketFeed } from "./sim-market-feed.ts";
import { SimVenuePort } from "./sim-venue-port.ts";
import type { WorldMarket } from "./venue-matcher.ts";
import { VenueServer } from "./venue-server.ts";
import { truthOf, type VenueTruth } from "./venue-truth.ts";
import { VirtualDisk } from "./virtual-disk.ts";
import { VirtualNet } from "./virtual-net.ts";
import { VirtualProcess } from "./virtual-process.ts";
import { VirtualTime } from "./virtual-time.ts";
import { VenueClock, WallClock } from "./world-clocks.ts";
import { drawMarket } from "./world-market.ts";
import type { TargetPlan, WorldPlan } from "./world-plan.ts";

/** One account with its venue and the way there. */
export interface WorldTarget {
  readonly plan: TargetPlan;
  readonly key: TargetKey;
  readonly markets: readonly WorldMarket[];
  readonly server: VenueServer;
  readonly net: VirtualNet;
  readonly operator: Operator;
  readonly clock: VenueClock;
  readonly publisher: CandlePublisher;
}

/** What the venue knows the account by; it must never be written anywhere. */
export const SECRET_KEY = "the account's key";
/** What a world is made of besides its plan, in place of what would be drawn. */
export interface WorldMaterial {
  /** The contracts of every target, in the order of its symbols. */
  readonly markets?: readonly WorldMarket[] | undefined;
  /** What the venue charges and how it fills. */
  readonly settings?: Partial<VenueSettings> | undefined;
}

const HOUR = 3_600_000;
/** First prices, the order in which symbols are named in a plan. */
const PRICES = [40_000, 2_000, 100, 0.5];

/** Everything around the program under test, in virtual time. Same plan, same world, to the last draw. */
export class World {
  readonly plan: WorldPlan;
  readonly streams: RandomStreams;
  readonly time: VirtualTime;
  readonly wall: WallClock;
  readonly faults: Faults;
  readonly points = new CrashPoints();
  readonly targets: readonly WorldTarget[];
  readonly chaos: Chaos;
  readonly disk: VirtualDisk;
  readonly #material: WorldMaterial;
  #process: VirtualProcess;

  /** `deeds`: what timed faults do that strike the program itself, such as a signal, a halt or an edited file. */
  constructor(plan: WorldPlan, deeds: ChaosDeeds = {}, material: WorldMaterial = {}) {
    this.plan = plan;
    this.#material = material;
    this.streams = new RandomStreams(parseSeed(plan.seed));
    this.time = new VirtualTime(plan.start, this.streams.of(plan.tieBreak));
    this.wall = new WallClock(this.time);
    this.faults = new Faults(plan.rates, this.streams, plan.script);
    const { time, faults, points, streams } = this;
    this.disk = new VirtualDisk({ time, faults, points, stream: streams.of("disk") });
    this.targets = plan.targets.map((target) => this.#makeTarget(target));
    this.#process = new VirtualProcess(this.time, 0);
    this.chaos = new Chaos(this.time, this.faults, { ...this.#deeds(), ...deeds }, plan.script);
    this.chaos.start();
  }

  /** The life of the program that runs now, or ran last. */
  get process(): VirtualProcess {
    return this.#process;
  }

  /** The program starts (again): what was left of its last life is gone. */
  startProcess(): VirtualProcess {
    this.#process.stop();
    this.#process = new VirtualProcess(this.time, this.#process.generation + 1);
    return this.#process;
  }

  target(key: TargetKey): WorldTarget {
    return must(
      this.targets.find((target) => target.key === key),
      "The plan has the target",
    );
  }

  /** The clock of the program's present life. */
  driverClock(): DriverClock {
    return new ProcessClock(this.time, this.wall, this.#process, this.points);
  }

  /**
   * The program is gone, and with a chance of one half the power of its machine with it: then what its disk had not
   * synced meets its fate. Returns whether the power failed.
   */
  crash(): boolean {
    this.#process.stop();
    const hasFailed = this.streams.of("power").chance(0.5);
    if (hasFailed) this.disk.losePower();
    return hasFailed;
  }

  /** The way of the program's present life to an account; `slots`: the engine's places, by default those of the plan. */
  port(key: TargetKey, slots?: readonly EngineSlot[]): SimVenuePort {
    const { server, net, plan } = this.target(key);
    const { process, points } = this;
    const places = slots ?? engineSlots(plan);
    const indexOf = (symbol: string, slot: PositionSlot): number =>
      places.findIndex((one) => one.symbol === symbol && one.slot === slot);
    return new SimVenuePort(
      { net, server, process, points, indexOf },
      {
        timeoutMs: this.plan.timeoutMs,
        key: SECRET_KEY,
        hasBatches: plan.hasBatches,
        priceSilenceMs: Math.max(30_000, 3 * this.plan.barMs),
      },
    );
  }

  /** The way of the program's present life to the candles of a venue. */
  feed(key: TargetKey): SimMarketFeed {
    const { net, publisher, server } = this.target(key);
    const { process, points } = this;
    const { timeoutMs, candleMs } = this.plan;
    return new SimMarketFeed(
      { net, publisher, process, points, gate: server.gate },
      { timeoutMs, candleMs },
    );
  }

  truth(key: TargetKey): VenueTruth {
    return truthOf(this.target(key).server);
  }

  /** From now on nothing goes wrong any more, but for the faults that stay. */
  heal(stay: ReadonlySet<FaultCode> = new Set()): void {
    this.faults.heal(stay);
    this.disk.relieve();
    for (const { server, net } of this.targets) {
      server.heal();
      net.heal();
    }
    this.wall.jump(-this.wall.offset);
  }

  #makeTarget(target: TargetPlan): WorldTarget {
    const { plan, time, faults } = this;
    const stream = this.streams.of(`clock ${target.key}`);
    const off = (most: number): number => stream.integer(-most, most);
    const clock = new VenueClock(time, off(plan.clockSkewMs), off(plan.clockDriftMsPerDay));
    if (faults.isOn("X23")) faults.note("X23");
    const markets = this.#marketsOf(target);
    const [exchange] = target.key.split(":") as [string];
    const server = new VenueServer(
      { time, clock, faults },
      {
        markets,
        settings: {
          ...venueProfile(exchange),
          ...this.#material.settings,
          participationPct: plan.participationPct === 0 ? null : plan.participationPct,
          positionMode: target.positionMode,
          marginMode: target.marginMode,
        },
        balance: target.balance,
        leverage: target.leverage,
        key: SECRET_KEY,
        pageSize: target.pageSize,
        lagMsMax: plan.lagMsMax,
        cancelledHistoryMs:
          plan.cancelledHistoryMs < 0 ? Number.POSITIVE_INFINITY : plan.cancelledHistoryMs,
        limits: VENUE_LIMITS[parseTarget(target.key).exchange],
        recvWindowMs: plan.recvWindowMs,
      },
    );
    const net = new VirtualNet(
      { time, faults, stream: this.streams.of(`net ${target.key}`) },
      {
        latencyMsLow: plan.latencyMs[0],
        latencyMsHigh: plan.latencyMs[1],
        timeoutMs: plan.timeoutMs,
      },
    );
    const operator = new Operator(server, faults, (ms, run) => void time.after(ms, run));
    const publisher = new CandlePublisher(time, faults, {
      markets,
      candleMs: plan.candleMs,
      isDelisted: (symbol) => server.isDelisted(symbol),
    });
    return { plan: target, key: target.key, markets, server, net, operator, clock, publisher };
  }

  #marketsOf(target: TargetPlan): readonly WorldMarket[] {
    if (this.#material.markets !== undefined) return this.#material.markets;
    const { start, barMs, durationMs, reserveMs, participationPct } = this.plan;
    const [exchange] = target.key.split(":") as [string];
    const { foreignSymbol } = target;
    const symbols = [...target.symbols, ...(foreignSymbol === null ? [] : [foreignSymbol])];
    return symbols.map((symbol, at) =>
      drawMarket(this.streams.of(`market ${target.key} ${symbol}`), {
        exchange,
        symbol,
        start,
        barMs,
        bars: Math.ceil((durationMs + reserveMs) / barMs),
        price: PRICES[at % PRICES.length] as number,
        movePct: 0.1,
        jumps: 0.002,
        droughts: participationPct > 0 ? 0.2 : 0,
        volume: 50_000 / (PRICES[at % PRICES.length] as number),
        fundingMs: exchange === "bybit" ? 8 * HOUR : HOUR,
      }),
    );
  }

  #deeds(): ChaosDeeds {
    const { faults, targets } = this;
    const some = (code: FaultCode): WorldTarget => faults.of(code).pick(targets);
    return {
      ...this.#netDeeds(some),
      X4: () => {
        some("X4").server.gate.ban();
        return true;
      },
      X11: () => {
        const { server, net } = some("X11");
        server.lists.restart();
        for (const socket of net.sockets) socket.drop("the venue restarts");
        return true;
      },
      X18: () => some("X18").operator.deleverages(),
      X19: () => some("X19").operator.restricts(),
      X22: () => some("X22").operator.changesFilter(),
      D7: () => some("D7").operator.delists("D7"),
      O1: () => some("O1").operator.closes(),
      O2: () => some("O2").operator.opens(),
      O3: () => some("O3").operator.cancels(),
      O4: () => some("O4").operator.changesTerms(),
      O5: () => some("O5").operator.revokesKey(),
      O6: () => some("O6").operator.transfers(),
      P4: () => {
        this.#process.stall(faults.delay("P4", 500, 20_000));
        return true;
      },
      P10: () => {
        const stream = faults.of("P10");
        if (stream.chance(0.3)) this.#process.stall(stream.integer(30_000, 600_000));
        else this.wall.jump(stream.integer(-300_000, 300_000));
        return true;
      },
    };
  }

  #netDeeds(some: (code: FaultCode) => WorldTarget): ChaosDeeds {
    const { faults } = this;
    const socketOf = (code: FaultCode) => {
      const open = [...some(code).net.sockets].filter(({ isOpen }) => isOpen);
      return open.length === 0 ? null : faults.of(code).pick(open);
    };
    return {
      N6: () => {
        const socket = socketOf("N6");
        socket?.freeze();
        return socket !== null;
      },
      N7: () => {
        const socket = socketOf("N7");
        socket?.drop("closed by the peer");
        return socket !== null;
      },
      N9: () => {
        const socket = socketOf("N9");
        if (socket === null || socket.topics.size === 0) return false;
        socket.silence(faults.of("N9").pick([...socket.topics]));
        return true;
      },
      N10: () => {
        some("N10").net.storm(faults.delay("N10", 5_000, 120_000));
        return true;
      },
      N12: () => {
        const direction = faults.of("N12").pick(["up", "down"] as const);
        some("N12").net.block(direction, faults.delay("N12", 5_000, 300_000));
        return true;
      },
    };
  }
}
