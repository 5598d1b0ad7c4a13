import { expect, test } from "vitest";
import type { ReportInput } from "#reports/html/report-input.ts";
import { agedSection } from "./aged-section.ts";

test("the section tells nothing where the rules were off", () => {
  expect(agedSection({ run: {} } as ReportInput)).toBe("");
});

test("the section has a sentence where nothing was aged, and a row per stage and reason else", () => {
  const config = { maxAgeHours: 3 };
  const none = { run: { aged: { config, positions: [], history: [] } } } as unknown as ReportInput;
  expect(agedSection(none)).toContain("No position was older than 3 hours");
  const position = {
    status: "closed",
    reason: "max_loss_reached",
    closedFrom: "progressive_active",
    hoursAged: 25.04,
    openedAt: 0,
    closedAt: 1,
    netPnl: -12.345,
    pnlPct: -9.99,
    returnPct: -10,
  };
  const some = {
    run: { aged: { config, positions: [position], history: [] } },
  } as unknown as ReportInput;
  const html = agedSection(some);
  expect(html).toContain('<th scope="row">progressive</th><td>max loss reached</td>');
  for (const text of ["100.0", "25.0", "-9.99", "-12.35"]) expect(html).toContain(`>${text}<`);
});
