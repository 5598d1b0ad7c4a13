import type { Answer, Ask } from "#live/ports/venue-port.ts";
import type { RunView } from "./run-view.ts";
import type { SeenRecord } from "./seen-record.ts";
import type { TargetView } from "./target-view.ts";

/** When an invariant is judged: after every step and every event of the world, at quiet, at the end, between runs. */
export type Moment = "A" | "Q" | "E" | "D";

/** One that is broken, as data. */
export interface Violation {
  /** Its code, such as `I15`; `crash` where the program threw what is no fault of the world. */
  readonly invariant: string;
  readonly moment: Moment;
  /** Virtual time, epoch ms. */
  readonly time: number;
  /** The newest record by then; 0 before the first. */
  readonly seq: number;
  /** What was expected and what is, with the values of both sides. */
  readonly message: string;
}

/** An ask on its way to the port of an account. */
export interface SeenAsk {
  readonly target: TargetView;
  readonly ask: Ask;
  /** Virtual time. */
  readonly time: number;
}

/** An answer, and the records that its news made. */
export interface SeenAnswer extends SeenAsk {
  readonly answer: Answer;
}

/**
 * Judges one invariant while a run goes on. It is a fold of the journal: after a crash that took records with it, a
 * fresh one is fed those that are left, with `isReplay`, and what it says meanwhile is not heard.
 */
export interface Checker {
  /** A record was appended; the engine stands as it did when the record was made. */
  onRecord?(record: SeenRecord): void;
  /** Before the port gets it. */
  onAsk?(ask: SeenAsk): void;
  /** Before the driver gets it. */
  onAnswer?(answer: SeenAnswer): void;
  /** After the driver has had it: the records that it led to. */
  onHandled?(answer: SeenAnswer, records: readonly SeenRecord[]): void;
  /** A callback of the program or the world has run. */
  onCallback?(): void;
  /** A life has begun and recovered. */
  onStarted?(): void;
  onLifeEnd?(): void;
  atQuiet?(): void;
  atEnd?(): void;
}

/** Tells of a violation: the positive statement that does not hold, with both sides. */
export type Tell = (message: string) => void;

export interface CheckerTerms {
  /** `I1` … `I62`. */
  readonly invariant: string;
  readonly make: (run: RunView, tell: Tell) => Checker;
}
