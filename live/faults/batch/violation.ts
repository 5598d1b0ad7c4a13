/** A broken invariant of a finished run. */
export interface Violation {
  /** Its code, such as `I15`; `crash` where the program threw what is no fault of the world. */
  readonly invariant: string;
  /** When it was checked: always, at quiet, at the end, or between runs. */
  readonly moment: "A" | "Q" | "E" | "D";
  /** Virtual time, epoch ms. */
  readonly time: number;
  /** The last record of the journal by then; 0 before the first. */
  readonly seq: number;
  readonly message: string;
}
