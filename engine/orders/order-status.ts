/**
 * The life of an intent and of its order as one table, so that it can be read, printed and tested hole by hole.
 * `planned → persisted → sent → accepted → partiallyFilled → filled | cancelled | rejected | expired`.
 * A resting untriggered order is `accepted`. `unknown` is left only on evidence from the venue.
 */
export const STATUS = {
  planned: 0,
  persisted: 1,
  sent: 2,
  accepted: 3,
  partiallyFilled: 4,
  amending: 5,
  cancelling: 6,
  unknown: 7,
  filled: 8,
  cancelled: 9,
  rejected: 10,
  expired: 11,
} as const;
export type StatusName = keyof typeof STATUS;
export type Status = (typeof STATUS)[StatusName];

export const NEXT_STATUS: Readonly<Record<StatusName, readonly StatusName[]>> = {
  planned: ["persisted", "rejected"], // risk may refuse before anything is written
  persisted: ["sent"],
  // A fill can overtake its acknowledgement, so a sent order may be filled first.
  sent: ["accepted", "partiallyFilled", "filled", "cancelled", "rejected", "expired", "unknown"],
  // `rejected`: some venues acknowledge a request first and refuse it on the stream afterwards.
  accepted: [
    "partiallyFilled",
    "filled",
    "amending",
    "cancelling",
    "cancelled",
    "rejected",
    "expired",
  ],
  partiallyFilled: ["partiallyFilled", "filled", "amending", "cancelling", "cancelled", "expired"],
  amending: [
    "accepted",
    "partiallyFilled",
    "filled",
    "cancelling",
    "cancelled",
    "rejected",
    "expired",
    "unknown",
  ],
  cancelling: [
    "accepted",
    "partiallyFilled",
    "filled",
    "cancelled",
    "rejected",
    "expired",
    "unknown",
  ],
  // `persisted`: the next attempt, once the last is proven never accepted.
  unknown: [
    "persisted",
    "accepted",
    "partiallyFilled",
    "filled",
    "cancelled",
    "rejected",
    "expired",
  ],
  filled: [],
  cancelled: [],
  rejected: [],
  expired: [],
};

const STATUS_NAMES = Object.keys(STATUS) as readonly StatusName[];
const STATUS_COUNT = STATUS_NAMES.length;

/** The table as bits, because it is asked at every transition of a backtest. */
const allowed = new Uint8Array(STATUS_COUNT * STATUS_COUNT);
for (const from of STATUS_NAMES) {
  for (const to of NEXT_STATUS[from]) allowed[STATUS[from] * STATUS_COUNT + STATUS[to]] = 1;
}

export function statusName(status: number): StatusName {
  return STATUS_NAMES[status] ?? "unknown";
}

export function mayBecome(from: Status, to: Status): boolean {
  return allowed[from * STATUS_COUNT + to] === 1;
}

export function isTerminal(status: Status): boolean {
  return status >= STATUS.filled;
}

/** Whether the venue has the order and nothing about it is open. */
export function isResting(status: Status): boolean {
  return status === STATUS.accepted || status === STATUS.partiallyFilled;
}
