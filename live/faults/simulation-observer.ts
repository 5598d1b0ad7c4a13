import type { TargetKey } from "#engine/model/target.ts";
import type { AppendedRecord, DriverStart } from "#live/driver/live-driver.ts";
import type { Program } from "#live/faults/program.ts";
import type { World } from "#live/faults/world/world.ts";
import type { VenuePort } from "#live/ports/venue-port.ts";

/** What became of a life of the program. */
export type LifeEnd =
  | { readonly kind: "crashed"; readonly why: string }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "quarantined"; readonly why: string }
  | { readonly kind: "stopped" };

/** Who follows a run: every record, every ask, every callback of the world. It changes nothing and draws nothing. */
export interface SimulationObserver {
  /** Nothing more is to be run. */
  readonly isDone: boolean;
  /** A life begins; nothing has been read or written yet. */
  onLife(program: Program): void;
  onStarted(started: DriverStart): void;
  onRecord(record: AppendedRecord): void;
  /** The same port, with somebody who listens. */
  portOf(key: TargetKey, port: VenuePort): VenuePort;
  /** A callback of the program or of the world has run. */
  afterCallback(): void;
  onLifeEnd(how: LifeEnd): void;
  /** Whether everything that must hold at quiet does now. */
  isQuiet(): boolean;
  onEnd(): void;
}

/** Who plants a bug: changes the parts of a program from outside, so that production code has no switches. */
export interface Tamper {
  onWorld?(world: World): void;
  /** Nearer to the driver than the observer: what is changed here is what leaves. */
  portOf?(key: TargetKey, port: VenuePort): VenuePort;
  /** A life has begun; no event has come yet. */
  onProgram?(program: Program, world: World): void;
}
