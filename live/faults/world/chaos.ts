import { FAULT_CODES, FAULTS, type FaultCode } from "./fault-codes.ts";
import type { Faults } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What happens when a timed fault strikes; returns whether there was anything to do. */
export type ChaosDeeds = Partial<Record<FaultCode, () => boolean>>;

const HOUR = 3_600_000;

/** Lets the timed faults strike, each at times of its own: so many per hour on average, independent of each other. */
export class Chaos {
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #deeds: ChaosDeeds;

  constructor(time: VirtualTime, faults: Faults, deeds: ChaosDeeds) {
    this.#time = time;
    this.#faults = faults;
    this.#deeds = deeds;
  }

  start(): void {
    for (const code of FAULT_CODES) {
      if (FAULTS[code].kind === "timed" && this.#deeds[code] !== undefined) this.#schedule(code);
    }
  }

  /** Lets a fault strike now; what found nothing to do does not count. */
  strike(code: FaultCode): boolean {
    const hasStruck = this.#deeds[code]?.() ?? false;
    if (hasStruck) this.#faults.note(code);
    return hasStruck;
  }

  #schedule(code: FaultCode): void {
    const rate = this.#faults.rate(code);
    if (rate <= 0) return;
    this.#time.after(this.#faults.of(code).exponential(HOUR / rate), () => {
      if (!this.#faults.isOn(code)) return;
      this.strike(code);
      this.#schedule(code);
    });
  }
}
