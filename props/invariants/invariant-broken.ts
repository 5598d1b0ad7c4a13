/** What must hold of a run, by the name under which options and messages speak of it. */
export const INVARIANTS = {
  runsToItsEnd: "a strategy throws on no market",
  books:
    "the ledger is the exact fold of its fills, the venue's books and the sum of the trades; reduce-only never opens or turns a position",
  noLookahead: "nothing that comes after a moment changes what was done before it",
  deterministic:
    "the same data give the same orders, fills and equity, whatever the clock and chance say",
  reconciles:
    "compared with the exchange at every decision, a run does the same and nothing is found",
  isProtected:
    "a position has a stop that covers all of it, or is on its way out, after every decision",
  neverFlips: "a position is flat between long and short",
  flatBy: "no position is held from one period into the next",
  maxLeverage: "no order is sent with which the account could hold more than its leverage",
  maxNotional: "no order is sent with which the account could hold more than its limit",
  survivesFaults: "after a bad day at the exchange both sides agree",
} as const;
export type InvariantName = keyof typeof INVARIANTS;

/** One of the invariants does not hold; the message says where and how, both sides with their values. */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";
  readonly invariant: InvariantName;

  constructor(invariant: InvariantName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.invariant = invariant;
  }
}

/** @throws InvariantBroken unless the condition holds */
export function holds(
  invariant: InvariantName,
  condition: boolean,
  message: () => string,
): asserts condition {
  if (!condition) throw new InvariantBroken(invariant, message());
}
