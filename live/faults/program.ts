import type { Disk } from "#data/journal/disk.ts";
import { AGED_DEFAULTS } from "#engine/aged/aged-config.ts";
import { LIVE_PRICES } from "#engine/aged/aged-monitor.ts";
import type { Engine } from "#engine/engine.ts";
import { parseTarget, type TargetKey } from "#engine/model/target.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { type BarAnomaly, BarIntake } from "#live/driver/bar-intake.ts";
import type { LiveBar } from "#live/driver/live-bars.ts";
import { type DriverStart, LiveDriver } from "#live/driver/live-driver.ts";
import { type EngineTerms, type MadeEngine } from "#live/driver/make-engine.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import type { CandleFeed } from "#live/faults/candle-feed.ts";
import type { VirtualProcess } from "#live/faults/world/virtual-process.ts";
import type { World, WorldTarget } from "#live/faults/world/world.ts";
import type { DriverClock } from "#live/ports/driver-clock.ts";

export interface ProgramParts {
  readonly world: World;
  readonly disk: Disk;
  readonly feeds: ReadonlyMap<TargetKey, readonly CandleFeed[]>;
  readonly strategyOf: (target: WorldTarget) => Strategy;
  readonly onFailed: (error: unknown) => void;
  /** Told of every candle that was refused or came after a gap. */
  readonly onAnomaly: (anomaly: BarAnomaly) => void;
}

/** Records after which a snapshot is taken: often, so that runs of hours have some. */
const SNAPSHOT_EVERY = 400;
/** Candles that a program loads when it starts. */
const HISTORY = 50;
/** How long the candles of one close are waited for, ms. */
const WAIT_MS = 1_500;
const SEGMENT_BYTES = 400_000;
const BALLAST_BYTES = 65_536;
/** Aged within minutes, so that runs of hours see every stage. */
const AGED_TERMS = {
  takerFeePct: 0.055,
  maxAgeHours: 0.25,
  graceHours: 0.5,
  emergencyAfterHours: 2,
  detectEveryMinutes: 5,
};
const FENCE_MS = 5_000;
const HOUR = 3_600_000;

/** One life of the live driver in a simulated world, wired as a composition root would wire it. */
export class Program {
  readonly driver: LiveDriver;
  readonly #parts: ProgramParts;
  readonly #process: VirtualProcess;
  /** Closes whose candles are being waited for, by target. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(parts: ProgramParts, process: VirtualProcess) {
    this.#parts = parts;
    this.#process = process;
    const { world, disk } = parts;
    this.driver = new LiveDriver({
      journalFolder: "/journal",
      disk,
      header: { id: "simulated", build: "simulated", configHash: "", seed: world.plan.seed },
      limits: { segmentBytes: SEGMENT_BYTES, ballastBytes: BALLAST_BYTES },
      runKey: `run ${world.plan.seed}`,
      clock: this.#clock(),
      targets: world.targets.map((target) => ({
        terms: this.#terms(target),
        port: (slots) => world.port(target.key, (symbol, slot) => placeOf(slots, symbol, slot)),
      })),
      fenceMs: FENCE_MS,
      snapshotEvery: SNAPSHOT_EVERY,
      onFailed: parts.onFailed,
    });
  }

  start(): DriverStart {
    const started = this.driver.start();
    if (started.kind === "quarantined") return started;
    for (const target of this.driver.targets) this.#listen(target);
    return started;
  }

  engine(key: TargetKey): Engine | undefined {
    return this.driver.targets.find((target) => target.key === key)?.engine;
  }

  #clock(): DriverClock {
    const { world } = this.#parts;
    // A monotonic clock, set by the wall once: jumps of the wall do not reach it.
    const shift = world.wall.offset;
    return {
      now: () => world.time.now + shift,
      at: (time, run) => world.time.at(time - shift, run, this.#process),
    };
  }

  #terms(target: WorldTarget): EngineTerms {
    const { world } = this.#parts;
    const { plan } = world;
    const traded = target.markets
      .filter(({ instrument }) => target.plan.symbols.includes(instrument.symbol))
      .map(({ instrument }) => instrument)
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const now = world.time.now + world.wall.offset;
    return {
      target: parseTarget(target.key),
      userId: "user",
      instruments: traded,
      positionMode: target.plan.positionMode,
      marginMode: target.plan.marginMode,
      leverage: target.plan.leverage,
      balance: target.plan.balance,
      strategy: this.#parts.strategyOf(target),
      params: {},
      candleMs: plan.candleMs,
      candles: 4_096,
      rules: {},
      aged: plan.features.hasAged
        ? {
            config: {
              ...AGED_DEFAULTS,
              maxAgeHours: 0.25,
              graceHours: 0.5,
              emergencyAfterHours: 2,
              detectEveryMinutes: 5,
            },
            prices: { maxPriceAgeMs: 60_000 },
          }
        : null,
      risk: {},
      reconcile: { intervalMs: plan.reconcileMs },
      startedAt: world.plan.start - HOUR,
      decideFrom: now,
    };
  }

  /** Loads what has closed, then hears what closes. */
  #listen(driver: TargetDriver): void {
    const { world, feeds } = this.#parts;
    const made = driver.made;
    for (const feed of feeds.get(driver.key) ?? []) {
      const { symbol } = feed;
      const bars = made.bars.get(symbol);
      if (bars === undefined) continue;
      for (const bar of feed.history(world.time.now, HISTORY)) {
        const row = bars.add(bar);
        for (const series of made.series.get(symbol) ?? []) driver.onHistory(series, series, row);
      }
      const intake = new BarIntake(bars);
      feed.listener = (_, bar) => {
        if (this.#process.isAlive) this.#onBar(driver, made, intake, symbol, bar);
      };
    }
  }

  #onBar(
    driver: TargetDriver,
    made: MadeEngine,
    intake: BarIntake,
    symbol: string,
    bar: LiveBar,
  ): void {
    const anomaly = intake.take(bar, driver.venueTime.now());
    if (anomaly !== null) {
      this.#parts.onAnomaly(anomaly);
      driver.onAnomaly(anomaly, symbol, bar.time);
      if (anomaly !== "gap") return;
    }
    const bars = made.bars.get(symbol);
    if (bars === undefined) return;
    for (const series of made.series.get(symbol) ?? []) {
      driver.onBar(series, series, bars.length - 1);
    }
    this.#expect(driver, made, symbol, bar.time + bars.intervalMs);
  }

  /** Decides once the candles of every symbol are there, or have been waited for. */
  #expect(driver: TargetDriver, made: MadeEngine, symbol: string, closeTime: number): void {
    const key = `${driver.key} ${closeTime}`;
    let missing = this.#waiting.get(key);
    if (missing === undefined) {
      missing = new Set(made.bars.keys());
      this.#waiting.set(key, missing);
      const { time } = this.#parts.world;
      time.after(WAIT_MS, () => this.#decide(driver, key, closeTime), this.#process);
    }
    missing.delete(symbol);
    if (missing.size === 0) this.#decide(driver, key, closeTime);
  }

  #decide(driver: TargetDriver, key: string, closeTime: number): void {
    if (this.#waiting.delete(key)) driver.decide(closeTime);
  }
}

function placeOf(slots: readonly EngineSlot[], symbol: string, slot: string): number {
  return slots.findIndex((one) => one.symbol === symbol && one.slot === slot);
}
