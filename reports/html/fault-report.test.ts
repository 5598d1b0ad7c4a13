import { expect, test } from "vitest";
import { faultReport } from "./fault-report.ts";
import type { FaultReportInput } from "./fault-report-input.ts";

const EVIL = `<script>alert("x")</script>&'`;
const ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;";
const INPUT: FaultReportInput = {
  version: "0.1.0",
  build: "abc",
  profile: "swarm",
  strategy: "mine",
  facts: [["Market", "bybit BTCUSDT"]],
  verdict: "hurt",
  advice: ["Mend it"],
  tiles: [{ label: "Bad days", value: "3", note: "0 broke an invariant" }],
  exceptions: [],
  failures: [],
  days: [
    {
      seed: "1",
      from: "2024-01-09T06:00:00Z",
      to: "2024-01-10T06:00:00Z",
      passed: true,
      invariant: null,
      faults: 12,
      restarts: 2,
      unknowns: 1,
      pnl: -3.456,
      calmPnl: 2,
      difference: -5.456,
      maxDrawdownPct: 1.5,
      unprotectedMinutes: null,
      calmUnprotectedMinutes: null,
    },
    {
      seed: "2",
      from: "2024-01-09T06:00:00Z",
      to: "2024-01-10T06:00:00Z",
      passed: false,
      invariant: "I15",
      faults: 1,
      restarts: 0,
      unknowns: 0,
      pnl: 0.001,
      calmPnl: 0,
      difference: null,
      maxDrawdownPct: 0,
      unprotectedMinutes: 7,
      calmUnprotectedMinutes: 2,
    },
  ],
  findings: [],
  faults: [{ code: "N1", what: "request dropped", count: 4 }],
};

test("one file without scripts and requests, with a policy that forbids them", () => {
  const page = faultReport(INPUT);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:/);
  expect(page).toContain("It survived, but it hurt");
  expect(page.length).toBeLessThan(20_000);
});

test("money has a sign besides its colour; what is not known is a dash", () => {
  const page = faultReport(INPUT);
  expect(page).toContain('<td class="num loss">-3.46</td>');
  expect(page).toContain('<td class="num gain">+2.00</td>');
  expect(page).toContain('<td class="num">0.00</td>');
  expect(page).toContain('<td class="loss">I15</td>');
  expect(page).toContain("<td>-</td>");
  expect(page).toContain("<p>Nothing.</p>");
});

test("every text that comes from elsewhere is escaped", () => {
  const page = faultReport({
    ...INPUT,
    version: EVIL,
    build: EVIL,
    profile: EVIL,
    strategy: EVIL,
    facts: [[EVIL, EVIL]],
    advice: [EVIL],
    tiles: [{ label: EVIL, value: EVIL, note: EVIL }],
    exceptions: [{ message: EVIL, place: EVIL, excerpt: EVIL, when: EVIL }],
    failures: [{ invariant: EVIL, message: EVIL, replay: EVIL }],
    days: INPUT.days.map((day) => ({ ...day, seed: EVIL, invariant: EVIL })),
    findings: [{ name: EVIL, count: 1 }],
    faults: [{ code: EVIL, what: EVIL, count: 1 }],
  });
  expect(page).not.toContain("<script");
  expect(page.split(ESCAPED).length - 1).toBeGreaterThanOrEqual(20);
});
