import type { AgedConfig } from "#engine/aged/aged-config.ts";
import type { RecordSink } from "#engine/records/record-log.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/** Everything that a backtest is made of. */
export interface BacktestConfig {
  /** In the order in which the strategy sees them; the engine sorts by id. */
  readonly symbols: readonly BacktestSymbol[];
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rules: ExitRules;
  /** The aged rules; null or absent: off. */
  readonly aged?: AgedConfig | null | undefined;
  readonly settings: VenueSettings;
  /** What the account may risk; without it there is no limit. */
  readonly risk?: RiskLimits | undefined;
  /** Time between two comparisons of the books with the exchange, ms; null or absent: none. */
  readonly reconcileMs?: number | null | undefined;
  readonly startBalance: number;
  readonly leverage: number;
  /** Decisions from here on, epoch ms; bars before it warm up. */
  readonly from: number;
  readonly recordSink: RecordSink;
}
