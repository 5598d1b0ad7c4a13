import type { Warning } from "#cli/command-context.ts";
import { EXIT_CODES, type ExitCode } from "#cli/exit-codes.ts";
import type { DrydockError } from "#engine/errors.ts";

/** What differs from run to run stands here and nowhere else in a document. */
export interface Meta {
  readonly command: string;
  readonly version: string;
  readonly node: string;
  readonly startedAt: string;
  readonly durationMs: number;
}

export interface Envelope {
  readonly schema: string;
  readonly exit: ExitCode;
  readonly warnings: readonly Warning[];
  readonly meta: Meta;
}

export interface ErrorDocument {
  readonly schema: "drydock.error/1";
  readonly ok: false;
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** The next step; null where there is none. */
    readonly hint: string | null;
    readonly exit: ExitCode;
  };
  readonly meta: Meta;
}

/**
 * The text of one result document in pieces, on one line that ends in a line feed. `dataText` yields the JSON of
 * `data` where that is too large for one string. Not-a-number has no JSON form and becomes null.
 */
export function* documentText(
  envelope: Envelope,
  data: unknown,
  dataText?: () => Iterable<string>,
): Generator<string> {
  yield `{"schema":${JSON.stringify(envelope.schema)},"ok":${envelope.exit === 0},"data":`;
  if (dataText === undefined) yield JSON.stringify(data) ?? "null";
  else yield* dataText();
  yield `,"warnings":${JSON.stringify(envelope.warnings)},"meta":${JSON.stringify(envelope.meta)}}\n`;
}

export function errorDocument(error: DrydockError, exit: ExitCode, meta: Meta): ErrorDocument {
  return {
    schema: "drydock.error/1",
    ok: false,
    error: { code: error.code, message: error.message, hint: error.hint ?? null, exit },
    meta,
  };
}

/** A bug has no code of the world; its document says so. */
export function bugDocument(message: string, meta: Meta): ErrorDocument {
  return {
    schema: "drydock.error/1",
    ok: false,
    error: { code: "E_BUG", message, hint: null, exit: 1 },
    meta,
  };
}

export function exitCodeOf(error: DrydockError): ExitCode {
  return EXIT_CODES[error.code];
}
