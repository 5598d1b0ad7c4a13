import type { WatchedPrice } from "#engine/aged/aged-monitor.ts";
import type { AgedRecord } from "#engine/aged/aged-record.ts";

/** One position that is held, aged or not. */
export interface HeldPosition {
  readonly symbol: number;
  readonly side: 1 | -1;
  readonly openedAt: number;
  entryPrice: number;
  /** Exits so far: lots, and lots × price. */
  exitLots: number;
  exitValue: number;
  /** Not before the detector has found it; never `closed`. */
  record: AgedRecord | null;
}

/** Everything that a restart needs, as plain JSON. Times are absolute. */
export interface AgedState {
  readonly version: 1;
  /** When the rules were asked last: what was due before then has been done. */
  readonly now: number;
  /** Null while nothing is held. */
  readonly nextDetectionAt: number | null;
  /** Records made so far. */
  readonly records: number;
  /** Ascending by symbol. */
  readonly held: readonly HeldState[];
}

export interface HeldState extends HeldPosition {
  readonly price: WatchedPrice | null;
}
