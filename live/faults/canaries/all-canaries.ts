import type { Canary } from "./canary.ts";
import { JOURNAL_CANARIES } from "./journal-canaries.ts";
import { ORDER_CANARIES } from "./order-canaries.ts";
import { RECONCILE_CANARIES } from "./reconcile-canaries.ts";

/** A planted bug for every invariant that a simulated run judges. */
export const ALL_CANARIES: readonly Canary[] = [
  ...ORDER_CANARIES,
  ...RECONCILE_CANARIES,
  ...JOURNAL_CANARIES,
];
