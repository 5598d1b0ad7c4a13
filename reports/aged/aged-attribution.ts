import type { AgedStatus } from "#engine/aged/aged-record.ts";
import { AGED_REASONS } from "#engine/aged/aged-record.ts";
import { HOUR_MS } from "#engine/aged/aged-stages.ts";
import type { AgedPosition } from "#engine/result/aged-result.ts";

/** The stage in which a close found a position. */
export const AGED_STAGES = ["waiting", "grace", "progressive", "emergency"] as const;
export type AgedStageName = (typeof AGED_STAGES)[number];

/** What became of the aged positions of one stage and reason. Money in quote units, percent of the margin as a trade has it. */
export interface AgedAttribution {
  readonly stage: AgedStageName;
  /** `open` where the run ended first. */
  readonly reason: string;
  readonly count: number;
  /** Of all positions that became aged, percent. */
  readonly sharePct: number;
  /** From being too old to the close (or the end of the run), mean and median. */
  readonly hoursAged: number;
  readonly hoursAgedMedian: number;
  /** From the opening on, mean. */
  readonly hoursHeld: number;
  /** Net profit per close, mean and sum; null while open. */
  readonly netPnl: number | null;
  readonly netPnlSum: number | null;
  /** Close against entry, percent, before fees: mean and worst; null while open. */
  readonly pnlPct: number | null;
  readonly pnlPctWorst: number | null;
  /** Mean loss of those that lost, percent of entry, as a positive number; null where none did. */
  readonly lossPct: number | null;
  /** Mean return of the trades, percent; null while open. */
  readonly returnPct: number | null;
}

type Attributed = Pick<
  AgedPosition,
  | "status"
  | "reason"
  | "closedFrom"
  | "hoursAged"
  | "openedAt"
  | "closedAt"
  | "netPnl"
  | "pnlPct"
  | "returnPct"
>;

/** Groups aged positions by the stage of their close and its reason, in the order of the stages. */
export function agedAttribution(positions: readonly Attributed[]): readonly AgedAttribution[] {
  const groups = new Map<string, Attributed[]>();
  for (const one of positions) {
    const key = `${AGED_STAGES.indexOf(stageOf(one))} ${reasonPlace(one)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, group]) => attributionOf(group, positions.length));
}

function attributionOf(group: readonly Attributed[], total: number): AgedAttribution {
  const [first] = group as readonly [Attributed, ...Attributed[]];
  const hours = group.map(({ hoursAged }) => hoursAged);
  const held = group.map(
    ({ openedAt, closedAt }) => ((closedAt ?? Number.NaN) - openedAt) / HOUR_MS,
  );
  const pnls = present(group.map(({ pnlPct }) => pnlPct));
  const nets = present(group.map(({ netPnl }) => netPnl));
  const losses = pnls.filter((pct) => pct < 0).map((pct) => -pct);
  const isOpen = first.closedAt === null;
  return {
    stage: stageOf(first),
    reason: first.reason ?? "open",
    count: group.length,
    sharePct: (100 * group.length) / total,
    hoursAged: mean(hours) ?? 0,
    hoursAgedMedian: median(hours),
    hoursHeld: isOpen ? (mean(hours) ?? 0) : (mean(held) ?? 0),
    netPnl: mean(nets),
    netPnlSum: nets.length === 0 ? null : nets.reduce((sum, net) => sum + net, 0),
    pnlPct: mean(pnls),
    pnlPctWorst: pnls.length === 0 ? null : Math.min(...pnls),
    lossPct: mean(losses),
    returnPct: mean(present(group.map(({ returnPct }) => returnPct))),
  };
}

const STAGE_OF_STATUS: Readonly<Record<AgedStatus, AgedStageName>> = {
  detected: "waiting",
  grace_pending: "waiting",
  grace_active: "grace",
  progressive_active: "progressive",
  // What failed to be closed waits for the next detection.
  error: "waiting",
  closed: "waiting",
};

function stageOf({ status, reason, closedFrom }: Attributed): AgedStageName {
  if (reason === "emergency") return "emergency";
  return STAGE_OF_STATUS[closedFrom ?? status];
}

function reasonPlace({ reason }: Attributed): number {
  return reason === null ? AGED_REASONS.length : AGED_REASONS.indexOf(reason);
}

function compareKeys(a: string, b: string): number {
  const [stageA = 0, reasonA = 0] = a.split(" ").map(Number);
  const [stageB = 0, reasonB = 0] = b.split(" ").map(Number);
  return stageA - stageB || reasonA - reasonB;
}

function present(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >>> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
