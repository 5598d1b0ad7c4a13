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

/** Every invariant and who judges it, in their order; docs/invariants.md is written from it. */
export const INVARIANTS: readonly InvariantRow[] = [
  {
    invariant: "I1",
    title: "At most one order per intent",
    moment: "A",
    judged: { by: "checker", file: "i01-one-order-per-intent.ts" },
  },
  {
    invariant: "I2",
    title: "Written ahead",
    moment: "A",
    judged: { by: "checker", file: "i02-written-ahead.ts" },
  },
  {
    invariant: "I3",
    title: "Request ids",
    moment: "A",
    judged: { by: "checker", file: "i03-request-ids.ts" },
  },
  {
    invariant: "I4",
    title: "Unknown stays unknown",
    moment: "A",
    judged: { by: "checker", file: "i04-unknown-stays-unknown.ts" },
  },
  {
    invariant: "I5",
    title: "No new attempt while one is unknown",
    moment: "A",
    judged: { by: "checker", file: "i05-proven-before-retry.ts" },
  },
  {
    invariant: "I6",
    title: "An acknowledgement is not a fill",
    moment: "A",
    judged: { by: "checker", file: "i06-ack-is-no-fill.ts" },
  },
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
  {
    invariant: "I8",
    title: "Monotone",
    moment: "A",
    judged: { by: "checker", file: "i08-monotone.ts" },
  },
  {
    invariant: "I9",
    title: "Identity",
    moment: "A",
    judged: { by: "checker", file: "i09-identity.ts" },
  },
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
  {
    invariant: "I11",
    title: "Nothing forgotten",
    moment: "A, Q",
    judged: { by: "checker", file: "i11-nothing-forgotten.ts" },
  },
  {
    invariant: "I12",
    title: "Batches",
    moment: "A",
    judged: { by: "checker", file: "i12-results-of-their-own.ts" },
  },
  {
    invariant: "I13",
    title: "One request, one order",
    moment: "A",
    judged: { by: "checker", file: "i13-one-request-one-order.ts" },
  },
  {
    invariant: "I14",
    title: "Only reconcile writes the mirror",
    moment: "A",
    judged: { by: "checker", file: "i14-one-writer-of-rows.ts" },
  },
  {
    invariant: "I15",
    title: "Convergence",
    moment: "Q",
    judged: { by: "checker", file: "i15-convergence.ts" },
  },
  {
    invariant: "I16",
    title: "All targets",
    moment: "Q",
    judged: { by: "checker", file: "i16-all-targets.ts" },
  },
  {
    invariant: "I16",
    title: "Targets that are disabled",
    moment: "A",
    judged: { by: "function", file: "left-out.ts", name: "judgeLeftOut" },
  },
  {
    invariant: "I17",
    title: "Missing is not flat",
    moment: "A",
    judged: { by: "checker", file: "i17-missing-is-not-flat.ts" },
  },
  {
    invariant: "I18",
    title: "No old snapshot wins",
    moment: "A",
    judged: { by: "checker", file: "i18-no-old-cut-wins.ts" },
  },
  {
    invariant: "I19",
    title: "Orphans and ghosts are exact",
    moment: "A, Q",
    judged: { by: "checker", file: "i19-exact-findings.ts" },
  },
  {
    invariant: "I20",
    title: "Real executions",
    moment: "A",
    judged: { by: "checker", file: "i20-real-executions.ts" },
  },
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
  {
    invariant: "I22",
    title: "Reconcile never adds risk",
    moment: "A",
    judged: { by: "checker", file: "i22-never-adds-risk.ts" },
  },
  {
    invariant: "I23",
    title: "Attribution by id only",
    moment: "A",
    judged: { by: "checker", file: "i23-attribution.ts" },
  },
  { invariant: "I24", title: "Gate", moment: "A", judged: { by: "checker", file: "i24-gate.ts" } },
  {
    invariant: "I25",
    title: "No flip",
    moment: "A",
    judged: { by: "checker", file: "i25-no-flip.ts" },
  },
  {
    invariant: "I26",
    title: "One close campaign per key",
    moment: "A",
    judged: { by: "checker", file: "i26-one-campaign.ts" },
  },
  {
    invariant: "I27",
    title: "Edges of aged positions",
    moment: "A",
    judged: { by: "checker", file: "i27-edges.ts" },
  },
  {
    invariant: "I28",
    title: "History of aged positions",
    moment: "A",
    judged: { by: "checker", file: "i28-history.ts" },
  },
  {
    invariant: "I29",
    title: "Time is kept",
    moment: "A",
    judged: { by: "checker", file: "i29-time-is-kept.ts" },
  },
  {
    invariant: "I30",
    title: "Retries of closes",
    moment: "A",
    judged: { by: "checker", file: "i30-retries.ts" },
  },
  {
    invariant: "I31",
    title: "Closed is flat",
    moment: "A",
    judged: { by: "checker", file: "i31-closed-is-flat.ts" },
  },
  {
    invariant: "I32",
    title: "Protection",
    moment: "Q",
    judged: { by: "checker", file: "i32-protection.ts" },
  },
  {
    invariant: "I33",
    title: "Whole ticks and lots",
    moment: "A",
    judged: { by: "checker", file: "i33-whole-numbers.ts" },
  },
  {
    invariant: "I34",
    title: "Conservation",
    moment: "A",
    judged: { by: "checker", file: "i34-conservation.ts" },
  },
  {
    invariant: "I35",
    title: "Position algebra",
    moment: "A",
    judged: { by: "checker", file: "i35-position-algebra.ts" },
  },
  {
    invariant: "I36",
    title: "Money moves no size",
    moment: "A",
    judged: { by: "checker", file: "i36-money-moves-no-size.ts" },
  },
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
  { invariant: "I41", title: "Bars", moment: "A", judged: { by: "checker", file: "i41-bars.ts" } },
  {
    invariant: "I42",
    title: "Parity",
    moment: "D",
    judged: { by: "later", work: "the replay of a live session (`parity`)" },
  },
  {
    invariant: "I43",
    title: "Clock",
    moment: "A",
    judged: { by: "checker", file: "i43-clock.ts" },
  },
  {
    invariant: "I44",
    title: "Interleavings",
    moment: "D",
    judged: { by: "function", file: "differential.ts", name: "judgeInterleaving" },
  },
  {
    invariant: "I45",
    title: "Durable",
    moment: "A",
    judged: { by: "checker", file: "i45-durable.ts" },
  },
  {
    invariant: "I46",
    title: "Chain",
    moment: "E",
    judged: { by: "checker", file: "i46-chain.ts" },
  },
  {
    invariant: "I47",
    title: "Restart",
    moment: "A, Q",
    judged: { by: "checker", file: "i47-restart.ts" },
  },
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
  {
    invariant: "I49",
    title: "Fail-stop",
    moment: "A",
    judged: { by: "checker", file: "i49-fail-stop.ts" },
  },
  {
    invariant: "I50",
    title: "Disk full",
    moment: "A",
    judged: { by: "checker", file: "i50-disk-full.ts" },
  },
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
  {
    invariant: "I53",
    title: "Fresh prices",
    moment: "A",
    judged: { by: "checker", file: "i53-fresh-prices.ts" },
  },
  {
    invariant: "I54",
    title: "No old price",
    moment: "A",
    judged: { by: "checker", file: "i54-no-old-price.ts" },
  },
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
  {
    invariant: "I57",
    title: "Rate limits",
    moment: "A",
    judged: { by: "checker", file: "i57-rate-limits.ts" },
  },
  { invariant: "I58", title: "Caps", moment: "A", judged: { by: "checker", file: "i58-caps.ts" } },
  {
    invariant: "I59",
    title: "Isolation",
    moment: "A",
    judged: { by: "checker", file: "i59-isolation.ts" },
  },
  {
    invariant: "I60",
    title: "Secrets",
    moment: "A, E",
    judged: { by: "checker", file: "i60-secrets.ts" },
  },
  { invariant: "I61", title: "Halt", moment: "A", judged: { by: "checker", file: "i61-halt.ts" } },
  {
    invariant: "I62",
    title: "Hands on the exchange",
    moment: "A, Q",
    judged: { by: "checker", file: "i62-hands.ts" },
  },
];
