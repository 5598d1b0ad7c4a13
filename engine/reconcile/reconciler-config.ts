import type { Account } from "./active-positions.ts";
import type { CadenceTerms } from "./cut-cadence.ts";
import { DIFF_TERMS, type DiffTerms } from "./diff-terms.ts";
import { DEFAULT_POLICIES, type ReconcilePolicies } from "./policies.ts";

/** How one account is reconciled. Times in ms. */
export interface ReconcilerConfig extends CadenceTerms, DiffTerms {
  readonly account: Account;
  readonly policies: ReconcilePolicies;
  /** Nothing is done about a key that moved less than this before the cut. */
  readonly graceMs: number;
  /** An order is stuck when it is unknown for this long past its fence. */
  readonly stuckGraceMs: number;
  /** To doing the same again when it has not helped; doubled each time. */
  readonly againMs: number;
  readonly againMsMax: number;
}

export const RECONCILER_DEFAULTS: Omit<ReconcilerConfig, "account"> = {
  ...DIFF_TERMS,
  policies: DEFAULT_POLICIES,
  intervalMs: 30_000,
  confirmMs: 2_000,
  retryMs: 1_000,
  graceMs: 5_000,
  // Look-ups settle an order within seconds of its fence; what lasts longer will not end by itself soon.
  stuckGraceMs: 30_000,
  againMs: 10_000,
  againMsMax: 300_000,
};
