import { MemoryDisk } from "#data/journal/testing/memory-disk.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { LiveDriver } from "#live/driver/live-driver.ts";
import type { TargetDriver } from "#live/driver/target-driver.ts";
import type { ModelVenue } from "#live/driver/testing/model-venue.ts";
import { VENUE_LIMITS } from "#live/gateway/venue-limits.ts";
import type { DriverClock, Scheduled } from "#live/ports/driver-clock.ts";
import { instrumentOf } from "#sim/testing/fixture.ts";

const MINUTE = 60_000;
const START = 1_704_067_200_000;

/** Time that goes on when a test says so. */
export class HandClock implements DriverClock {
  #now = START;
  #waiting: { readonly time: number; readonly run: () => void; isOff: boolean }[] = [];

  now(): number {
    return this.#now;
  }

  at(time: number, run: () => void): Scheduled {
    const one = { time, run, isOff: false };
    this.#waiting.push(one);
    return {
      cancel: () => {
        one.isOff = true;
      },
    };
  }

  /** Goes on by so many ms and runs what is due on the way; `after` each of them. */
  pass(ms: number, after: () => void = () => {}): void {
    const until = this.#now + ms;
    for (let runs = 0; runs < 10_000; runs++) {
      const due = this.#waiting
        .filter(({ time, isOff }) => !isOff && time <= until)
        .sort((a, b) => a.time - b.time)[0];
      if (due === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== due && !one.isOff);
      this.#now = Math.max(this.#now, due.time);
      due.run();
      after();
    }
    this.#now = until;
  }

  /** A new life: what the last one waited for is gone. */
  forget(): void {
    this.#waiting = [];
  }
}

/** A live driver of one account at a model venue, with a strategy that does what the test says. */
export class ModelProgram {
  readonly clock = new HandClock();
  readonly disk = new MemoryDisk();
  readonly venue: ModelVenue;
  readonly failures: unknown[] = [];
  /** Lives so far. */
  starts = 0;
  #driver: LiveDriver | null = null;
  #act: (ctx: SymbolContext) => void = () => {};

  constructor(venue: ModelVenue) {
    this.venue = venue;
    venue.now = () => this.clock.now();
    this.disk.makeFolder("/data");
    this.start();
  }

  get target(): TargetDriver {
    const target = this.#driver?.targets[0];
    if (target === undefined) throw new Error("The program runs");
    return target;
  }

  /** Closes a candle and lets the strategy act. */
  decide(act: (ctx: SymbolContext) => void): void {
    this.#act = act;
    const { target } = this;
    const bars = target.made.bars.get("BTCUSDT");
    if (bars === undefined) throw new Error("The symbol has candles");
    const time = Math.floor(this.clock.now() / MINUTE) * MINUTE;
    const last = bars.length > 0 ? (bars.time[bars.length - 1] as number) : 0;
    const open = Math.max(time, last + MINUTE);
    const row = bars.add({ time: open, open: 100, high: 100, low: 100, close: 100, volume: 1 });
    target.onBar({ series: 0, symbol: 0, bars, row });
    target.decide(open + MINUTE);
    this.#act = () => {};
  }

  /** The process dies; what its disk had not synced stays or goes. */
  crash(): void {
    this.venue.hangUp();
    this.clock.forget();
    this.#driver = null;
  }

  /** `isLeftOut`: the configuration names no target. */
  start({ isLeftOut = false } = {}): void {
    this.starts += 1;
    const driver = new LiveDriver({
      journalFolder: "/data/journal",
      disk: this.disk,
      header: { id: "model", build: "model", configHash: "", seed: 1 },
      limits: { ballastBytes: 0 },
      runKey: "model",
      clock: this.clock,
      targets: (isLeftOut ? [] : [null]).map(() => ({
        terms: {
          target: { exchange: "bybit", env: "paper" },
          userId: "user",
          instruments: [instrumentOf()],
          positionMode: "oneWay",
          marginMode: "isolated",
          leverage: 1,
          balance: 1_000_000,
          strategy: defineStrategy({
            name: "by hand",
            description: "Does what the test says",
            onBar: (ctx) => this.#act(ctx as SymbolContext),
          }),
          params: {},
          candleMs: MINUTE,
          candles: 256,
          rules: {},
          aged: null,
          risk: {},
          reconcile: {},
          startedAt: START - MINUTE,
          decideFrom: START,
        },
        port: () => this.venue.port(),
        limits: VENUE_LIMITS.bybit,
      })),
      fenceMs: 5_000,
      snapshotEvery: 20,
      onFailed: (error) => this.failures.push(error),
    });
    driver.start();
    this.#driver = driver;
  }
}
