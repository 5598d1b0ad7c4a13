import type { Command } from "#engine/model/command.ts";
import type { EngineEvent } from "#engine/model/event.ts";

/**
 * Where orders go. The simulated exchange is one, each adapter of a real exchange is another; the engine knows
 * neither. A venue answers a command with events, in its own time and never inside `submit`: accepted or rejected,
 * triggered, amended, filled in parts or whole, cancelled, expired, a command refused, an outcome that is not known.
 */
export interface Venue {
  /** Takes a command over: the object is used again, so what is kept of it is copied. */
  submit(command: Command): void;
}

/** Who hears what a venue has to tell. The event is used again after the call. */
export type VenueListener = (event: EngineEvent) => void;
