/** Who judges an invariant. */
export type Judged =
  | { readonly by: "checker"; readonly file: string }
  | { readonly by: "function"; readonly file: string; readonly name: string }
  /** A test of the part that must make it hold. */
  | { readonly by: "test"; readonly file: string; readonly name: string }
  /** What it is about is not built yet. */
  | { readonly by: "later"; readonly work: string };

export interface InvariantRow {
  readonly invariant: string;
  readonly title: string;
  /** A always, Q at quiet, E at the end, D between runs. */
  readonly moment: string;
  readonly judged: Judged;
}

const checked = (invariant: string, title: string, moment: string, file: string): InvariantRow => ({
  invariant,
  title,
  moment,
  judged: { by: "checker", file },
});

/** Every invariant and who judges it, in their order; docs/invariants.md is written from it. */
export const INVARIANTS: readonly InvariantRow[] = [
  checked("I1", "At most one order per intent", "A", "i01-one-order-per-intent.ts"),
  checked("I2", "Written ahead", "A", "i02-written-ahead.ts"),
  checked("I3", "Request ids", "A", "i03-request-ids.ts"),
  checked("I4", "Unknown stays unknown", "A", "i04-unknown-stays-unknown.ts"),
  checked("I5", "No new attempt while one is unknown", "A", "i05-proven-before-retry.ts"),
  checked("I6", "An acknowledgement is not a fill", "A", "i06-ack-is-no-fill.ts"),
  {
    invariant: "I7",
    title: "Confluence",
    moment: "D",
    judged: {
      by: "test",
      file: "engine/reconcile/reconcile.model.test.ts",
      name: "I7: news in any order, repeated or lost, and cuts between them, end in the same state",
    },
  },
  {
    invariant: "I7",
    title: "Confluence of the ledger",
    moment: "D",
    judged: {
      by: "test",
      file: "engine/ledger/confluence.prop.test.ts",
      name: "I7: the same executions in any order leave the same size, fees and equity",
    },
  },
  checked("I8", "Monotone", "A", "i08-monotone.ts"),
  checked("I9", "Identity", "A", "i09-identity.ts"),
  {
    invariant: "I10",
    title: "Cancel race",
    moment: "D",
    judged: {
      by: "test",
      file: "engine/orders/unresolved-orders.test.ts",
      name: "I10: a cancel and fills end in the same state in any order, told once or more often",
    },
  },
  checked("I11", "Nothing forgotten", "A, Q", "i11-nothing-forgotten.ts"),
  checked("I12", "Batches", "A", "i12-results-of-their-own.ts"),
  checked("I13", "One request, one order", "A", "i13-one-request-one-order.ts"),
  checked("I14", "Only reconcile writes the mirror", "A", "i14-one-writer-of-rows.ts"),
  checked("I15", "Convergence", "Q", "i15-convergence.ts"),
  checked("I16", "All targets", "Q", "i16-all-targets.ts"),
  {
    invariant: "I16",
    title: "Targets that are disabled",
    moment: "A",
    judged: { by: "function", file: "left-out.ts", name: "judgeLeftOut" },
  },
  checked("I17", "Missing is not flat", "A", "i17-missing-is-not-flat.ts"),
  checked("I18", "No old snapshot wins", "A", "i18-no-old-cut-wins.ts"),
  checked("I19", "Orphans and ghosts are exact", "A, Q", "i19-exact-findings.ts"),
  checked("I20", "Real executions", "A", "i20-real-executions.ts"),
  {
    invariant: "I21",
    title: "Idempotent",
    moment: "D",
    judged: {
      by: "test",
      file: "engine/reconcile/reconcile.model.test.ts",
      name: "I21: the same cut again, and the same account again, write nothing",
    },
  },
  checked("I22", "Reconcile never adds risk", "A", "i22-never-adds-risk.ts"),
  checked("I23", "Attribution by id only", "A", "i23-attribution.ts"),
  checked("I24", "Gate", "A", "i24-gate.ts"),
  checked("I25", "No flip", "A", "i25-no-flip.ts"),
  checked("I26", "One close campaign per key", "A", "i26-one-campaign.ts"),
  checked("I27", "Edges of aged positions", "A", "i27-edges.ts"),
  checked("I28", "History of aged positions", "A", "i28-history.ts"),
  checked("I29", "Time is kept", "A", "i29-time-is-kept.ts"),
  checked("I30", "Retries of closes", "A", "i30-retries.ts"),
  checked("I31", "Closed is flat", "A", "i31-closed-is-flat.ts"),
  checked("I32", "Protection", "Q", "i32-protection.ts"),
  checked("I33", "Whole ticks and lots", "A", "i33-whole-numbers.ts"),
  checked("I34", "Conservation", "A", "i34-conservation.ts"),
  checked("I35", "Position algebra", "A", "i35-position-algebra.ts"),
  checked("I36", "Money moves no size", "A", "i36-money-moves-no-size.ts"),
  {
    invariant: "I37",
    title: "Every reported number of an account is a fold of the journal",
    moment: "E",
    judged: {
      by: "test",
      file: "data/projection/projection.slow.test.ts",
      name: "I37: the tables are what the records fold to",
    },
  },
  {
    invariant: "I37",
    title: "Every reported number of a run is a fold of its records",
    moment: "E",
    judged: {
      by: "test",
      file: "reports/metrics/reported-numbers.prop.test.ts",
      name: "I37: what a run reports is what its records fold to",
    },
  },
  {
    invariant: "I38",
    title: "The same run, the same journal",
    moment: "D",
    judged: { by: "function", file: "differential.ts", name: "judgeRepetition" },
  },
  {
    invariant: "I39",
    title: "No ambient inputs",
    moment: "D",
    judged: { by: "function", file: "differential.ts", name: "judgeAmbient" },
  },
  {
    invariant: "I40",
    title: "No look-ahead",
    moment: "D",
    judged: {
      by: "test",
      file: "sim/determinism.prop.test.ts",
      name: "a prefix of the data gives a prefix of the records and of the equity",
    },
  },
  {
    invariant: "I40",
    title: "No look-ahead of strategies",
    moment: "D",
    judged: {
      by: "test",
      file: "strategies/built-ins.invariants.slow.test.ts",
      name: "$name holds the invariants of a run on random markets",
    },
  },
  checked("I41", "Bars", "A", "i41-bars.ts"),
  {
    invariant: "I42",
    title: "Parity",
    moment: "D",
    judged: { by: "later", work: "the replay of a live session (`parity`)" },
  },
  checked("I43", "Clock", "A", "i43-clock.ts"),
  {
    invariant: "I44",
    title: "Interleavings",
    moment: "D",
    judged: { by: "function", file: "differential.ts", name: "judgeInterleaving" },
  },
  checked("I45", "Durable", "A", "i45-durable.ts"),
  checked("I46", "Chain", "E", "i46-chain.ts"),
  checked("I47", "Restart", "A, Q", "i47-restart.ts"),
  {
    invariant: "I48",
    title: "Projection",
    moment: "A, D",
    judged: {
      by: "test",
      file: "data/projection/projection.slow.test.ts",
      name: "I48: after a crash in any batch the tables are those of the records that they count; lost ones are made again",
    },
  },
  checked("I49", "Fail-stop", "A", "i49-fail-stop.ts"),
  checked("I50", "Disk full", "A", "i50-disk-full.ts"),
  {
    invariant: "I51",
    title: "One engine per data directory",
    moment: "A",
    judged: {
      by: "test",
      file: "data/journal/engine-lock.slow.test.ts",
      name: "I51: whatever becomes of a data directory, at most one engine runs on it",
    },
  },
  {
    invariant: "I52",
    title: "Migrations",
    moment: "A",
    judged: {
      by: "test",
      file: "data/store/market-schema.slow.test.ts",
      name: "I52: a migration that dies around any statement leaves the old version or a newer one, whole",
    },
  },
  checked("I53", "Fresh prices", "A", "i53-fresh-prices.ts"),
  checked("I54", "No old price", "A", "i54-no-old-price.ts"),
  {
    invariant: "I55",
    title: "Dead sockets",
    moment: "A",
    judged: { by: "later", work: "the sockets of the adapters" },
  },
  {
    invariant: "I56",
    title: "Gaps in delta streams",
    moment: "A",
    judged: { by: "later", work: "the sockets of the adapters" },
  },
  checked("I57", "Rate limits", "A", "i57-rate-limits.ts"),
  checked("I58", "Caps", "A", "i58-caps.ts"),
  checked("I59", "Isolation", "A", "i59-isolation.ts"),
  checked("I60", "Secrets", "A, E", "i60-secrets.ts"),
  checked("I61", "Halt", "A", "i61-halt.ts"),
  checked("I62", "Hands on the exchange", "A, Q", "i62-hands.ts"),
];
