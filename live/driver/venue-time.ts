import type { DriverClock } from "#live/ports/driver-clock.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";

/** Between two measurements; sooner after one that failed. */
const EVERY_MS = 300_000;
const AGAIN_MS = 2_000;

/** How far the clock of a venue is from the engine's, measured by asking it for the time. */
export class VenueTime {
  readonly #clock: DriverClock;
  readonly #port: Pick<VenuePort, "ask">;
  readonly #onMeasured: () => void;
  #offset = Number.NaN;

  constructor(clock: DriverClock, port: Pick<VenuePort, "ask">, onMeasured: () => void) {
    this.#clock = clock;
    this.#port = port;
    this.#onMeasured = onMeasured;
  }

  /** Venue's time less the engine's, ms; NaN before it was measured. */
  get offset(): number {
    return this.#offset;
  }

  /** The venue's time now; the engine's as long as nothing is known. */
  now(): number {
    return this.#clock.now() + (Number.isNaN(this.#offset) ? 0 : this.#offset);
  }

  /** Measures from now on, again and again. */
  start(): void {
    const sentAt = this.#clock.now();
    this.#port.ask({ kind: "time" }, (answer) => {
      const now = this.#clock.now();
      if (answer.kind !== "time") {
        this.#clock.at(now + AGAIN_MS, () => this.start());
        return;
      }
      // The venue read its clock somewhere on the way: in the middle it is off by half the way at most.
      this.#offset = Math.round(answer.asOf - (sentAt + now) / 2);
      this.#clock.at(now + EVERY_MS, () => this.start());
      this.#onMeasured();
    });
  }
}
