import { DrydockError } from "#engine/errors.ts";

/**
 * Exits that need no strategy code. Percentages of the average entry price, whatever the leverage; see
 * `protection.ts` for how they act.
 */
export interface ExitRules {
  readonly stopLossPct?: number | undefined;
  readonly takeProfitPct?: number | undefined;
  /** Minutes held at a bar's open → profit percent that suffices from then on. */
  readonly roi?: Readonly<Record<string, number>> | undefined;
  readonly trailing?:
    | {
        readonly pct: number;
        readonly offsetPct?: number | undefined;
        readonly onlyAfterOffset?: boolean | undefined;
      }
    | undefined;
  /** Out at the open of the bar this many bars after the one of the entry. */
  readonly maxBars?: number | undefined;
}

/** One step of the ROI table, sorted by minutes. */
export interface RoiStep {
  readonly minutes: number;
  readonly pct: number;
}

export function roiSteps(rules: ExitRules): readonly RoiStep[] {
  return Object.entries(rules.roi ?? {})
    .map(([minutes, pct]) => ({ minutes: Number(minutes), pct }))
    .sort((a, b) => a.minutes - b.minutes);
}

/** The profit percent that suffices after so many minutes; NaN while no step applies. */
export function roiAt(steps: readonly RoiStep[], minutes: number): number {
  let pct = Number.NaN;
  for (const step of steps) {
    if (step.minutes > minutes) break;
    pct = step.pct;
  }
  return pct;
}

/** @throws E_CONFIG when a rule makes no sense. */
export function checkExitRules(rules: ExitRules): void {
  const positive: readonly [string, number | undefined][] = [
    ["stopLossPct", rules.stopLossPct],
    ["takeProfitPct", rules.takeProfitPct],
    ["trailing.pct", rules.trailing?.pct],
    ["maxBars", rules.maxBars],
  ];
  for (const [name, value] of positive) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue;
    throw new DrydockError("E_CONFIG", `Exit rule "${name}" is ${value}: it must be above 0`);
  }
  for (const step of roiSteps(rules)) {
    if (Number.isFinite(step.minutes) && step.minutes >= 0 && Number.isFinite(step.pct)) continue;
    throw new DrydockError(
      "E_CONFIG",
      `Exit rule "roi" has the step "${step.minutes}: ${step.pct}"`,
      {
        hint: "A step is minutes held (0 or more) and the profit percent that suffices",
      },
    );
  }
}
