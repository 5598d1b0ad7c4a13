import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine } from "#engine/engine.ts";
import type { EngineState } from "#engine/engine-state.ts";
import { COMMAND, Command } from "#engine/model/command.ts";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { type Prepared, prepare, randomRun } from "#sim/testing/random-run.ts";

/** Every event that the engine of a run is told, in order. */
function eventsOf({ backtest }: Prepared): readonly EngineEvent[] {
  const events: EngineEvent[] = [];
  const { engine } = backtest;
  const process = engine.process.bind(engine);
  engine.process = (event: EngineEvent): void => {
    events.push(Object.assign(new EngineEvent(), event));
    process(event);
  };
  backtest.run();
  return events;
}

/** What an engine says to an event: the fields of each command that its kind gives a meaning. */
function answers(engine: Engine, event: EngineEvent): readonly object[] {
  engine.process(event);
  const said = Array.from({ length: engine.outbox.length }, (_, at) => {
    const command = new Command();
    command.copy(engine.outbox.at(at));
    const { kind, time, symbol, requestId, decidedAt, keyRest, attempt } = command;
    if (kind === COMMAND.place) return command;
    const head = { kind, time, symbol, requestId };
    if (kind === COMMAND.configure) {
      return { ...head, leverage: command.leverage, marginAdded: command.marginAdded };
    }
    const order = { ...head, decidedAt, keyRest, attempt };
    if (kind !== COMMAND.amend) return order;
    const { qtyLots, priceTicks, triggerTicks } = command;
    return { ...order, qtyLots, priceTicks, triggerTicks };
  });
  engine.outbox.clear();
  return said;
}

/** Shares the market of the moment with an engine that was not there: prices, marks and rates are loaded again. */
function shareMarket(from: Engine, to: Engine): void {
  to.desk.lastPrices.set(from.desk.lastPrices);
  to.risk.priceAsOf.set(from.risk.priceAsOf);
  to.desk.marks.set(from.desk.marks);
  to.desk.fundingRates.set(from.desk.fundingRates);
}

test("I47: an engine that is restored from its state goes on as if it had never stopped", () => {
  const property = fc.property(randomRun(3), fc.nat(), (run, choice) => {
    const events = eventsOf(prepare(run));
    const stop = choice % events.length;
    const one = prepare(run);
    const other = prepare(run);
    const engine = one.backtest.engine;
    const again = other.backtest.engine;
    for (const event of events.slice(0, stop)) {
      answers(engine, event);
      // Candles close for the other one too, but nobody is asked to decide on them.
      if (event.kind === EVENT.barClosed) again.process(event);
    }
    shareMarket(engine, again);
    const kept = JSON.stringify(engine.state());
    again.restore(JSON.parse(kept) as EngineState);
    expect(JSON.stringify(again.state())).toBe(kept);
    for (const event of events.slice(stop)) {
      expect(answers(again, event)).toEqual(answers(engine, event));
    }
    engine.records.flush();
    again.records.flush();
    const { rows } = other.records;
    expect(rows).toEqual(one.records.rows.slice(one.records.rows.length - rows.length));
    expect(JSON.stringify(again.state())).toBe(JSON.stringify(engine.state()));
  });
  fc.assert(property, { numRuns: 200 });
});
