/**
 * Everything that can be true of a pair of local and venue state: the total taxonomy of reconcile. A pair falls in the
 * first class of its subject that holds; `match` always holds, so there is no pair without a class.
 */

/** What is compared: positions by (symbol, slot), orders by request id, the account part by part. */
export const SUBJECTS = ["position", "order", "account"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What may be done about a class. */
export const POLICIES = {
  adopt: "take the venue's truth over",
  restore: "place protection again, apply settings again",
  close:
    "close the position reduce-only, cancel the order; a position bars new risk until it is gone",
  quarantine: "no new risk on the symbol while it lasts",
  ignore: "nothing",
  halt: "no new risk until a person resumes: on the symbol, for the account everywhere; the truth is adopted where it can be",
} as const;
export type Policy = keyof typeof POLICIES;

export type ReconcileClass =
  | "inFlight"
  | "stuckUnknown"
  | "dust"
  | "orphanPosition"
  | "ghostPosition"
  | "sideFlip"
  | "sizeDrift"
  | "missingProtection"
  | "staleProtection"
  | "missingOrder"
  | "orphanOrder"
  | "foreignOrder"
  | "balanceDrift"
  | "settingsDrift"
  | "match";

/** The classes of each subject in the order in which they are asked. */
export const PRECEDENCE = {
  position: [
    "inFlight",
    "stuckUnknown",
    "dust",
    "orphanPosition",
    "ghostPosition",
    "sideFlip",
    "sizeDrift",
    "missingProtection",
    "staleProtection",
    "match",
  ],
  order: ["inFlight", "stuckUnknown", "missingOrder", "orphanOrder", "foreignOrder", "match"],
  account: ["inFlight", "balanceDrift", "settingsDrift", "match"],
} as const satisfies Record<Subject, readonly ReconcileClass[]>;

export interface ClassTerms {
  readonly says: string;
  readonly policy: Policy;
  readonly allowed: readonly Policy[];
}

/** One row for every class: a class without an answer does not compile. */
export const CLASSES: Readonly<Record<ReconcileClass, ClassTerms>> = {
  inFlight: {
    says: "the difference is what unresolved intents, or news that the cut does not have yet, would make",
    policy: "ignore",
    allowed: ["ignore"],
  },
  stuckUnknown: {
    says: "the same, and an order behind it is unknown past its fence and a grace time",
    policy: "quarantine",
    allowed: ["quarantine", "close", "halt"],
  },
  dust: {
    says: "only the venue has it, and it is below the minimum that can be closed",
    policy: "ignore",
    allowed: ["ignore", "adopt", "quarantine"],
  },
  orphanPosition: {
    says: "only the venue has it: it is shown as untracked",
    policy: "quarantine",
    allowed: ["quarantine", "adopt", "close", "ignore", "halt"],
  },
  ghostPosition: {
    says: "only we have it: it was closed externally",
    policy: "adopt",
    allowed: ["adopt", "quarantine", "halt"],
  },
  sideFlip: {
    says: "long on one side, short on the other",
    policy: "halt",
    allowed: ["halt", "adopt", "quarantine"],
  },
  sizeDrift: {
    says: "both have it on the same side, with another size or an entry price more than a tick apart",
    policy: "adopt",
    allowed: ["adopt", "quarantine", "halt"],
  },
  missingProtection: {
    says: "equal, but a configured stop or target does not rest",
    policy: "restore",
    allowed: ["restore", "close", "quarantine", "halt"],
  },
  staleProtection: {
    says: "equal, but a stop or target rests with another size or price",
    policy: "restore",
    allowed: ["restore", "ignore", "quarantine", "halt"],
  },
  missingOrder: {
    says: "open here, neither open there nor found by look-up",
    policy: "adopt",
    allowed: ["adopt", "quarantine", "halt"],
  },
  orphanOrder: {
    says: "ours by id, but closed here or reduce-only without a position",
    policy: "close",
    allowed: ["close", "ignore", "quarantine", "halt"],
  },
  foreignOrder: {
    says: "not ours by id or parent",
    policy: "ignore",
    allowed: ["ignore", "close", "quarantine"],
  },
  balanceDrift: {
    says: "the wallet differs by more than the tolerance",
    policy: "adopt",
    allowed: ["adopt", "ignore", "halt"],
  },
  settingsDrift: {
    says: "leverage, margin mode or position mode of a symbol differ from what is configured",
    policy: "restore",
    allowed: ["restore", "ignore", "quarantine", "halt"],
  },
  match: { says: "both sides say the same", policy: "ignore", allowed: ["ignore"] },
};

/** The classes of which `halt` takes the venue's truth over as well: what is held here is no longer true. */
export const ADOPTED_ON_HALT: ReadonlySet<ReconcileClass> = new Set<ReconcileClass>([
  "ghostPosition",
  "sideFlip",
  "sizeDrift",
  "missingOrder",
  "balanceDrift",
]);
