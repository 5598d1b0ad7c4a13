import type { Scenario, ScenarioStep } from "#sim/scenario/scenario.ts";

/** A step and the moment at which the strategy takes it. */
export interface TimedStep {
  readonly step: ScenarioStep;
  /** Epoch ms: the close of a bar. */
  readonly time: number;
}

/**
 * When each step is taken: at the close of its bar. Nothing closes in a gap; what is decided there meets the next
 * tradable bar, so it is taken at the close before it, or, where orders fill at the close, at the next one. A step
 * after the last close is never taken.
 */
export function stepTimes(scenario: Scenario): readonly TimedStep[] {
  const { start, intervalMs, venue } = scenario;
  const closing = closingBars(scenario);
  return scenario.steps.flatMap((step) => {
    const bar =
      venue.fillAt === "close"
        ? closing.find((at) => at >= step.at)
        : closing.findLast((at) => at <= step.at);
    return bar === undefined ? [] : [{ step, time: start + (bar + 1) * intervalMs }];
  });
}

/** Bars in which any symbol has a candle, ascending. */
export function closingBars({ symbols }: Scenario): readonly number[] {
  const bars = Math.max(...symbols.map((symbol) => symbol.candles.length));
  const closing: number[] = [];
  for (let bar = 0; bar < bars; bar++) {
    if (symbols.some((symbol) => Boolean(symbol.candles[bar]))) closing.push(bar);
  }
  return closing;
}
