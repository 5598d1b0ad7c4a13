import { FAULT_CODES, FAULTS, type FaultCode } from "./fault-codes.ts";
import type { Faults } from "./faults.ts";
import type { ScriptedStrike } from "./scripted-strike.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What happens when a timed fault strikes; returns whether there was anything to do. */
export type ChaosDeeds = Partial<Record<FaultCode, () => boolean>>;

const HOUR = 3_600_000;
/** Later than any run. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Lets the timed faults strike, each at times of its own: so many per hour on average, independent of each other. */
export class Chaos {
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #deeds: ChaosDeeds;
  /** The times that are left of a script, by code; null: they are drawn. */
  readonly #times: ReadonlyMap<FaultCode, number[]> | null;

  constructor(
    time: VirtualTime,
    faults: Faults,
    deeds: ChaosDeeds,
    script?: readonly ScriptedStrike[],
  ) {
    this.#time = time;
    this.#faults = faults;
    this.#deeds = deeds;
    this.#times = script === undefined ? null : timesOf(script);
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
    const drawn = this.#time.now + this.#faults.of(code).exponential(HOUR / rate);
    const at = this.#times === null ? drawn : (this.#times.get(code)?.shift() ?? NEVER);
    this.#time.at(at, () => {
      if (!this.#faults.isOn(code)) return;
      this.#faults.begins(code, this.#time.now);
      this.strike(code);
      this.#schedule(code);
    });
  }
}

function timesOf(script: readonly ScriptedStrike[]): ReadonlyMap<FaultCode, number[]> {
  const times = new Map<FaultCode, number[]>();
  for (const { code, at } of script) {
    if (FAULTS[code].kind !== "timed") continue;
    times.set(
      code,
      [...(times.get(code) ?? []), at].sort((a, b) => a - b),
    );
  }
  return times;
}
