import type { Engine } from "#engine/engine.ts";
import { type EngineEvent, EVENT } from "#engine/model/event.ts";
import { orderState } from "#engine/orders/order-state.ts";
import { RECORD_WIDTH, type RecordSink } from "#engine/records/record-log.ts";
import { eventJson } from "#live/steps/event-json.ts";
import type { RequestRecord, Step } from "#live/steps/step.ts";

/** Events after which every symbol may have changed, not only their own. */
const TOUCHES_ALL: ReadonlySet<number> = new Set([
  EVENT.decide,
  EVENT.timer,
  EVENT.snapshot,
  EVENT.restarted,
  EVENT.connectionLost,
  EVENT.connectionRestored,
]);

/** Tells what an event changed, by comparing each thing with how it was told last. */
export class StepRecorder {
  readonly #symbols: string[] = [];
  #account = "";
  #strategies = "";
  #control = "";
  #records: number[][] = [];
  #engine: Engine | null = null;

  /** Where the engine writes its records to. */
  readonly sink: RecordSink = (chunk) => {
    for (let at = 0; at < chunk.length; at += RECORD_WIDTH) {
      this.#records.push(Array.from(chunk.subarray(at, at + RECORD_WIDTH)));
    }
  };

  /** Begins to follow an engine, in the state in which it is. */
  follow(engine: Engine): void {
    this.#engine = engine;
    engine.orderManager.store.track();
    const { account, symbols, strategies, control } = engine.state();
    this.#control = JSON.stringify(control);
    this.#account = JSON.stringify(account);
    this.#strategies = JSON.stringify(strategies);
    symbols.forEach((symbol, at) => {
      this.#symbols[at] = JSON.stringify(symbol);
    });
  }

  /** The step that an event was, after the engine has handled it. */
  take(event: EngineEvent, requests: readonly RequestRecord[]): Step {
    const engine = this.#engine as Engine;
    engine.records.flush();
    const orders = engine.orderManager.store.takeTouched().map(orderState);
    const records = this.#records;
    this.#records = [];
    return {
      event: eventJson(event),
      ...(orders.length > 0 && { orders }),
      ...this.#changedSymbols(engine, event, orders.length > 0 || records.length > 0),
      ...this.#changedAccount(engine, records.length > 0),
      ...this.#changedStrategies(engine, event),
      ...this.#changedControl(engine),
      ...notesOf(engine),
      ...(records.length > 0 && { records }),
      ...(requests.length > 0 && { requests }),
    };
  }

  #changedSymbols(engine: Engine, event: EngineEvent, isBusy: boolean): Pick<Step, "symbols"> {
    const changed: Record<string, ReturnType<Engine["symbolState"]>> = {};
    const isQuiet = event.kind === EVENT.lastPrice && !isBusy;
    for (let at = 0; !isQuiet && at < this.#symbols.length; at++) {
      if (at !== event.symbol && !isBusy && !TOUCHES_ALL.has(event.kind)) continue;
      const state = engine.symbolState(at);
      const text = JSON.stringify(state);
      if (text === this.#symbols[at]) continue;
      this.#symbols[at] = text;
      changed[at] = state;
    }
    return Object.keys(changed).length > 0 ? { symbols: changed } : {};
  }

  #changedAccount(engine: Engine, isBusy: boolean): Pick<Step, "account"> {
    if (!isBusy) return {};
    const account = engine.accountState();
    const text = JSON.stringify(account);
    if (text === this.#account) return {};
    this.#account = text;
    return { account };
  }

  #changedStrategies(engine: Engine, event: EngineEvent): Pick<Step, "strategies"> {
    if (event.kind !== EVENT.decide) return {};
    const strategies = engine.strategyStates();
    const text = JSON.stringify(strategies);
    if (text === this.#strategies) return {};
    this.#strategies = text;
    return { strategies };
  }

  #changedControl(engine: Engine): Pick<Step, "control"> {
    const control = engine.controlState();
    const text = JSON.stringify(control);
    if (text === this.#control) return {};
    this.#control = text;
    return { control };
  }
}

function notesOf(engine: Engine): Pick<Step, "notes"> {
  const notes = engine.reconcile?.takeNotes() ?? [];
  return notes.length > 0 ? { notes } : {};
}
