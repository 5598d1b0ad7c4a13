import type { AgedConfig } from "#engine/aged/aged-config.ts";

export const HOUR_MS = 3_600_000;

/** What the clock alone says of a position; the status of its record follows with the next price or timer. */
export type AgedStage = "young" | "grace" | "progressive" | "emergency";

/**
 * When a position's stages end, epoch ms, as absolute times that are kept: a restart neither restarts nor shortens a
 * stage. Each of them belongs to the stage that it ends.
 */
export interface AgedDeadlines {
  /** Aged after this. */
  readonly agedAt: number;
  readonly graceEndsAt: number;
  /** Emergency after this. */
  readonly emergencyAt: number;
}

/** Prices beyond a level by less than this share of it are on it: products of decimals are rounded. */
const ON_LEVEL = 1e-12;

/** One clock for everything: h = age − `maxAgeHours`, whenever the detector ran. */
export function deadlinesOf(openedAt: number, config: AgedConfig): AgedDeadlines {
  const agedAt = openedAt + msOf(config.maxAgeHours);
  return {
    agedAt,
    graceEndsAt: agedAt + msOf(config.graceHours),
    emergencyAt: agedAt + msOf(config.emergencyAfterHours),
  };
}

/** h of the design: hours since the position became aged, exact fractions, below zero before. */
export function agedHours(deadlines: Pick<AgedDeadlines, "agedAt">, now: number): number {
  return (now - deadlines.agedAt) / HOUR_MS;
}

export function stageAt(deadlines: AgedDeadlines, now: number): AgedStage {
  if (now <= deadlines.agedAt) return "young";
  if (now > deadlines.emergencyAt) return "emergency";
  return now > deadlines.graceEndsAt ? "progressive" : "grace";
}

/**
 * Loss that is tolerated after `progressiveHours` (g = h − `graceHours`), percent of the entry price:
 * min(`maxLossPct`, g × step × (factor if g > `accelerationAfterHours`, else 1)); 0 during the grace.
 */
export function toleratedLossPct(progressiveHours: number, config: AgedConfig): number {
  if (!(progressiveHours > 0)) return 0;
  const isAccelerated = progressiveHours > config.accelerationAfterHours;
  const factor = isAccelerated ? config.accelerationFactor : 1;
  return Math.min(config.maxLossPct, progressiveHours * config.lossStepPctPerHour * factor);
}

/** The tolerated loss at a time: 0 until the grace ends. */
export function toleratedLossAt(
  deadlines: Pick<AgedDeadlines, "graceEndsAt">,
  now: number,
  config: AgedConfig,
): number {
  return toleratedLossPct((now - deadlines.graceEndsAt) / HOUR_MS, config);
}

/** The price at which a close pays the taker fee of entry and exit. `side` 1 long, −1 short. */
export function breakEvenPrice(side: number, entryPrice: number, takerFeePct: number): number {
  return (entryPrice * (100 + side * 2 * takerFeePct)) / 100;
}

/** The price at which exactly the tolerated loss is made. */
export function lossPrice(side: number, entryPrice: number, lossPct: number): number {
  return (entryPrice * (100 - side * lossPct)) / 100;
}

/** A long closes when price ≥ target × (1 − buffer), a short when price ≤ target × (1 + buffer). */
export function isReached(
  side: number,
  price: number,
  target: number,
  priceBufferPct: number,
): boolean {
  const level = bufferedTarget(side, target, priceBufferPct);
  const slack = level * ON_LEVEL;
  return side > 0 ? price >= level - slack : price <= level + slack;
}

/** The price from which on a market close goes out. */
export function bufferedTarget(side: number, target: number, priceBufferPct: number): number {
  return (target * (100 - side * priceBufferPct)) / 100;
}

/** Beyond break-even, so net of both fees; on it is not beyond. */
export function isProfitable(side: number, price: number, breakEven: number): boolean {
  const slack = breakEven * ON_LEVEL;
  return side > 0 ? price > breakEven + slack : price < breakEven - slack;
}

/** Hours as whole ms, so that deadlines are whole numbers of the clock. */
export function msOf(hours: number): number {
  return Math.round(hours * HOUR_MS);
}
