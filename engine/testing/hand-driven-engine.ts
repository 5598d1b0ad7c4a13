import type { AgedSettings } from "#engine/aged/engine-aged.ts";
import { Engine } from "#engine/engine.ts";
import { type BarColumns, makeBars } from "#engine/market/bars.ts";
import { COMMAND, type Command, type CommandKind } from "#engine/model/command.ts";
import { EngineEvent, EVENT, type EventKind } from "#engine/model/event.ts";
import { makeGrid } from "#engine/model/grid.ts";
import type { Instrument } from "#engine/model/instrument.ts";
import type { ExitRules } from "#engine/rules/exit-rules.ts";
import { defineStrategy } from "#engine/strategy/define-strategy.ts";
import { EngineSeries } from "#engine/strategy/series-view.ts";
import type { SymbolContext } from "#engine/strategy/symbol-context.ts";
import { RecordRows } from "#engine/testing/record-rows.ts";

export const MINUTE = 60_000;

/** What every hand-driven engine trades. */
export const instrument: Instrument = {
  exchange: "bybit",
  symbol: "BTCUSDT",
  tick: makeGrid(0.01),
  lot: makeGrid(0.001),
  minQty: 0,
  maxQty: Number.POSITIVE_INFINITY,
  minNotional: 0,
  maxLeverage: 100,
  tiers: [],
  isPerpetual: true,
};

/** Bars of one minute that stand still at 100. */
function stillBars(length: number): BarColumns {
  const bars = makeBars(MINUTE, length);
  for (let row = 0; row < length; row++) bars.time[row] = row * MINUTE;
  for (const column of [bars.open, bars.high, bars.low, bars.close]) column.fill(100);
  return bars;
}

/** What one command said, kept beyond the life of the pooled object. */
export type SentCommand = Readonly<Pick<Command, Exclude<keyof Command, "copy" | "kind">>> & {
  readonly kind: keyof typeof COMMAND;
};

const COMMAND_NAMES = Object.keys(COMMAND) as readonly (keyof typeof COMMAND)[];

/**
 * One engine on one symbol whose venue is the test itself: it closes bars, reads the commands that come out, and
 * answers with events in whatever order, twice or never, as a real venue may.
 */
export class HandDrivenEngine {
  readonly engine: Engine;
  readonly records = new RecordRows();
  #bar = -1;
  #act: (ctx: SymbolContext) => void = () => {};

  constructor(rules: ExitRules = {}, aged: AgedSettings | null = null) {
    const series = new EngineSeries(0, stillBars(1_000));
    this.engine = new Engine({
      instruments: [instrument],
      clocks: [series],
      series: [series],
      ruleSeries: [series],
      startBalance: 10_000,
      leverage: 1,
      decideFrom: 0,
      rules,
      aged,
      recordSink: this.records.sink,
    });
    const strategy = defineStrategy({
      name: "by hand",
      description: "Does what the test says",
      onBar: (ctx) => this.#act(ctx as SymbolContext),
    });
    const binding = { symbol: 0, name: "BTCUSDT", series, higher: new Map() };
    this.engine.addStrategy({ index: 1, strategy, params: {}, symbols: [binding] });
  }

  /** Lots held, signed. */
  get lots(): number {
    return this.engine.ledger.positions[0]?.qtyLots ?? Number.NaN;
  }

  /** Closes the next bar and lets the strategy act; returns the commands that came of it. */
  decide(act: (ctx: SymbolContext) => void = () => {}): readonly SentCommand[] {
    this.#act = act;
    this.#bar += 1;
    const time = (this.#bar + 1) * MINUTE;
    this.#process(EVENT.barClosed, { time, index: this.#bar });
    this.#process(EVENT.decide, { time });
    return this.#taken();
  }

  /** The venue says something of an order; returns the commands that came of it. */
  say(kind: EventKind, fields: Partial<EngineEvent>): readonly SentCommand[] {
    const time = (this.#bar + 1) * MINUTE + 1;
    this.#process(kind, { time, index: this.#bar + 1, ...fields });
    return this.#taken();
  }

  /** Status of an order, its filled and its whole size. */
  order(requestId: number): readonly [status: number, filledLots: number, qtyLots: number] {
    const order = this.engine.desk.store.find(requestId);
    if (order === undefined) throw new Error(`Request ${requestId} is known`);
    return [order.status, order.filledLots, order.qtyLots];
  }

  #process(kind: EventKind, fields: Partial<EngineEvent>): void {
    // The event belongs to its sender: an engine that writes to it fails here.
    this.engine.process(Object.freeze(Object.assign(new EngineEvent(), fields, { kind })));
  }

  #taken(): readonly SentCommand[] {
    const { outbox } = this.engine;
    const taken = Array.from({ length: outbox.length }, (_, at) => {
      const { kind, ...rest } = outbox.at(at);
      return { ...rest, kind: nameOf(kind) } as SentCommand;
    });
    outbox.clear();
    return taken;
  }
}

function nameOf(kind: CommandKind): keyof typeof COMMAND {
  return COMMAND_NAMES[kind] as keyof typeof COMMAND;
}
