import type { AgedPosition, AgedResult, AgedTransition } from "#engine/result/aged-result.ts";
import { type AgedAttribution, agedAttribution } from "#reports/aged/aged-attribution.ts";

type Times = "openedAt" | "detectedAt" | "graceEndsAt" | "emergencyAt";
type MaybeTimes = "graceAt" | "progressiveAt" | "closedAt";

/** A position of the aged rules as a document has it: times ISO-8601 UTC. */
export type AgedPositionDocument = Omit<AgedPosition, Times | MaybeTimes> &
  Readonly<Record<Times, string>> &
  Readonly<Record<MaybeTimes, string | null>>;

export type AgedTransitionDocument = Omit<AgedTransition, "time"> & { readonly time: string };

/** `data.aged` of a run with the aged rules; field names are a public contract. */
export interface AgedDocument {
  readonly attribution: readonly AgedAttribution[];
  /** In order of detection. */
  readonly positions: readonly AgedPositionDocument[];
  /** In order of time. */
  readonly history: readonly AgedTransitionDocument[];
}

export function agedDocument({ positions, history }: AgedResult): AgedDocument {
  return {
    attribution: agedAttribution(positions),
    positions: positions.map(positionDocument),
    history: history.map((row) => ({ ...row, time: iso(row.time) })),
  };
}

/** The same from what was kept of it. */
export function storedAgedDocument(
  positions: readonly AgedPositionDocument[],
  history: readonly AgedTransitionDocument[],
): AgedDocument {
  const attributed = positions.map((one) => ({
    ...one,
    openedAt: Date.parse(one.openedAt),
    closedAt: one.closedAt === null ? null : Date.parse(one.closedAt),
  }));
  return { attribution: agedAttribution(attributed), positions, history };
}

function positionDocument(one: AgedPosition): AgedPositionDocument {
  return {
    ...one,
    openedAt: iso(one.openedAt),
    detectedAt: iso(one.detectedAt),
    graceAt: isoOrNull(one.graceAt),
    progressiveAt: isoOrNull(one.progressiveAt),
    closedAt: isoOrNull(one.closedAt),
    graceEndsAt: iso(one.graceEndsAt),
    emergencyAt: iso(one.emergencyAt),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}
