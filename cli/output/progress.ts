import type { Talk } from "#cli/output/talk.ts";

/** `lines` is what a log file can hold; `json` is for programs that show their own bar. */
export type ProgressMode = "bar" | "lines" | "json" | "none";

/**
 * Shows how far a long piece of work is. Phases follow one another; `update` may be called as often as the loop
 * likes and costs one clock reading.
 */
export interface Progress {
  /** Begins a phase; `total` null: the amount is unknown. */
  start(phase: string, total: number | null): void;
  /** `done` counts in the unit of `total`; `detail` is a few words, such as the simulated date. */
  update(done: number, detail?: string): void;
  /** Ends the phase. Without a phase it does nothing. */
  done(): void;
}

export interface ProgressOptions {
  readonly talk: Talk;
  readonly mode: ProgressMode;
  /** Columns of the terminal, asked anew because a window can be resized. */
  readonly width: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** At most ten repaints a second. */
const REPAINT_MS = 100;
const LINE_EVERY_PCT = 10;
const LINE_EVERY_MS = 30_000;
/** Work that is over at once needs no line about it. */
const LINE_AFTER_MS = 1_000;
const BAR_LENGTH = 20;

interface Phase {
  readonly name: string;
  readonly total: number | null;
  readonly startedAt: number;
  done: number;
  detail: string;
  shownAt: number;
  shownPct: number;
}

export function resolveProgressMode(
  wanted: "auto" | ProgressMode,
  surroundings: { readonly isTerminal: boolean; readonly isQuiet: boolean; readonly term: string },
): ProgressMode {
  if (wanted === "json") return "json";
  if (surroundings.isQuiet) return "none";
  const canRepaint = surroundings.isTerminal && surroundings.term !== "dumb";
  // A bar in a file would be thousands of carriage returns, so it becomes lines even when asked for.
  if (wanted === "auto" || wanted === "bar") return canRepaint ? "bar" : "lines";
  return wanted;
}

export function createProgress(options: ProgressOptions): Progress {
  const { talk, mode, now } = options;
  let phase: Phase | null = null;

  const show = (current: Phase, isLast: boolean): void => {
    const at = now();
    current.shownAt = at;
    if (mode === "bar") {
      talk.setLiveLine(isLast ? "" : fitLine(describe(current, at, true), options.width()));
    } else if (mode === "lines") {
      talk.say(describe(current, at, false));
    } else if (mode === "json") {
      talk.insist(JSON.stringify(progressEvent(current, at, isLast)));
    }
  };

  const isDue = (current: Phase): boolean => {
    const waitedMs = now() - current.shownAt;
    if (mode !== "lines") return waitedMs >= REPAINT_MS;
    if (now() - current.startedAt < LINE_AFTER_MS) return false;
    const pct = percentOf(current);
    if (pct !== null && pct >= current.shownPct + LINE_EVERY_PCT) {
      current.shownPct = pct - (pct % LINE_EVERY_PCT);
      return true;
    }
    return waitedMs >= LINE_EVERY_MS;
  };

  const done = (): void => {
    if (phase === null) return;
    // A phase that never lasted long enough to show a line does not need a last one either.
    if (mode !== "lines") show(phase, true);
    phase = null;
  };

  return {
    start: (name, total) => {
      done();
      const at = now();
      phase = { name, total, startedAt: at, done: 0, detail: "", shownAt: at, shownPct: 0 };
      if (mode === "bar" || mode === "json") show(phase, false);
    },
    update: (count, detail) => {
      if (phase === null || mode === "none") return;
      phase.done = count;
      if (detail !== undefined) phase.detail = detail;
      if (isDue(phase)) show(phase, false);
    },
    done,
  };
}

function percentOf(phase: Phase): number | null {
  if (phase.total === null || phase.total <= 0) return null;
  return Math.min(100, (100 * phase.done) / phase.total);
}

function describe(phase: Phase, at: number, withBar: boolean): string {
  const elapsedMs = at - phase.startedAt;
  const pct = percentOf(phase);
  const parts = [phase.name];
  if (pct !== null) {
    if (withBar) parts.push(bar(pct));
    parts.push(`${Math.floor(pct).toString().padStart(3)} %`);
  }
  if (phase.detail !== "") parts.push(phase.detail);
  if (phase.done > 0 && elapsedMs >= 1_000) {
    parts.push(`${formatCount((phase.done * 1_000) / elapsedMs)}/s`);
    if (pct !== null && pct > 0) {
      parts.push(`ETA ${formatDuration((elapsedMs * (100 - pct)) / pct)}`);
    }
  }
  return parts.join("  ");
}

function progressEvent(phase: Phase, at: number, isLast: boolean): object {
  return {
    schema: "drydock.progress/1",
    phase: phase.name,
    done: phase.done,
    total: phase.total,
    detail: phase.detail,
    elapsedMs: Math.round(at - phase.startedAt),
    finished: isLast,
  };
}

function bar(pct: number): string {
  const full = Math.round((pct / 100) * BAR_LENGTH);
  return `[${"#".repeat(full)}${"-".repeat(BAR_LENGTH - full)}]`;
}

/** A live line that wraps can not be rewritten, so it stays one short of the width. */
function fitLine(line: string, width: number): string {
  const characters = Array.from(line);
  return characters.length < width ? line : characters.slice(0, Math.max(0, width - 1)).join("");
}

/** 12,345,678 is `12.3M`. */
export function formatCount(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  if (count >= 1e3) return `${(count / 1e3).toFixed(1)}k`;
  return count >= 10 ? count.toFixed(0) : count.toFixed(1);
}

/** 3,725,000 ms is `1h 02m`, 65,000 ms `1m 05s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
