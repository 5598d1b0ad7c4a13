import type { AgedSettings } from "#engine/aged/engine-aged.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { ReconcileSettings } from "#engine/reconcile/engine-reconcile.ts";
import type { RecordSink } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { EngineSeries } from "#engine/strategy/series-view.ts";

export interface EngineConfig {
  /** Sorted by canonical id in code-unit order: the index is the symbol's place in every tie. */
  readonly instruments: readonly Instrument[];
  /** The finest candles of each symbol: prices, excursions and the count of bars. */
  readonly clocks: readonly EngineSeries[];
  /** Every series that arrives, clocks included; an event names it by its place here. */
  readonly series: readonly EngineSeries[];
  readonly startBalance: number;
  readonly leverage: number;
  /** The strategy's own candles of each symbol: exit rules follow and count them. */
  readonly ruleSeries: readonly EngineSeries[];
  /** No decision before this time, epoch ms. */
  readonly decideFrom: number;
  readonly rules: ExitRules;
  /** What the account may risk; without it there is no limit. */
  readonly risk?: RiskLimits | undefined;
  /** How the account is compared with its venue; without it what the venue tells is all there is. */
  readonly reconcile?: ReconcileSettings | null | undefined;
  /** What becomes of positions that grow too old; without them nothing. */
  readonly aged?: AgedSettings | null | undefined;
  readonly recordSink: RecordSink;
}
