/** What an engine makes of executions that no order of ours made. */
import { expect, test } from "vitest";
import { EVENT } from "#engine/model/event.ts";
import { BUY, ORDER_TYPE, SELL } from "#engine/model/order-terms.ts";
import { HandDrivenEngine, type SentCommand } from "#engine/testing/hand-driven-engine.ts";

function externalFill(
  engine: HandDrivenEngine,
  side: typeof BUY | typeof SELL,
  qtyLots: number,
  executionId: number,
): readonly SentCommand[] {
  const price = { priceTicks: 10_000, referenceTicks: 10_000 };
  return engine.say(EVENT.externalFill, { side, qtyLots, executionId, ...price });
}

const protective = (commands: readonly SentCommand[]) =>
  commands.map(({ kind, type, side, qtyLots, triggerTicks, priceTicks, reduceOnly }) =>
    kind === "place" ? { type, side, qtyLots, triggerTicks, priceTicks, reduceOnly } : kind,
  );

test("I32: what somebody else opened stands under the exit rules", () => {
  const engine = new HandDrivenEngine({ stopLossPct: 10, takeProfitPct: 5 });
  engine.decide();
  expect(protective(externalFill(engine, BUY, 7, 1))).toEqual([
    {
      type: ORDER_TYPE.stopMarket,
      side: SELL,
      qtyLots: 7,
      triggerTicks: 9_000,
      priceTicks: Number.NaN,
      reduceOnly: true,
    },
    {
      type: ORDER_TYPE.limit,
      side: SELL,
      qtyLots: 7,
      triggerTicks: Number.NaN,
      priceTicks: 10_500,
      reduceOnly: true,
    },
  ]);
});

test("I32: and what somebody else has taken off needs no more orders", () => {
  const engine = new HandDrivenEngine({ stopLossPct: 10 });
  engine.decide();
  externalFill(engine, BUY, 7, 1);
  expect(externalFill(engine, SELL, 3, 2)).toEqual([]);
  expect(engine.lots).toBe(4);
});

test("Without rules nothing is asked for", () => {
  const engine = new HandDrivenEngine();
  engine.decide();
  expect(externalFill(engine, BUY, 7, 1)).toEqual([]);
});
