import { expect, test } from "vitest";
import { workloadSteps } from "#live/faults/workload.ts";
import type { WorldPlan } from "#live/faults/world/world-plan.ts";
import { lastRecords, recordsOf, recordText } from "./journal-text.ts";
import { runPlan } from "./run-plan.ts";
import { seedPlan } from "./seed-plan.ts";

const terms = { profile: "swarm", minutes: 12, tieBreak: "sched" } as const;
/** With minute bars, faults of every kind and restarts. */
const PLANS = ["4", "13", "9"].map((seed) => seedPlan(seed, terms));

test("a plan gives one journal however often it is run, and another order another one", () => {
  const [plan] = PLANS as [WorldPlan];
  const [one, again] = [runPlan(plan), runPlan(plan)];
  expect(again).toEqual(one);
  expect(one.records).toBeGreaterThan(100);
  expect(runPlan({ ...plan, tieBreak: "other" }).hash).not.toBe(one.hash);
});

test("a script of all strikes is the run itself, and so are the steps of the workload", () => {
  for (const plan of PLANS) {
    const drawn = runPlan(plan, { hasStrikes: true });
    expect(drawn.strikes.length).toBeGreaterThan(20);
    const script = drawn.strikes;
    const steps = workloadSteps(plan);
    const listed = { ...plan, script, workload: { ...plan.workload, steps } };
    expect(runPlan({ ...plan, script }).hash).toBe(drawn.hash);
    expect(runPlan(listed).hash).toBe(drawn.hash);
  }
});

test("a script without strikes has no faults by chance or time", () => {
  const [plan] = PLANS as [WorldPlan];
  const { fired } = runPlan({ ...plan, script: [] });
  // A fill may overtake a cancel by itself, too.
  const rules = ["X7", "X6", "X12", "X13", "X17", "X23"];
  expect(Object.keys(fired).filter((code) => !rules.includes(code))).toEqual([]);
});

test("it stops at a record, with the same records as the whole run", () => {
  const [plan] = PLANS as [WorldPlan];
  const texts: string[][] = [[], []];
  const look = (at: number) => ({
    look: ({
      world,
    }: Parameters<NonNullable<NonNullable<Parameters<typeof runPlan>[1]>["look"]>>[0]) => {
      texts[at] = [...recordsOf(world.disk)].map(recordText);
    },
  });
  const whole = runPlan(plan, look(0));
  const part = runPlan(plan, { ...look(1), until: 60 });
  expect(part.events).toBeLessThan(whole.events);
  expect(part.records).toBeGreaterThanOrEqual(60);
  expect(part.violations).toEqual([]);
  expect(texts[1]?.slice(0, 60)).toEqual(texts[0]?.slice(0, 60));
});

test("what the program throws is a violation with the last records", () => {
  const [plan] = PLANS as [WorldPlan];
  const report = runPlan(plan, {
    tamper: {
      portOf: (_key, port) => ({
        connect: (listener) => port.connect(listener),
        close: () => port.close(),
        ask: (ask, done) => {
          if (ask.kind === "place") throw new Error("planted");
          port.ask(ask, done);
        },
      }),
    },
  });
  expect(report.violations).toMatchObject([{ invariant: "throws", moment: "A" }]);
  expect(report.violations[0]?.message).toContain("planted");
  expect(report.tail.length).toBeGreaterThan(0);
  expect(report.tail.length).toBeLessThanOrEqual(40);
});

test("a planted bug is found by the checker of its invariant; an unknown one is told", () => {
  const [plan] = PLANS as [WorldPlan];
  const calm = { ...plan, rates: {} };
  const [found] = runPlan(calm, { canary: "sends-before-it-syncs" }).violations;
  expect(found).toMatchObject({ invariant: "I2", moment: "A" });
  expect(runPlan(calm).violations).toEqual([]);
  expect(() => runPlan(calm, { canary: "no such" })).toThrow('no planted bug "no such"');
});

test("records are lines for people; damaged ones are passed over", () => {
  const line = (seq: number): string =>
    JSON.stringify({
      seq,
      ts: Date.UTC(2024, 0, 1),
      kind: "orderFilled",
      target: "bybit:paper",
      data: {
        event: { time: 1, symbol: 2 },
        orders: [{ requestId: 4, status: 8, filledLots: 3, qtyLots: 5 }],
        requests: [{ kind: "place", order: 7, symbol: "BTCUSDT", attempt: 2, requestId: "r" }],
        control: { aged: {}, risk: {} },
      },
    });
  const bytes = Buffer.from(`${line(1)}\n{"seq":2,"torn\n${line(3)}\n`);
  const disk = {
    paths: ["/journal/000001.jsonl", "/journal/000003.snapshot", "/other/000001.jsonl"],
    contentOf: (path: string) => (path === "/journal/000001.jsonl" ? bytes : null),
  };
  expect([...recordsOf(disk)].map(({ seq }) => seq)).toEqual([1, 3]);
  const [last] = lastRecords(disk, 9, 1);
  expect(last).toBe(
    "     3  2024-01-01T00:00:00Z  bybit:paper  orderFilled  symbol 2  order(#4 filled 3/5)  place(#7 BTCUSDT attempt 2 r)  control(aged risk)",
  );
  expect(lastRecords(disk, 2, 5)).toHaveLength(1);
});
