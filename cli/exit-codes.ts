import type { ErrorCode } from "#engine/errors.ts";

/**
 * What the process returns. Stable for scripts:
 * 0 ok, 1 a bug in drydock, 2 usage, 3 config, scenario or strategy file, 4 data or store, 5 network or venue,
 * 6 strategy threw, 7 gate or expectation, 8 drift, 9 refused, 130 SIGINT, 143 SIGTERM.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 130 | 143;

/** Total: a new error code does not compile until it has an answer here. */
export const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  E_USAGE: 2,
  E_UNKNOWN_STRATEGY: 2,
  E_UNKNOWN_PARAM: 2,
  E_PARAM_RANGE: 2,
  E_UNKNOWN_INDICATOR: 2,
  E_UNKNOWN_RUN: 2,

  E_CONFIG: 3,
  E_STRATEGY_FILE: 3,
  E_SCENARIO: 3,

  E_FILE_MISSING: 4,
  E_FILE_UNREADABLE: 4,
  E_DATA_FORMAT: 4,
  E_DATA_UNKNOWN_SERIES: 4,
  E_DATA_UNTRUSTED: 4,
  E_DATA_CONFLICT: 4,
  E_DATA_MISSING: 4,
  E_DATA_INTERVAL: 4,
  E_DATA_PERIOD: 4,
  E_DATA_GAP: 4,
  E_FUNDING_MISSING: 4,
  E_STORE_CORRUPT: 4,
  E_STORE_LOCKED: 4,
  E_STORE_VERSION: 4,
  E_JOURNAL_DAMAGED: 4,
  E_JOURNAL_NEWER: 4,
  E_JOURNAL_FAILED: 4,
  E_ENGINE_LOCKED: 4,
  E_DISK_FULL: 4,
  E_NOT_WRITABLE: 4,

  E_STRATEGY_THREW: 6,
  E_EXPECTATION: 7,
  E_REFUSED: 9,
  E_INTERRUPTED: 130,
};
