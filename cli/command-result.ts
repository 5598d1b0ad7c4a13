import type { ExitCode } from "#cli/exit-codes.ts";
import type { Style } from "#cli/output/style.ts";
import type { Table } from "#cli/output/table.ts";

/** How the text on stdout may look. */
export interface TextView {
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  /** True when stdout is a terminal; a pipe gets every character of every cell. */
  readonly isTerminal: boolean;
  readonly style: Style;
}

/** What a command hands back; the frame prints it as text, TSV or JSON. */
export interface CommandResult {
  /** The `data` of the JSON document: no clock, host or duration in it. */
  readonly data: unknown;
  /** Replaces `data` where the document is too large for one string: pieces of its JSON text. */
  readonly dataText?: (() => Iterable<string>) | undefined;
  /** 0 unless told otherwise; the document's `ok` is true with 0 only. */
  readonly exit?: ExitCode | undefined;
  /** For people; also the only form of CSV output. Pieces are written as they come. */
  readonly text: (view: TextView) => string | Iterable<string>;
  /** For `--plain`; without one the text is printed. */
  readonly plain?: (() => Table) | undefined;
  /** Makes the frame print the JSON document although `--json` was not given. */
  readonly asJson?: boolean | undefined;
}
