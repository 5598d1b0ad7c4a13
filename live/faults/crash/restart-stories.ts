import { checkPolicies } from "#engine/reconcile/policies.ts";
import { PATIENT_AGED_TERMS } from "./aged-terms.ts";
import { CANDLE, quietPlan, RECONCILE_MS } from "./crash-scenario.ts";
import type { RestartStory } from "./restart-run.ts";
import { type Script, scriptedStrategy } from "./scripted-strategy.ts";
import { at, openByHand } from "./venue-deeds.ts";

const QTY = 0.05;
/** Every message takes as long, so that one more or less does not move those after it. */
const LATENCY = [20, 20] as const;

function story(
  name: string,
  candles: number,
  script: Script,
  rest: Partial<RestartStory> = {},
): RestartStory {
  const { plan, ...others } = rest;
  return {
    name,
    plan: quietPlan({ durationMs: candles * CANDLE, latencyMs: LATENCY, ...plan }),
    strategy: () => scriptedStrategy(script),
    terms: {},
    deeds: () => {},
    check: () => [],
    ...others,
  };
}

/** An order that rests, is amended until it fills bit by bit, and is cancelled with the rest of it open. */
export const ORDER_STORY: RestartStory = story(
  "an order's life",
  10,
  (ctx, candle) => {
    const [order] = ctx.orders;
    const { close } = ctx.bar;
    if (candle === 1) ctx.order({ side: "buy", type: "limit", qty: 10 * QTY, price: close * 0.97 });
    if (candle === 3 && order !== undefined) ctx.amend(order.ref, { price: close * 1.02 });
    if (candle === 6 && order !== undefined) ctx.cancel(order.ref);
  },
  { plan: quietPlan({ durationMs: 10 * CANDLE, latencyMs: LATENCY, participationPct: 1 }) },
);

/** Answers and news stay away for a while just when an order is sent. */
export const LOST_ANSWER_STORY: RestartStory = story(
  "a lost answer",
  8,
  (ctx, candle) => {
    if (candle === 3) ctx.enterLong({ qty: QTY, stopLoss: ctx.bar.close * 0.9 });
  },
  {
    deeds: (world) => {
      at(world, 3 * CANDLE + 30, () => {
        for (const { net } of world.targets) net.block("down", 4_000);
      });
    },
  },
);

/** A position grows too old while its price falls: it goes in the emergency, and is refused until its third attempt fails. */
export const AGED_STORY: RestartStory = story(
  "an aged position",
  14,
  (ctx, candle) => {
    if (candle === 1) ctx.enterLong({ qty: QTY });
  },
  {
    plan: quietPlan({
      seed: "23",
      durationMs: 14 * CANDLE,
      latencyMs: LATENCY,
      rates: { X24: 1 },
    }),
    terms: { aged: PATIENT_AGED_TERMS },
    deeds: (world) => at(world, 9.2 * CANDLE, () => world.faults.heal()),
  },
);

/** The kill switch with a position and its orders. */
export const FLATTEN_STORY: RestartStory = story(
  "the kill switch",
  8,
  (ctx) => {
    const { close } = ctx.bar;
    ctx.enterLong({ qty: QTY, stopLoss: close * 0.9, takeProfit: close * 1.1 });
  },
  { said: [{ after: 3.5 * CANDLE, order: "flatten" }], leaves: /^latched/ },
);

/** The kill switch while the venue refuses every close, for longer than it tries. */
export const FLATTEN_FAILED_STORY: RestartStory = {
  ...FLATTEN_STORY,
  name: "the kill switch fails",
  strategy: () =>
    scriptedStrategy((ctx) => {
      ctx.enterLong({ qty: QTY });
    }),
  plan: quietPlan({ durationMs: 16 * CANDLE, latencyMs: LATENCY, rates: { X24: 1 } }),
};

/** A person halts the account, and the strategy goes on asking for positions. */
export const HALT_STORY: RestartStory = story(
  "halt",
  8,
  (ctx, candle) => {
    if (candle >= 4) ctx.enterLong({ qty: QTY });
  },
  { said: [{ after: 2.5 * CANDLE, order: "halt" }], leaves: /^latched/ },
);

/** The same until the person takes it back. */
export const RESUME_STORY: RestartStory = {
  ...HALT_STORY,
  name: "halt and resume",
  said: [
    { after: 2.5 * CANDLE, order: "halt" },
    { after: 6.5 * CANDLE, order: "resume" },
  ],
  leaves: undefined,
};

function orphanStory(name: string, policy: "quarantine" | "halt"): RestartStory {
  return story(
    name,
    9,
    (ctx, candle) => {
      if (candle >= 5) ctx.enterLong({ qty: QTY });
    },
    {
      terms: {
        reconcile: {
          intervalMs: RECONCILE_MS,
          policies: checkPolicies({ orphanPosition: policy }),
        },
      },
      deeds: (world) => at(world, 1.5 * CANDLE, () => openByHand(world, -300)),
      leaves: /^latched|is not cleared|^the ledger has|^active_positions/,
    },
  );
}

/** Somebody opens a position: its symbol takes no new risk. */
export const QUARANTINE_STORY: RestartStory = orphanStory("quarantine", "quarantine");
export const SYMBOL_HALT_STORY: RestartStory = orphanStory("halted symbol", "halt");

/** The account's stream is gone when the strategy decides. */
export const GATE_STORY: RestartStory = story(
  "gate",
  8,
  (ctx, candle) => {
    if (candle >= 3) ctx.enterLong({ qty: QTY, stopLoss: ctx.bar.close * 0.9 });
  },
  {
    deeds: (world) =>
      at(world, 2.95 * CANDLE, () => {
        for (const { net } of world.targets) {
          for (const socket of net.sockets) socket.drop("closed by the peer");
        }
      }),
  },
);
