import { AGED_DEFAULTS, type AgedConfig } from "#engine/aged/aged-config.ts";
import { LIVE_PRICES } from "#engine/aged/aged-monitor.ts";
import type { Engine } from "#engine/engine.ts";
import { parseTarget, type TargetKey } from "#engine/model/target.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { type AppendedRecord, type DriverStart, LiveDriver } from "#live/driver/live-driver.ts";
import type { EngineTerms } from "#live/driver/make-engine.ts";
import { MarketIntake } from "#live/driver/market-intake.ts";
import type { World, WorldTarget } from "#live/faults/world/world.ts";
import { VENUE_LIMITS } from "#live/gateway/venue-limits.ts";
import type { DriverClock } from "#live/ports/driver-clock.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";

/** How a strategy is run on every account. */
export interface Subject {
  readonly params: Readonly<Record<string, unknown>>;
  readonly rules: ExitRules;
  /** Null: off. */
  readonly aged: AgedConfig | null;
  /** Candles that a program loads when it starts. */
  readonly history: number;
}

export interface ProgramParts {
  readonly world: World;
  readonly strategyOf: (target: WorldTarget) => Strategy;
  readonly onFailed: (error: unknown) => void;
  readonly onRecord?: ((record: AppendedRecord) => void) | undefined;
  /** The way to an account; by default that of the world. */
  readonly portOf?: ((key: TargetKey) => VenuePort) | undefined;
  /** Limits of every account; by default none. */
  readonly risk?: RiskLimits | undefined;
  /** What runs otherwise than by the plan. */
  readonly terms?: Partial<EngineTerms> | undefined;
  readonly subject?: Subject | undefined;
}

/** Records after which a snapshot is taken: often, so that runs of hours have some. */
const SNAPSHOT_EVERY = 400;
/** Candles that a program loads when it starts. */
const HISTORY = 50;
const SEGMENT_BYTES = 400_000;
const BALLAST_BYTES = 65_536;
const FENCE_MS = 5_000;
const HOUR = 3_600_000;
/** Aged within minutes, so that runs of less than an hour see every stage. */
const AGED_TERMS = {
  takerFeePct: 0.055,
  maxAgeHours: 0.1,
  graceHours: 0.15,
  emergencyAfterHours: 0.4,
  detectEveryMinutes: 2,
  closeAttempts: 2,
};
/** Where a program keeps its journal on the disk of its world. */
export const JOURNAL = "/journal";

/** One life of the live driver in a simulated world, put together as it would be on a real machine. */
export class Program {
  readonly driver: LiveDriver;
  readonly #parts: ProgramParts;
  readonly #clock: DriverClock;

  constructor(parts: ProgramParts) {
    this.#parts = parts;
    const { world } = parts;
    this.#clock = world.driverClock();
    this.driver = new LiveDriver({
      journalFolder: JOURNAL,
      disk: world.disk,
      header: { id: "simulated", build: "simulated", configHash: "", seed: world.plan.seed },
      limits: { segmentBytes: SEGMENT_BYTES, ballastBytes: BALLAST_BYTES },
      runKey: `run ${world.plan.seed}`,
      clock: this.#clock,
      targets: world.targets.map((target) => ({
        terms: this.#terms(target),
        port: () => parts.portOf?.(target.key) ?? world.port(target.key),
        limits: VENUE_LIMITS[parseTarget(target.key).exchange],
      })),
      fenceMs: FENCE_MS,
      snapshotEvery: SNAPSHOT_EVERY,
      onFailed: parts.onFailed,
      onRecord: parts.onRecord,
    });
  }

  start(): DriverStart {
    const started = this.driver.start();
    if (started.kind === "quarantined") return started;
    const { world, subject } = this.#parts;
    const history = subject?.history ?? HISTORY;
    for (const driver of this.driver.targets) {
      const feed = world.feed(driver.key);
      new MarketIntake({ driver, feed, clock: this.#clock, history }).start();
    }
    return started;
  }

  engine(key: TargetKey): Engine | undefined {
    return this.driver.targets.find((target) => target.key === key)?.engine;
  }

  #terms(target: WorldTarget): EngineTerms {
    const { world, subject } = this.#parts;
    const { plan } = world;
    const drawn = plan.features.hasAged ? { ...AGED_DEFAULTS, ...AGED_TERMS } : null;
    const aged = subject === undefined ? drawn : subject.aged;
    const instruments = target.markets
      .filter(({ instrument }) => target.plan.symbols.includes(instrument.symbol))
      .map(({ instrument }) => instrument)
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
    return {
      target: parseTarget(target.key),
      userId: "user",
      instruments,
      positionMode: target.plan.positionMode,
      marginMode: target.plan.marginMode,
      leverage: target.plan.leverage,
      balance: target.plan.balance,
      strategy: this.#parts.strategyOf(target),
      params: subject?.params ?? {},
      candleMs: plan.candleMs,
      candles: 4_096,
      rules: subject?.rules ?? {},
      aged: aged === null ? null : { config: aged, prices: LIVE_PRICES },
      risk: this.#parts.risk ?? {},
      reconcile: { intervalMs: plan.reconcileMs },
      startedAt: plan.start - HOUR,
      decideFrom: Math.floor(this.#clock.now()),
      ...this.#parts.terms,
    };
  }
}
