/** The program ends in every state that it can be in, and goes on as if it had not. */
import { expect, test } from "vitest";
import type { AgedStatus } from "#engine/aged/aged-record.ts";
import { assert } from "#engine/assert.ts";
import type { Engine } from "#engine/engine.ts";
import type { FlattenPhase } from "#engine/flatten/flatten.ts";
import { STATUS, type StatusName } from "#engine/orders/order-status.ts";
import { Simulation } from "#live/faults/simulate.ts";
import { workload } from "#live/faults/workload.ts";
import { drawPlan } from "#live/faults/world/profiles.ts";
import type { Step } from "#live/steps/step.ts";
import { recordsOf } from "./check-journal.ts";
import type { EndKind } from "./crash-run.ts";
import { SYMBOL } from "./crash-scenario.ts";
import { hasOrder, type RestartOutcome, type RestartStory, restartIn } from "./restart-run.ts";
import {
  AGED_STORY,
  FLATTEN_FAILED_STORY,
  FLATTEN_STORY,
  GATE_STORY,
  HALT_STORY,
  LOST_ANSWER_STORY,
  ORDER_STORY,
  QUARANTINE_STORY,
  RESUME_STORY,
  SYMBOL_HALT_STORY,
} from "./restart-stories.ts";

type Reached = (engine: Engine, isDurable: boolean) => boolean;
const ENDS: readonly EndKind[] = ["stop", "kill", "power"];

/** What a run without a restart comes to, and what each kind of restart in a state comes to. */
function runsOf(
  story: RestartStory,
  reached: Reached,
): { readonly plain: RestartOutcome; readonly restarted: readonly RestartOutcome[] } {
  const plain = restartIn({ story, reached, how: null });
  assert(plain.reachedAt !== null, () => `"${story.name}" comes to the state`);
  assert(plain.said.length === 0, () => `"${story.name}" ends well: ${plain.said.join("; ")}`);
  return { plain, restarted: ENDS.map((how) => restartIn({ story, reached, how })) };
}

/** What a restart changes: nothing of what the venue saw and of what is known at the end. */
function changesOf(story: RestartStory, reached: Reached): readonly string[] {
  const { plain, restarted } = runsOf(story, reached);
  return restarted.flatMap((outcome, at) =>
    (Object.keys(plain) as readonly (keyof RestartOutcome)[]).flatMap((part) => {
      const [one, other] = [JSON.stringify(plain[part]), JSON.stringify(outcome[part])];
      return one === other ? [] : [`${ENDS[at]}: ${part} was ${one}, is ${other}`];
    }),
  );
}

test.each<[StatusName, RestartStory]>([
  ["sent", ORDER_STORY],
  ["accepted", ORDER_STORY],
  ["partiallyFilled", ORDER_STORY],
  ["amending", ORDER_STORY],
  ["cancelling", ORDER_STORY],
  ["sent", LOST_ANSWER_STORY],
  ["unknown", LOST_ANSWER_STORY],
])("I47: a restart while an order is %s changes nothing", (status, story) => {
  expect(changesOf(story, hasOrder(status))).toEqual([]);
});

const stands =
  (status: AgedStatus): Reached =>
  ({ aged }, isDurable) =>
    isDurable && aged?.positions.recordOf(0)?.status === status;

test.each<AgedStatus>(["grace_pending", "grace_active", "progressive_active", "error"])(
  "I29: a restart while an aged position is %s moves no transition",
  (status) => expect(changesOf(AGED_STORY, stands(status))).toEqual([]),
);

test.each([1, 2])(
  "I29, I30: a restart in the pause after failed attempt %i does not cut it short",
  (attempts) => {
    expect(
      changesOf(AGED_STORY, ({ aged, records }, isDurable) => {
        const record = aged?.positions.recordOf(0);
        return isDurable && record?.attempts === attempts && record.notBefore > records.now;
      }),
    ).toEqual([]);
  },
);

test.each<[FlattenPhase, RestartStory]>([
  ["closing", FLATTEN_STORY],
  ["verifying", FLATTEN_STORY],
  ["done", FLATTEN_STORY],
  ["closing", FLATTEN_FAILED_STORY],
  ["failed", FLATTEN_FAILED_STORY],
])("I47: a restart while the kill switch is %s changes nothing", (phase, story) => {
  expect(changesOf(story, ({ flattening }) => flattening.status.phase === phase)).toEqual([]);
});

test.each<[string, RestartStory, number]>([
  ["is halted", HALT_STORY, 0],
  ["is halted, until it is resumed", RESUME_STORY, 1],
])("I61: an account that %s takes no new risk after a restart", (_, story, orders) => {
  const isHalted: Reached = ({ risk }) => risk.latches.halt !== null;
  expect(changesOf(story, isHalted)).toEqual([]);
  expect(restartIn({ story, reached: isHalted, how: "power" }).orders).toHaveLength(orders);
});

test("I61: nor does a symbol that is halted or quarantined", () => {
  expect(changesOf(SYMBOL_HALT_STORY, ({ risk }) => risk.latches.isHalted(0))).toEqual([]);
  expect(changesOf(QUARANTINE_STORY, ({ risk }) => risk.latches.isQuarantined(SYMBOL))).toEqual([]);
  for (const story of [SYMBOL_HALT_STORY, QUARANTINE_STORY]) {
    const { orders } = restartIn({ story, reached: ({ risk }) => risk.latches.isSet, how: "kill" });
    expect(orders).toEqual([]);
  }
});

test("I24: a restart while the gate is closed opens nothing before a cut", () => {
  expect(
    changesOf(GATE_STORY, ({ risk, ledger, records }) => {
      // The gate of the start is another one.
      const isAfterStart = records.now > GATE_STORY.plan.start + 20_000;
      return isAfterStart && risk.latches.gate !== null && ledger.positions[0]?.qtyLots === 0;
    }),
  ).toEqual([]);
});

test("I29, I47: no order ends a step planned or persisted, no aged position detected", () => {
  const seen = { orders: 0, aged: 0, early: 0 };
  for (let seed = 1; seed <= 4; seed++) {
    const plan = drawPlan(String(seed), "crash");
    const simulation = new Simulation({
      plan: { ...plan, features: { ...plan.features, hasAged: true } },
      strategyOf: ({ key }) =>
        workload({
          seed: plan.seed,
          account: key,
          plan: plan.workload,
          hasProtection: plan.features.hasProtection,
          candleMs: plan.candleMs,
        }),
    });
    simulation.run();
    for (const { data } of recordsOf(simulation.world)) {
      const { orders = [], control } = (data ?? {}) as Partial<Step>;
      const records = control?.aged?.held.map(({ record }) => record?.status) ?? [];
      seen.orders += orders.length;
      seen.aged += records.length;
      seen.early += orders.filter(({ status }) => status <= STATUS.persisted).length;
      seen.early += records.filter((status) => status === "detected").length;
    }
  }
  expect(seen.early).toBe(0);
  expect(seen.orders).toBeGreaterThan(300);
  expect(seen.aged).toBeGreaterThan(100);
});
