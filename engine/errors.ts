/**
 * Failures of the world around drydock: a missing file, a flag that makes no sense, a strategy that throws.
 * Faults of drydock itself are assertions (`assert.ts`); refusals by a venue are events, not errors.
 * Only `cli` prints errors and turns codes into exit codes.
 */

/** Stable for scripts. The exit code of each stands in `cli/exit-codes.ts`. */
export type ErrorCode =
  // usage: a flag, a name or a value
  | "E_USAGE"
  | "E_UNKNOWN_STRATEGY"
  | "E_UNKNOWN_PARAM"
  | "E_PARAM_RANGE"
  | "E_UNKNOWN_INDICATOR"
  | "E_UNKNOWN_RUN"
  // config, scenario and strategy files
  | "E_CONFIG"
  | "E_STRATEGY_FILE"
  | "E_SCENARIO"
  // data and stores
  | "E_FILE_MISSING"
  | "E_FILE_UNREADABLE"
  | "E_DATA_FORMAT"
  | "E_DATA_UNKNOWN_SERIES"
  | "E_DATA_UNTRUSTED"
  | "E_DATA_CONFLICT"
  | "E_DATA_MISSING"
  | "E_DATA_INTERVAL"
  | "E_DATA_PERIOD"
  | "E_DATA_GAP"
  | "E_FUNDING_MISSING"
  | "E_STORE_CORRUPT"
  | "E_STORE_LOCKED"
  | "E_STORE_VERSION"
  | "E_JOURNAL_DAMAGED"
  | "E_JOURNAL_NEWER"
  | "E_JOURNAL_FAILED"
  | "E_ENGINE_LOCKED"
  | "E_DISK_FULL"
  | "E_NOT_WRITABLE"
  // run time
  | "E_STRATEGY_THREW"
  | "E_EXPECTATION"
  | "E_REFUSED"
  | "E_INTERRUPTED";

export interface ErrorDetails {
  /** What drydock was doing: one line for the user. */
  readonly while?: string | undefined;
  /** The next step, as a command or a sentence. */
  readonly hint?: string | undefined;
  /** Another way out. */
  readonly or?: string | undefined;
  readonly cause?: unknown;
}

/** An error that a person can act upon. Message: sentence case, no final period, values in double quotes. */
export class DrydockError extends Error {
  override readonly name = "DrydockError";
  readonly code: ErrorCode;
  readonly while: string | undefined;
  readonly hint: string | undefined;
  readonly or: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.while = details.while;
    this.hint = details.hint;
    this.or = details.or;
  }
}
