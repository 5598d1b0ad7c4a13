import type { AgedParams } from "#engine/aged/aged-config.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { OrderTypeName } from "#engine/model/order-terms.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { OrderTerms } from "#engine/strategy/order-desk.ts";
import type { VenueSettings } from "#sim/venue-settings.ts";

/**
 * One scenario after its file was checked: every default filled in, times in epoch ms, quantities in base units,
 * percentages in percent. `bar` and `at` count candles of the scenario's interval from `start`, gaps included.
 */
export interface Scenario {
  readonly name: string;
  /** Where the expectation comes from; null when the file does not say. */
  readonly source: string | null;
  readonly intervalMs: number;
  /** Open time of bar 0. */
  readonly start: number;
  readonly balance: number;
  readonly leverage: number;
  readonly marginMode: "isolated" | "cross";
  readonly positionMode: "oneWay" | "hedge";
  readonly venue: VenueSettings;
  /** The first one is the scenario's own instrument. */
  readonly symbols: readonly ScenarioSymbol[];
  /** Whether the file names further symbols: rows then bear their symbol. */
  readonly isMulti: boolean;
  /** In the order in which they happen. */
  readonly steps: readonly ScenarioStep[];
  readonly rules: ExitRules;
  /** What the account may risk; empty: no limit. */
  readonly risk: RiskLimits;
  /** Null: off. */
  readonly aged: AgedParams | null;
  readonly expect: Expectation | null;
  /** Relative; absolute where the expected value is 0. */
  readonly tolerance: number;
}

export interface ScenarioSymbol {
  readonly instrument: Instrument;
  /** One per bar; null is a gap. */
  readonly candles: readonly (ScenarioCandle | null)[];
  readonly mark: readonly (ScenarioCandle | null)[] | null;
  readonly index: readonly (ScenarioCandle | null)[] | null;
  readonly detail: ScenarioDetail | null;
  readonly funding: readonly ScenarioFunding[];
}

export interface ScenarioCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** NaN where it is unknown. */
  readonly volume: number;
}

/** Finer candles from the start of bar 0 on. */
export interface ScenarioDetail {
  readonly intervalMs: number;
  readonly candles: readonly (ScenarioCandle | null)[];
}

/** A rate stamped at the open of a bar, as a fraction; without a price it is exchanged on the mark. */
export interface ScenarioFunding {
  readonly bar: number;
  readonly rate: number;
  readonly price: number | null;
}

export type ScenarioStep =
  | OrderStep
  | AmendStep
  | CancelStep
  | CloseStep
  | LeverageStep
  | AddMarginStep;

interface StepAt {
  /** The step happens at the close of this bar. */
  readonly at: number;
}

export interface OrderStep extends StepAt, Omit<OrderTerms, "type" | "qty" | "tag"> {
  readonly kind: "order";
  /** What fills, orders and later steps call it. */
  readonly name: string;
  readonly symbol: string;
  readonly type: OrderTypeName;
  readonly size: OrderSize;
}

/** Base units, percent of the equity at the decision, or position value in quote units. */
export interface OrderSize {
  readonly unit: "qty" | "qtyPctOfEquity" | "notional";
  readonly value: number;
}

export interface AmendStep extends StepAt {
  readonly kind: "amend";
  readonly name: string;
  readonly price?: number | undefined;
  readonly trigger?: number | undefined;
  /** New total. */
  readonly qty?: number | undefined;
}

export interface CancelStep extends StepAt {
  readonly kind: "cancel";
  readonly name: string;
}

export interface CloseStep extends StepAt {
  readonly kind: "close";
  readonly symbol: string;
  readonly which: "all" | "long" | "short";
}

export interface LeverageStep extends StepAt {
  readonly kind: "leverage";
  readonly symbol: string;
  readonly leverage: number;
}

export interface AddMarginStep extends StepAt {
  readonly kind: "addMargin";
  readonly symbol: string;
  readonly amount: number;
  readonly positionSide?: "long" | "short" | undefined;
}

export type ExpectedValue = string | number | null;

/** Keys that are not written are not checked. */
export type ExpectedRow = Readonly<Record<string, ExpectedValue>>;

/** Every part is optional; a list is compared whole and in order. */
export interface Expectation {
  readonly fills?: readonly ExpectedRow[] | undefined;
  readonly trades?: readonly ExpectedRow[] | undefined;
  readonly orders?: ExpectedRow | undefined;
  readonly position?: ExpectedRow | undefined;
  readonly positions?: Readonly<Record<string, ExpectedRow>> | undefined;
  readonly final?: ExpectedRow | undefined;
  /** Null is not checked. */
  readonly equity?: readonly (number | null)[] | undefined;
  readonly aged?: readonly ExpectedRow[] | undefined;
  readonly rejects?: readonly ExpectedRow[] | undefined;
}
