import type { ExitReason, Side } from "#engine/result/run-result.ts";

/** What happened in a scenario, in the words of its file. Rows bear a symbol only where the file names several. */
export interface ScenarioOutcome {
  readonly fills: readonly OutcomeFill[];
  /** Closed trades in the order of their opening. */
  readonly trades: readonly OutcomeTrade[];
  /** Last state of each order that a step placed. */
  readonly orders: Readonly<Record<string, string>>;
  /** After the last bar; of a scenario with one symbol. */
  readonly position?: OutcomePosition | undefined;
  /** The same by symbol; of a scenario with several. */
  readonly positions?: Readonly<Record<string, OutcomePosition>> | undefined;
  readonly final: OutcomeFinal;
  /** At the close of each bar; null at a gap. */
  readonly equity: readonly (number | null)[];
  readonly aged: readonly OutcomeAged[];
  readonly rejects: readonly OutcomeReject[];
}

export interface OutcomeFill {
  readonly bar: number;
  readonly symbol?: string | undefined;
  /** Name of the order; of an order of a rule its exit reason, of a close step `close`, else `liquidation`. */
  readonly order: string;
  readonly side: "buy" | "sell";
  readonly qty: number;
  readonly price: number;
  readonly fee: number;
  readonly liquidity: "maker" | "taker";
}

export interface OutcomeTrade {
  readonly symbol?: string | undefined;
  readonly side: Side;
  readonly openBar: number;
  readonly closeBar: number;
  readonly entryPrice: number;
  readonly exitPrice: number | null;
  readonly qty: number;
  readonly netPnl: number;
  readonly returnPct: number;
  readonly exitReason: ExitReason | null;
}

export interface OutcomePosition {
  /** Signed: below zero short. */
  readonly qty: number;
  readonly entryPrice: number | null;
  readonly liquidationPrice: number | null;
  readonly bankruptcyPrice: number | null;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
}

export interface OutcomeFinal {
  readonly balance: number;
  readonly equity: number;
  readonly feesPaid: number;
  /** Positive when the account paid. */
  readonly fundingPaid: number;
  readonly liquidations: number;
}

/** One transition of the aged rules. */
export interface OutcomeAged {
  readonly bar: number;
  readonly symbol?: string | undefined;
  readonly to: string;
  /** Checked where an expectation writes it; not part of the document. */
  readonly reason: string;
}

export interface OutcomeReject {
  readonly order: string;
  readonly code: string;
}
