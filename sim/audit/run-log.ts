/** One thing that a strategy asked for, as it asked: before sizes are rounded and whether or not it had an effect. */
export interface Decision {
  /** Epoch ms at which it was asked: the close of a bar. */
  readonly time: number;
  /** Open time of the symbol's own bar that had closed last. */
  readonly bar: number;
  readonly symbol: string;
  /** Name of the method: `enterLong`, `exit`, … */
  readonly action: string;
  /** Arguments as name and value, sorted by name; undefined members are left out. */
  readonly terms: readonly (readonly [name: string, value: unknown])[];
}

/** One output of one indicator of one symbol, at every bar on which the strategy was asked. */
export interface ValueColumn {
  readonly indicator: string;
  /** Empty for an indicator with a single output. */
  readonly output: string;
  readonly values: number[];
}

/** What a strategy saw of one symbol. Rows run in step over `times`, `bars` and every column. */
export interface SymbolLog {
  readonly symbol: string;
  /** Epoch ms of the decision. */
  readonly times: number[];
  /** Open time of the own bar that had closed last. */
  readonly bars: number[];
  readonly columns: ValueColumn[];
}

/** Everything by which two runs of a strategy are compared. */
export interface RunLog {
  readonly symbols: ReadonlyMap<string, SymbolLog>;
  readonly decisions: readonly Decision[];
  /** What the strategy threw and when; null when it came to the end. */
  readonly failure: RunFailure | null;
}

export interface RunFailure {
  readonly time: number;
  readonly error: unknown;
}

/** A decision as text: `enterLong qty=0.5 tag=up`. */
export function decisionText(decision: Decision): string {
  const terms = decision.terms.map(([name, value]) => `${name}=${String(value)}`);
  return [decision.action, ...terms].join(" ");
}
