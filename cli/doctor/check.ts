export type CheckStatus = "pass" | "warn" | "fail" | "skip";

/** The outcome of one check. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do about it; null where nothing is to be done. */
  readonly fix: string | null;
}

export function check(
  name: string,
  status: CheckStatus,
  message: string,
  fix: string | null = null,
): Check {
  return { name, status, message, fix };
}
