import { expect, test } from "vitest";
import { HOUR_MS } from "#engine/aged/aged-stages.ts";
import { agedAttribution } from "./aged-attribution.ts";

type Position = Parameters<typeof agedAttribution>[0][number];

function closed(change: Partial<Position>): Position {
  return {
    status: "closed",
    reason: "grace_target",
    closedFrom: "grace_active",
    hoursAged: 2,
    openedAt: 0,
    closedAt: 5 * HOUR_MS,
    netPnl: -1,
    pnlPct: -0.05,
    returnPct: -0.1,
    ...change,
  };
}

test("positions are counted by the stage and the reason of their close, in the order of the stages", () => {
  const rows = agedAttribution([
    closed({ reason: "emergency", closedFrom: "grace_pending", pnlPct: -20, netPnl: -30 }),
    closed({ reason: "progressive_target", closedFrom: "progressive_active" }),
    closed({ reason: "profitable_close", closedFrom: "progressive_active", pnlPct: 2, netPnl: 3 }),
    closed({}),
    closed({ reason: "closed_externally", closedFrom: "error" }),
    closed({
      reason: null,
      status: "grace_active",
      closedFrom: null,
      closedAt: null,
      netPnl: null,
      pnlPct: null,
      returnPct: null,
    }),
    closed({ reason: "profitable_close", pnlPct: 1, netPnl: 4 }),
  ]);
  expect(rows.map(({ stage, reason, count }) => `${stage} ${reason} ${count}`)).toEqual([
    "waiting closed_externally 1",
    "grace profitable_close 1",
    "grace grace_target 1",
    "grace open 1",
    "progressive profitable_close 1",
    "progressive progressive_target 1",
    "emergency emergency 1",
  ]);
  expect(rows.reduce((sum, { sharePct }) => sum + sharePct, 0)).toBeCloseTo(100, 12);
});

test("a group has means, the median, its worst and the mean of its losses alone", () => {
  const group = [
    closed({ hoursAged: 1, pnlPct: 2, netPnl: 10, returnPct: 1.5 }),
    closed({ hoursAged: 2, pnlPct: -1, netPnl: -5, returnPct: -1.5 }),
    closed({ hoursAged: 3, pnlPct: -3, netPnl: -20, returnPct: -3 }),
    closed({ hoursAged: 10, pnlPct: 0, netPnl: -1, returnPct: -0.2 }),
  ];
  const [row] = agedAttribution(group);
  expect(row).toMatchObject({
    count: 4,
    sharePct: 100,
    hoursAged: 4,
    hoursAgedMedian: 2.5,
    hoursHeld: 5,
    netPnl: -4,
    netPnlSum: -16,
    pnlPct: -0.5,
    pnlPctWorst: -3,
    lossPct: 2,
  });
  expect(row?.returnPct).toBeCloseTo(-0.8, 12);
});

test("what is open has hours and no money, and nothing gives nothing", () => {
  const open = closed({
    reason: null,
    status: "error",
    closedFrom: null,
    closedAt: null,
    netPnl: null,
    pnlPct: null,
    returnPct: null,
  });
  expect(agedAttribution([open])).toMatchObject([
    {
      stage: "waiting",
      reason: "open",
      hoursAged: 2,
      netPnl: null,
      pnlPct: null,
      lossPct: null,
      returnPct: null,
    },
  ]);
  expect(agedAttribution([])).toEqual([]);
});
