import { DrydockError } from "#engine/errors.ts";
import type { IndicatorSpec } from "#engine/indicators/kernel.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import {
  checkIndicators,
  checkIntervals,
  checkRulesObject,
  checkStrategyTerms,
  refuseThenable,
} from "#engine/strategy/check-strategy.ts";
import type { ParamSpecs, ParamValues } from "#engine/strategy/params.ts";
import type { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
import type { SeriesValue } from "#engine/strategy/series-view.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";

/** An indicator on another interval than the strategy's own: it changes only when a bar of that interval closes. */
export interface OnInterval<Spec extends IndicatorSpec = IndicatorSpec> {
  readonly interval: string;
  readonly spec: Spec;
}

/** Puts an indicator on a higher interval: `on("4h", ema(50))`. */
export function on<Spec extends IndicatorSpec>(interval: string, spec: Spec): OnInterval<Spec> {
  return { interval, spec };
}

export type IndicatorMap = Readonly<Record<string, IndicatorSpec | OnInterval>>;

type OutputsOf<Entry> =
  Entry extends OnInterval<infer Spec>
    ? Spec["outputs"][number]
    : Entry extends IndicatorSpec
      ? Entry["outputs"][number]
      : never;

/** An indicator as a strategy reads it: its first output directly, every output by name. */
export type IndicatorViews<I extends IndicatorMap> = {
  readonly [Name in keyof I]: SeriesValue & {
    readonly [Output in Exclude<OutputsOf<I[Name]>, "" | keyof SeriesValue>]: SeriesValue;
  };
};

interface Common<P extends ParamSpecs, I extends IndicatorMap> {
  readonly name: string;
  readonly description?: string;
  readonly params?: P;
  /** Indicators per symbol; the strategy is asked only once all of them have values. */
  readonly indicators?: (inputs: { readonly params: ParamValues<P> }) => I;
  /** Further intervals whose bars the strategy reads. */
  readonly intervals?: (inputs: { readonly params: ParamValues<P> }) => readonly string[];
  /** Bars to wait for besides the indicators' own warm-up. */
  readonly warmupBars?: number;
  /** Exits without code; the run's configuration can replace them. */
  readonly rules?: (inputs: { readonly params: ParamValues<P> }) => ExitRules;
}

/** A strategy that decides for each symbol apart. */
export interface SymbolStrategyTerms<P extends ParamSpecs, I extends IndicatorMap, S>
  extends Common<P, I> {
  readonly scope?: "symbol";
  /** Made once per symbol; kept in `ctx.state`. */
  readonly state?: () => S;
  /** Called at the close of each bar of the run's interval. */
  readonly onBar: (ctx: SymbolContext<ParamValues<P>, IndicatorViews<I>, S>) => void;
}

/** A strategy that decides for several symbols at once. */
export interface PortfolioStrategyTerms<P extends ParamSpecs, I extends IndicatorMap, S>
  extends Common<P, I> {
  readonly scope: "portfolio";
  /** How many symbols it needs; any number from one when it is left out. */
  readonly symbolCount?: number;
  readonly state?: () => S;
  /** Called once per time, after the bars of all symbols that close then. */
  readonly onBars: (ctx: PortfolioContext<ParamValues<P>, IndicatorViews<I>, S>) => void;
}

/** A strategy as drydock handles it; made by `defineStrategy` only. */
export interface Strategy {
  readonly kind: "strategy";
  readonly name: string;
  readonly description: string;
  readonly params: ParamSpecs;
  readonly scope: "symbol" | "portfolio";
  readonly symbolCount: number | null;
  readonly warmupBars: number;
  readonly indicators: (inputs: { readonly params: Record<string, unknown> }) => IndicatorMap;
  readonly intervals: (inputs: { readonly params: Record<string, unknown> }) => readonly string[];
  readonly rules: (inputs: { readonly params: Record<string, unknown> }) => ExitRules;
  readonly state: () => unknown;
  readonly onBar: (ctx: never) => void;
  readonly onBars: (ctx: never) => void;
}

const made = new WeakSet<object>();

/** Whether `defineStrategy` made the value. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === "object" && value !== null && made.has(value);
}

/**
 * Defines a strategy: one file, one named export, typed parameters, indicators by name, a decision per bar.
 * @throws E_STRATEGY_FILE for terms that make no strategy, naming the field
 */
export function defineStrategy<
  const P extends ParamSpecs = Record<never, never>,
  const I extends IndicatorMap = Record<never, never>,
  S = undefined,
>(terms: SymbolStrategyTerms<P, I, S> | PortfolioStrategyTerms<P, I, S>): Strategy {
  checkStrategyTerms(terms);
  const { name } = terms;
  const never = (): void => {};
  const strategy: Strategy = {
    kind: "strategy",
    name,
    description: terms.description ?? "",
    params: terms.params ?? {},
    scope: terms.scope ?? "symbol",
    symbolCount: terms.scope === "portfolio" ? (terms.symbolCount ?? null) : null,
    warmupBars: terms.warmupBars ?? 0,
    indicators: (inputs) => {
      const map = ask(name, "indicators", () => terms.indicators?.(inputs as never) ?? {});
      checkIndicators(name, map);
      return map;
    },
    intervals: (inputs) => {
      const words = ask(name, "intervals", () => terms.intervals?.(inputs as never) ?? []);
      checkIntervals(name, words);
      return words;
    },
    rules: (inputs) => {
      const rules = ask(name, "rules", () => terms.rules?.(inputs as never) ?? {});
      checkRulesObject(name, rules);
      return rules;
    },
    state: () => ask(name, "state", () => terms.state?.()),
    onBar: terms.scope === "portfolio" ? never : terms.onBar,
    onBars: terms.scope === "portfolio" ? terms.onBars : never,
  };
  made.add(strategy);
  return strategy;
}

/** Calls a function of the strategy before the first bar; what it throws is the strategy's fault, not drydock's. */
function ask<T>(strategy: string, field: string, call: () => T): T {
  let answer: T;
  try {
    answer = call();
  } catch (error) {
    if (error instanceof DrydockError) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new DrydockError(
      "E_STRATEGY_THREW",
      `Strategy "${strategy}" threw ${message} in ${field}`,
      {
        hint: "Mend the strategy; --verbose shows the whole stack",
        cause: error,
      },
    );
  }
  refuseThenable(strategy, field, answer);
  return answer;
}
