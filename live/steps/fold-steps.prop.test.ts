import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EngineEvent, EVENT } from "#engine/model/event.ts";
import { Backtest } from "#sim/backtest.ts";
import { configOf } from "#sim/testing/fixture.ts";
import { planned, type RandomRun, randomRun, symbolsOf } from "#sim/testing/random-run.ts";
import { eventFromJson, eventJson, eventName } from "./event-json.ts";
import { StepFold } from "./fold-steps.ts";
import type { Step } from "./step.ts";
import { StepRecorder } from "./step-recorder.ts";

interface Followed {
  readonly backtest: Backtest;
  readonly recorder: StepRecorder;
}

function follow(run: RandomRun): Followed {
  const recorder = new StepRecorder();
  const config = configOf(symbolsOf(run), planned(run), run);
  const backtest = new Backtest({ ...config, recordSink: recorder.sink });
  recorder.follow(backtest.engine);
  return { backtest, recorder };
}

test("I47: the fold of the steps is the state of the engine, after every step", () => {
  const property = fc.property(randomRun(2), fc.nat(), (run, choice) => {
    const { backtest, recorder } = follow(run);
    const { engine } = backtest;
    const fold = new StepFold();
    const started = { state: engine.state(), names: [], positions: [] };
    fold.start(JSON.parse(JSON.stringify(started)));
    const restarted = new StepFold();
    let steps = 0;
    const process = engine.process.bind(engine);
    engine.process = (event: EngineEvent): void => {
      process(event);
      const step = JSON.parse(JSON.stringify(recorder.take(event, []))) as Step;
      fold.apply(step);
      steps += 1;
      // A snapshot of the fold and the steps after it lead to the same.
      const isCut = steps === 1 + (choice % 40);
      if (isCut) restarted.start(JSON.parse(JSON.stringify(fold.result())));
      else if (restarted.result() !== null) restarted.apply(step);
      expect(fold.result()?.state).toEqual(JSON.parse(JSON.stringify(engine.state())));
      expect(restarted.result() ?? fold.result()).toEqual(fold.result());
    };
    backtest.run();
    for (const failure of engine.failures) throw failure.error;
  });
  fc.assert(property, { numRuns: 20 });
});

test("an event comes back from JSON as it was", () => {
  const number = fc.oneof(
    fc.constant(Number.NaN),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  const kinds = Object.values(EVENT);
  const property = fc.property(
    fc.constantFrom(...kinds),
    fc.record({
      time: fc.nat(),
      symbol: fc.nat(9),
      qtyLots: fc.nat(),
      asOf: fc.nat(),
      reason: fc.nat(20),
    }),
    fc.record({ price: number, priceTicks: number, triggerTicks: number, referenceTicks: number }),
    (kind, whole, prices) => {
      const event = Object.assign(new EngineEvent(), whole, prices, { kind });
      const said = JSON.parse(JSON.stringify(eventJson(event)));
      expect(eventFromJson(eventName(kind), said)).toEqual(event);
    },
  );
  fc.assert(property);
});
