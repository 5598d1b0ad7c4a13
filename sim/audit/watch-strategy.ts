import type { IndicatorSpec, Kernel } from "#engine/indicators/kernel.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { IndicatorMap, OnInterval, Strategy } from "#engine/strategy/define-strategy.ts";
import type { PortfolioContext } from "#engine/strategy/portfolio-context.ts";
import { SeriesValue } from "#engine/strategy/series-view.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import type { Decision, SymbolLog } from "#sim/audit/run-log.ts";

/** Looks over the shoulder of a strategy: is told when its code begins and ends, and of every decision as it is made. */
export interface StrategyTracer {
  /** The same columns, with every read noticed. */
  readonly bars: (bars: BarColumns) => BarColumns;
  /** Code of the strategy runs that may know what has closed by `time`; `indicator` is null in `onBar`. */
  readonly enter: (indicator: string | null, time: number) => void;
  readonly leave: () => void;
  /** Called from inside the strategy's call. */
  readonly decided: (decision: Decision) => void;
}

export interface WatchedStrategy {
  readonly strategy: Strategy;
  readonly symbols: ReadonlyMap<string, SymbolLog>;
  readonly decisions: readonly Decision[];
}

const ACTIONS = [
  "enterLong",
  "enterShort",
  "exit",
  "order",
  "amend",
  "cancel",
  "cancelAll",
  "protect",
] as const;

type Call = (...args: readonly unknown[]) => unknown;

/**
 * The same strategy, which writes down every value it is shown and everything it asks for. For one run: the log goes
 * on where it is. What the strategy decides is not changed by it.
 */
export function watchStrategy(strategy: Strategy, tracer: StrategyTracer | null): WatchedStrategy {
  const watch = new Watch(tracer);
  return {
    strategy: {
      ...strategy,
      indicators: (inputs) => {
        const map = strategy.indicators(inputs);
        return tracer === null ? map : traceIndicators(map, tracer);
      },
      onBar: (ctx: SymbolContext) =>
        watch.ask(ctx.time, [ctx], () => (strategy.onBar as Call)(ctx) as void),
      onBars: (ctx: PortfolioContext) =>
        watch.ask(ctx.time, ctx.symbols as never, () => (strategy.onBars as Call)(ctx) as void),
    },
    symbols: watch.symbols,
    decisions: watch.decisions,
  };
}

/** The values of one context, in the order of the columns of its log. */
interface Seat {
  readonly log: SymbolLog;
  readonly views: readonly SeriesValue[];
}

class Watch {
  readonly symbols = new Map<string, SymbolLog>();
  readonly decisions: Decision[] = [];
  readonly #tracer: StrategyTracer | null;
  readonly #seats = new Map<SymbolContext, Seat>();

  constructor(tracer: StrategyTracer | null) {
    this.#tracer = tracer;
  }

  ask<T>(time: number, contexts: readonly SymbolContext[], call: () => T): T {
    for (const context of contexts) this.#note(context, time);
    const tracer = this.#tracer;
    if (tracer === null) return call();
    tracer.enter(null, time);
    try {
      return call();
    } finally {
      tracer.leave();
    }
  }

  #note(context: SymbolContext, time: number): void {
    const { log, views } = this.#seats.get(context) ?? this.#seat(context);
    log.times.push(time);
    log.bars.push(context.bar.time);
    for (let at = 0; at < views.length; at++) {
      log.columns[at]?.values.push((views[at] as SeriesValue).value);
    }
  }

  #seat(context: SymbolContext): Seat {
    const found = viewsOf(context.indicators);
    const columns = found.map(({ indicator, output }) => ({ indicator, output, values: [] }));
    const log: SymbolLog = { symbol: context.symbol, times: [], bars: [], columns };
    const seat = { log, views: found.map(({ view }) => view) };
    this.symbols.set(context.symbol, log);
    this.#seats.set(context, seat);
    for (const action of ACTIONS) this.#listen(context, action);
    return seat;
  }

  /** Shadows a method of the context by one that notes the call and then does the same. */
  #listen(context: SymbolContext, action: (typeof ACTIONS)[number]): void {
    const method = context[action] as Call;
    const listening: Call = (...args) => {
      const decision: Decision = {
        time: context.time,
        bar: context.bar.time,
        symbol: context.symbol,
        action,
        terms: args.flatMap(termsOf),
      };
      this.decisions.push(decision);
      this.#tracer?.decided(decision);
      return Reflect.apply(method, context, args);
    };
    Object.defineProperty(context, action, { value: listening });
  }
}

function termsOf(argument: unknown, at: number): readonly (readonly [string, unknown])[] {
  if (argument === undefined) return [];
  if (typeof argument !== "object" || argument === null) return [[String(at), argument]];
  return Object.entries(argument)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Every output of every indicator once; the first output of several stands under its own name. */
function viewsOf(
  indicators: unknown,
): readonly { indicator: string; output: string; view: SeriesValue }[] {
  return Object.entries((indicators ?? {}) as object).flatMap(([indicator, first]) => {
    if (!(first instanceof SeriesValue)) return [];
    const named = Object.entries(first)
      .filter((entry): entry is [string, SeriesValue] => entry[1] instanceof SeriesValue)
      .map(([output, view]) => ({ indicator, output, view }));
    const isNamed = named.some(({ view }) => view === first);
    return isNamed ? named : [{ indicator, output: "", view: first }, ...named];
  });
}

function traceIndicators(map: IndicatorMap, tracer: StrategyTracer): IndicatorMap {
  const traced: Record<string, IndicatorSpec | OnInterval> = {};
  for (const [name, entry] of Object.entries(map)) {
    traced[name] =
      "interval" in entry
        ? { interval: entry.interval, spec: traceSpec(name, entry.spec, tracer) }
        : traceSpec(name, entry, tracer);
  }
  return traced;
}

function traceSpec(indicator: string, spec: IndicatorSpec, tracer: StrategyTracer): IndicatorSpec {
  const create = (): Kernel => {
    const kernel = spec.create();
    return {
      out: kernel.out,
      next: (bars, index) => {
        tracer.enter(indicator, (bars.time[index] as number) + bars.intervalMs);
        try {
          kernel.next(bars, index);
        } finally {
          tracer.leave();
        }
      },
    };
  };
  const { key, name, outputs, warmup } = spec;
  return { key, name, outputs, warmup, create };
}
