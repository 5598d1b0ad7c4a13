import { DrydockError } from "#engine/errors.ts";

/**
 * Code of a user runs in this process, and two things of the process are drydock's own: stdout, which carries the
 * result and nothing else, and its end, which comes with an exit code that says what happened.
 */

/** Ends the process; for drydock itself, whatever the code of a user may not do. */
export const exitProcess: (code: number) => never = process.exit.bind(process);

/**
 * Tells the launcher (`bin/supervise.js`) what this process is about, so that it can end it when it hears no signal;
 * does nothing where there is none.
 */
export function tellLauncher(word: "strategy" | "drydock" | "heard" | "answered"): void {
  // With a callback a launcher that has gone is no error.
  process.send?.(word, undefined, undefined, () => {});
}

let isGuarded = false;

/**
 * From now on what is printed (`console.log` included) goes to stderr, and `process.exit` throws. A writer that took
 * `process.stdout.write` before keeps it.
 */
export function guardProcess(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  process.exit = (code?: number | string | null): never => {
    const shown = code === undefined || code === null ? "" : String(code);
    throw new DrydockError("E_STRATEGY_THREW", `process.exit(${shown}) was called`, {
      hint: "Throw an error to end a run; the exit code is drydock's",
    });
  };
}
