/** When an invariant is judged: after every step and every event of the world, at quiet, at the end, between runs. */
export type Moment = "A" | "Q" | "E" | "D";

/** A broken invariant of a finished run, as data. */
export interface Violation {
  /** Its code, such as `I15`; `throws` where the program threw what is no fault of the world. */
  readonly invariant: string;
  readonly moment: Moment;
  /** Virtual time, epoch ms. */
  readonly time: number;
  /** The newest record by then; 0 before the first. */
  readonly seq: number;
  /** What was expected and what is, with the values of both sides. */
  readonly message: string;
}
