import type { AgedSettings } from "#engine/aged/engine-aged.ts";
import { Engine } from "#engine/engine.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { Target } from "#engine/model/target.ts";
import type { PositionSlot } from "#engine/model/venue-snapshot.ts";
import type { ActivePositions } from "#engine/reconcile/active-positions.ts";
import { RECONCILER_DEFAULTS, type ReconcilerConfig } from "#engine/reconcile/reconciler-config.ts";
import type { RiskLimits } from "#engine/risk/risk-limits.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import type { Strategy } from "#engine/strategy/define-strategy.ts";
import { EngineSeries } from "#engine/strategy/series-view.ts";
import { LiveBars } from "#live/driver/live-bars.ts";
import type { EngineSlot } from "#live/driver/requests.ts";
import type { ContractRecord } from "#live/steps/fold-steps.ts";
import { StepRecorder } from "#live/steps/step-recorder.ts";

/** What runs on one account. */
export interface EngineTerms {
  readonly target: Target;
  readonly userId: string;
  /** Sorted by symbol in code-unit order. */
  readonly instruments: readonly Instrument[];
  readonly positionMode: "oneWay" | "hedge";
  readonly marginMode: "isolated" | "cross";
  readonly leverage: number;
  readonly balance: number;
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, unknown>>;
  /** Length of the strategy's candles, ms. */
  readonly candleMs: number;
  /** Candles for which there is room from the start. */
  readonly candles: number;
  readonly rules: ExitRules;
  readonly aged: AgedSettings | null;
  readonly risk: RiskLimits;
  readonly reconcile: Partial<Omit<ReconcilerConfig, "account">>;
  /** The engine's time before its first event, epoch ms. */
  readonly startedAt: number;
  /** Nothing is decided on candles that close before this time, epoch ms. */
  readonly decideFrom: number;
}

export interface MadeEngine {
  readonly engine: Engine;
  readonly recorder: StepRecorder;
  readonly slots: readonly EngineSlot[];
  /** The same with their grids. */
  readonly contracts: readonly ContractRecord[];
  /** Candles by symbol, which a feed fills. */
  readonly bars: ReadonlyMap<string, LiveBars>;
  /** Places of the engine's series by symbol: in hedge mode both sides close their candles. */
  readonly series: ReadonlyMap<string, readonly number[]>;
}

const STRATEGY = 1;

/** Puts an engine together for an account, flat and without candles. */
export function makeEngine(terms: EngineTerms, mirror: ActivePositions): MadeEngine {
  const { target, positionMode, marginMode, userId, leverage } = terms;
  const sides: readonly PositionSlot[] = positionMode === "hedge" ? ["long", "short"] : ["net"];
  const bars = new Map<string, LiveBars>();
  const placed = terms.instruments.flatMap((instrument) => {
    const candles = new LiveBars(terms.candleMs, terms.candles);
    bars.set(instrument.symbol, candles);
    return sides.map((slot) => ({ instrument, slot, candles }));
  });
  const series = placed.map(({ candles }, symbol) => new EngineSeries(symbol, candles));
  const recorder = new StepRecorder();
  const engine = new Engine({
    instruments: placed.map(({ instrument }) => instrument),
    clocks: series,
    series,
    ruleSeries: series,
    startBalance: terms.balance,
    leverage,
    decideFrom: terms.decideFrom,
    rules: terms.rules,
    risk: terms.risk,
    aged: terms.aged,
    reconcile: {
      config: { ...RECONCILER_DEFAULTS, ...terms.reconcile, account: { userId, ...target } },
      mirror,
      slots: placed.map(({ slot }) => slot),
      modes: { marginMode, positionMode },
      startedAt: terms.startedAt,
    },
    recordSink: recorder.sink,
  });
  engine.addStrategy({
    index: STRATEGY,
    strategy: terms.strategy,
    params: terms.params,
    symbols: terms.instruments.map(({ symbol }, at) => {
      const first = at * sides.length;
      return {
        symbol: first,
        shortSymbol: sides.length > 1 ? first + 1 : null,
        name: symbol,
        series: series[first] as EngineSeries,
        higher: new Map(),
      };
    }),
  });
  return {
    engine,
    recorder,
    slots: placed.map(({ instrument, slot }) => ({ symbol: instrument.symbol, slot })),
    contracts: placed.map(({ instrument: { symbol, tick, lot }, slot }) => ({
      symbol,
      slot,
      tick: tick.step,
      lot: lot.step,
    })),
    bars,
    series: new Map(
      terms.instruments.map(({ symbol }, at) => [
        symbol,
        sides.map((_, side) => at * sides.length + side),
      ]),
    ),
  };
}
