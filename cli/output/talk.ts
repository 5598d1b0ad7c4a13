import type { Style } from "#cli/output/style.ts";

/** What the talk needs of `process.stderr`. */
export interface TalkStream {
  write(text: string): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * Everything that is not the result: remarks, progress, questions. Goes to stderr; a reader that has gone is
 * ignored, because a lost remark must not end the work.
 */
export interface Talk {
  readonly style: Style;
  /** A line for people; silent with `--quiet`. */
  say(line: string): void;
  /** A line with `--verbose` only. */
  detail(line: string): void;
  /** A line that no flag silences: errors, and what a Ctrl-C will do. */
  insist(line: string): void;
  /** Sets the line that is rewritten in place (a progress bar); "" removes it. Terminals only. */
  setLiveLine(line: string): void;
}

export interface TalkOptions {
  readonly stream: TalkStream;
  readonly style: Style;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

/** Carriage return and "erase to the end of the line": the whole vocabulary of the live line. */
const CLEAR_LINE = "\r\u001b[K";

export function createTalk(options: TalkOptions): Talk {
  const { stream, style, isQuiet, isVerbose } = options;
  let liveLine = "";
  stream.on("error", () => {});

  const insist = (line: string): void => {
    if (liveLine === "") {
      stream.write(`${line}\n`);
    } else {
      stream.write(`${CLEAR_LINE}${line}\n${liveLine}`);
    }
  };

  return {
    style,
    insist,
    say: (line) => {
      if (!isQuiet) insist(line);
    },
    detail: (line) => {
      if (isVerbose && !isQuiet) insist(line);
    },
    setLiveLine: (line) => {
      if (line === liveLine) return;
      stream.write(line === "" ? CLEAR_LINE : `\r${line}\u001b[K`);
      liveLine = line;
    },
  };
}
