import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NEXT_STATUS } from "./order-status.ts";
import { RESOLVE_TERMS } from "./unresolved-orders.ts";

const doc = readFileSync(new URL("../../docs/order-path.md", import.meta.url), "utf8");

test("docs/order-path.md has the table of statuses as it is", () => {
  const [, section = ""] = doc.split("## Statuses");
  const [table = ""] = section.split("\n## ");
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows).toEqual(
    Object.entries(NEXT_STATUS).map(([from, ways]) => {
      const to = ways.map((way) => `\`${way}\``).join(", ");
      return to === "" ? `| \`${from}\` | |` : `| \`${from}\` | ${to} |`;
    }),
  );
});

test("its times are those of the engine", () => {
  const { firstLookupMs, lastLookupMs, visibilityGraceMs, missesNeeded } = RESOLVE_TERMS;
  const text = doc.replaceAll(/\s+/g, " ");
  expect(text).toContain(`after ${firstLookupMs / 1_000} s, then twice as long`);
  expect(text).toContain(`up to ${lastLookupMs / 1_000} s.`);
  expect(text).toContain(`and ${visibilityGraceMs / 1_000} s more`);
  expect([missesNeeded, text.includes("Three such look-ups")]).toEqual([3, true]);
});
