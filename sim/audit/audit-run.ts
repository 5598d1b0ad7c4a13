import { assert } from "#engine/assert.ts";
import type { BarColumns } from "#engine/market/bars.ts";
import type { Growth } from "#sim/audit/audit-terms.ts";
import { GrowingMarket, trustIndicators } from "#sim/audit/growing-market.ts";
import { withBars } from "#sim/audit/market-variants.ts";
import type { RunLog } from "#sim/audit/run-log.ts";
import {
  type StrategyTracer,
  type WatchedStrategy,
  watchStrategy,
} from "#sim/audit/watch-strategy.ts";
import { Backtest } from "#sim/backtest.ts";
import type { BacktestConfig } from "#sim/backtest-config.ts";
import type { BacktestSymbol } from "#sim/bind-market.ts";

export interface AuditRunOptions {
  /** Columns that grow bar by bar instead of those of the configuration. */
  readonly growing: Growth | null;
  readonly tracer: StrategyTracer | null;
}

/** One backtest of an audit, in steps: what the strategy saw and asked for is kept, what came of it is not. */
export class AuditRun {
  readonly #backtest: Backtest;
  readonly #watched: WatchedStrategy;
  readonly #growing: GrowingMarket | null;

  constructor(config: Omit<BacktestConfig, "recordSink">, options: AuditRunOptions) {
    const { growing, tracer } = options;
    const { strategy } = config;
    this.#watched = watchStrategy(
      growing === null ? strategy : trustIndicators(strategy, growing.trusted),
      tracer,
    );
    this.#growing =
      growing === null ? null : new GrowingMarket(config.symbols, growing.side, growing.seed);
    const symbols = this.#growing?.symbols ?? config.symbols;
    this.#backtest = new Backtest({
      ...config,
      symbols: tracer === null ? symbols : symbols.map((one) => tracedSymbol(one, tracer)),
      strategy: this.#watched.strategy,
      recordSink: () => {},
    });
    this.#growing?.begin();
  }

  get progress(): { readonly done: number; readonly total: number } {
    return this.#backtest.progress;
  }

  /** Runs about so many bars further; returns whether more is left. */
  advance(bars: number): boolean {
    if (this.#growing === null) return this.#backtest.advance(bars);
    for (let done = 0; done < bars; done++) {
      const time = this.#growing.reveal();
      if (!this.#backtest.advance(1)) return false;
      const { progress } = this.#backtest;
      assert(progress.time === time, () => `The bars of ${time} close, not of ${progress.time}`);
    }
    return true;
  }

  get log(): RunLog {
    const [failure] = this.#backtest.engine.failures;
    return {
      symbols: this.#watched.symbols,
      decisions: this.#watched.decisions,
      failure: failure === undefined ? null : { time: failure.time, error: failure.error },
    };
  }
}

/** The columns that the strategy can get hold of are watched; the exchange keeps the plain ones. */
function tracedSymbol(one: BacktestSymbol, tracer: StrategyTracer): BacktestSymbol {
  const { strategyBars, higher } = withBars(one, (bars: BarColumns) => tracer.bars(bars));
  return { ...one, strategyBars, higher };
}
