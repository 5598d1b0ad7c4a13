import type { Talk } from "#cli/output/talk.ts";
import { DrydockError } from "#engine/errors.ts";

/** The part of `process` that signals arrive through. */
export interface SignalSource {
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
}

export interface Interrupt {
  /** Aborted by the first signal, with an E_INTERRUPTED as its reason. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, null before. */
  readonly exitCode: () => 130 | 143 | null;
  readonly stop: () => void;
}

export interface InterruptOptions {
  readonly source: SignalSource;
  readonly talk: Talk;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Called at each signal, before anything else is done about it. */
  readonly heard: () => void;
  /** Ends the process without waiting for anything. */
  readonly quit: (exitCode: 130 | 143) => void;
}

/**
 * A terminal sends Ctrl-C to every process of a group and the launcher passes it on as well, so one press can
 * arrive twice within a few milliseconds. Nobody presses twice that fast on purpose.
 */
const SAME_PRESS_MS = 150;

/**
 * The first Ctrl-C or SIGTERM asks the command to finish the unit at hand; the second quits at once. Work that
 * never returns to the event loop hears neither, so long loops have to pause now and then; for those of users that
 * do not, there is the launcher.
 */
export function listenForInterrupt(options: InterruptOptions): Interrupt {
  const { source, talk, now, heard, quit } = options;
  const controller = new AbortController();
  let exitCode: 130 | 143 | null = null;
  let firstAt = 0;

  const listenerFor = (code: 130 | 143) => (): void => {
    heard();
    if (exitCode === null) {
      exitCode = code;
      firstAt = now();
      talk.insist("Stopping after the step at hand; once more to quit at once");
      controller.abort(new DrydockError("E_INTERRUPTED", "Interrupted before the work was done"));
    } else if (now() - firstAt > SAME_PRESS_MS) {
      talk.setLiveLine("");
      quit(code);
    }
  };
  const onInterrupt = listenerFor(130);
  const onTerminate = listenerFor(143);
  source.on("SIGINT", onInterrupt);
  source.on("SIGTERM", onTerminate);

  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop: () => {
      source.off("SIGINT", onInterrupt);
      source.off("SIGTERM", onTerminate);
    },
  };
}
